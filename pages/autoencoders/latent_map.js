// Codes as points on a plane: hovering shows the picture, another map lets the points walk there.
//
// Python sends a sheet of all pictures and the places on three maps, and the visitor's own picture with its place on
// each. Everything else happens here.

const SIDE = 28; // pixels of a picture
const WALK = 1100; // milliseconds from one map to another
const REACH = 1.07; // from the middle of the plane to its edge; the maps go to 1
const NEAR = 26; // CSS pixels from the pointer to the point that it means

export default function ({ parentElement, data }) {
  stateOf(parentElement.querySelector(".map"), create).update(data);
}

function create(root) {
  const plane = root.querySelector(".plane"), picture = root.querySelector(".picture");
  const [dot, name] = ["figcaption i", "figcaption b"].map((each) => root.querySelector(each));
  const mine = root.querySelector(".own"), row = root.querySelector(".row");
  const g = plane.getContext("2d");
  let chart = null; // what Python sent
  let maps = {}; // Float32Array x0, y0, x1, y1, ... of each
  let sheet = null; // all pictures, as a canvas
  let from = null, began = 0; // where the points come from while they walk; the last two numbers are the own picture's
  let seen = 0; // the row of the picture that is shown large
  let waiting = 0;

  async function update(next) {
    const other = !chart || chart.sheet !== next.sheet;
    if (chart && chart.kind !== next.kind) [from, began] = [places(), performance.now()];
    const before = chart?.own?.picture;
    chart = next;
    if (other) {
      maps = Object.fromEntries(Object.entries(next.places).map(([kind, packed]) => [kind, decodeFloats(packed)]));
      sheet = null;
    }
    if (next.own && before !== next.own.picture) seen = nearest()[0];
    mine.hidden = !next.own;
    ask();
    if (other) {
      const { whole } = await sampleSheet(next.sheet);
      if (chart.sheet === next.sheet) sheet = whole;
    }
    listOwn();
    look(seen);
  }

  const nearest = () => chart.own?.near[chart.kind] ?? [];
  const label = (k) => chart.labels.charCodeAt(k) - 48;
  const colour = (k) => chart.colours[label(k)];
  const share = () => Math.min(1, (performance.now() - began) / WALK);

  // Where everything is now: the points and, at the end, the own picture, at the edge where it is beyond it.
  function places() {
    const own = (chart.own?.places[chart.kind] ?? [0, 0]).map((v) => clamp(v, -REACH * 0.98, REACH * 0.98));
    const to = new Float32Array([...maps[chart.kind], ...own]);
    const t = share();
    if (!from || t === 1) return to;
    const eased = t * t * (3 - 2 * t);
    return to.map((v, k) => (1 - eased) * from[k] + eased * v);
  }

  function ask() {
    waiting ||= requestAnimationFrame(draw);
  }

  // --- the plane -------------------------------------------------------------------------------

  function draw() {
    waiting = 0;
    const size = fitCanvas(plane);
    if (!chart || !size) return;
    const now = places(), still = share() === 1;
    const put = (k) => [((now[2 * k] / REACH + 1) / 2) * size, ((1 - now[2 * k + 1] / REACH) / 2) * size];
    const [n, radius, look] = [chart.labels.length, Math.max(2, size / 250), themed(plane)];
    g.globalAlpha = chart.pictures && still ? 0.4 : 0.8;
    for (let k = 0; k < n; k++) {
      g.fillStyle = colour(k);
      disc(g, ...put(k), radius);
    }
    g.globalAlpha = 1;
    if (chart.pictures && still && sheet) drawPictures(g, { n, put, side: size / 27, colour, cut });
    if (chart.own) drawOwn(g, put(n), nearest().map(put), radius, look);
    outlined(g, radius, look.ground, look.ink, () => g.arc(...put(seen), radius * 2.4, 0, 7));
    Object.assign(plane.dataset, { kind: chart.kind, still, seen, at: put(seen).map((v) => (v / devicePixelRatio).toFixed(1)).join() });
    if (!still) ask();
  }

  // --- the pictures ----------------------------------------------------------------------------

  function cut(brush, k, x, y, side) {
    brush.drawImage(sheet, (k % chart.across) * SIDE, Math.floor(k / chart.across) * SIDE, SIDE, SIDE, x, y, side, side);
  }

  function look(k) {
    seen = k;
    dot.style.background = colour(k);
    name.textContent = chart.names[label(k)];
    if (sheet) cut(picture.getContext("2d"), k, 0, 0, SIDE);
    picture.dataset.row = sheet ? k : "";
    ask();
  }

  function listOwn() {
    if (!chart.own) return;
    const own = new ImageData(SIDE, SIDE);
    decodeBytes(chart.own.picture).forEach((grey, k) => own.data.set([grey, grey, grey, 255], 4 * k));
    row.replaceChildren(small("yours", "mine", (brush) => brush.putImageData(own, 0, 0)), ...nearest().map((k) => {
      const item = small(chart.names[label(k)], "", (brush) => sheet && cut(brush, k, 0, 0, SIDE));
      item.querySelector("canvas").style.borderColor = colour(k);
      item.onclick = item.onpointerenter = () => look(k);
      return item;
    }));
  }

  function small(text, kind, fill) {
    const item = Object.assign(document.createElement("button"), { type: "button", className: kind });
    const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
    fill(canvas.getContext("2d"));
    item.append(canvas, Object.assign(document.createElement("span"), { textContent: text, title: text }));
    return item;
  }

  // --- the hand --------------------------------------------------------------------------------

  // The row whose place is nearest by `far(dx, dy)`, in the units of the maps; nothing beyond `most`.
  function find(x, y, far, most) {
    const now = places();
    let best = null, least = most;
    for (let k = 0; k < chart.labels.length; k++) {
      const apart = far(now[2 * k] - x, now[2 * k + 1] - y);
      if (apart < least) [best, least] = [k, apart];
    }
    return best;
  }

  plane.onpointermove = plane.onpointerdown = (event) => {
    if (!chart) return;
    const [x, y] = pointerPosition(event, plane), near = (2 * REACH * NEAR) / plane.clientWidth;
    const found = find((2 * x - 1) * REACH, (1 - 2 * y) * REACH, Math.hypot, near);
    if (found !== null && found !== seen) look(found);
  };
  onArrowKeys(plane, ([right, down]) => {
    if (!chart) return;
    const way = [right, -down];
    const ahead = (dx, dy) => {
      const along = dx * way[0] + dy * way[1], across = Math.abs(dx * way[1] + dy * way[0]);
      return along > 1e-6 && across <= along ? Math.hypot(along, 2 * across) : Infinity;
    };
    const now = places(), found = find(now[2 * seen], now[2 * seen + 1], ahead, Infinity);
    if (found !== null) look(found);
  });
  onAppearance(plane, ask);
  return { update };
}
