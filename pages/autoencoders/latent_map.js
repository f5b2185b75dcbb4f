// Codes as points on a plane: hovering shows the picture, another map lets the points walk there.
//
// Python sends a sheet of all pictures and the places on three maps, and the visitor's own picture with its place on
// each. Everything else happens here.

const SIDE = 28; // pixels of a picture
const WALK = 1100; // milliseconds from one map to another
const REACH = 1.07; // from the middle of the plane to its edge; the maps go to 1
const NEAR = 26; // CSS pixels from the pointer to the point that it means
const views = new WeakMap();

export default function ({ parentElement, data }) {
  let view = views.get(parentElement);
  if (!view) views.set(parentElement, (view = create(parentElement.querySelector(".map"))));
  view.update(data);
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
      maps = Object.fromEntries(Object.entries(next.places).map(([kind, packed]) => [kind, new Float32Array(bytes(packed).buffer)]));
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
    const own = (chart.own?.places[chart.kind] ?? [0, 0]).map((v) => Math.min(REACH * 0.98, Math.max(-REACH * 0.98, v)));
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
    const size = Math.round(plane.clientWidth * devicePixelRatio);
    if (!chart || !size) return;
    if (plane.width !== size) plane.width = plane.height = size;
    g.clearRect(0, 0, size, size);
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
    bytes(chart.own.picture).forEach((grey, k) => own.data.set([grey, grey, grey, 255], 4 * k));
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
    const box = plane.getBoundingClientRect(), unit = (2 * REACH) / box.width;
    const found = find((event.clientX - box.left) * unit - REACH, REACH - (event.clientY - box.top) * unit, Math.hypot, NEAR * unit);
    if (found !== null && found !== seen) look(found);
  };
  plane.onkeydown = (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way || !chart) return;
    event.preventDefault();
    event.stopPropagation(); // or the presenter's arrow keys would step too
    const ahead = (dx, dy) => {
      const along = dx * way[0] + dy * way[1], across = Math.abs(dx * way[1] + dy * way[0]);
      return along > 1e-6 && across <= along ? Math.hypot(along, 2 * across) : Infinity;
    };
    const now = places(), found = find(now[2 * seen], now[2 * seen + 1], ahead, Infinity);
    if (found !== null) look(found);
  };
  new ResizeObserver(ask).observe(plane);
  let shade = ""; // Streamlit switches its theme by changing the custom properties: notice it by its text colour
  const watch = setInterval(() => {
    if (!root.isConnected) return clearInterval(watch);
    const { ink } = themed(plane);
    if (ink !== shade) ask();
    shade = ink;
  }, 500);
  return { update };
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}
