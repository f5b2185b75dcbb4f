// The plane of a two-dimensional GAN: real points, made points, the noise's square as the generator bends
// it, the discriminator's landscape, and the way in which each made point is pushed.
//
// Python sends a look at the game now and then; between two of the same game everything glides from one
// to the other, so that 2 looks a second are seen as a motion. In `draw` mode the hand adds points, which
// go to Python as the state `points` when a stroke ends.

const REAL = "49, 130, 189", FAKE = "230, 85, 13"; // blue and orange, as everywhere on this page
const GLIDE = 550; // milliseconds from one look to the next
const LOOSE = 0.022; // standard deviation of drawn points around the pointer
const MOST = 2000; // drawn points

export default function ({ parentElement, data, setStateValue }) {
  const plane = stateOf(parentElement, create);
  plane.send = (points) => setStateValue("points", points);
  plane.update(data);
}

function create(root) {
  const canvas = root.querySelector("canvas");
  const hint = root.querySelector(".hint");
  const scale = root.querySelector(".legend .ground");
  const g = canvas.getContext("2d");
  const plane = { send: () => {}, update };

  let chart = null; // what Python sent
  let real = new Float32Array();
  let from = null, to = null, began = 0; // two looks, and when the glide between them began
  let waiting = 0;
  let drawn = []; // x, y, x, y, ...

  function update(next) {
    const other = !chart || chart.game !== next.game;
    const moved = other || chart.look !== next.look;
    if (!drag.dragging && (other || chart.drawn !== next.drawn)) drawn = [...decodeFloats(next.drawn)];
    chart = next;
    real = decodeFloats(next.real);
    if (moved) {
      from = other ? null : now();
      to = { samples: decodeFloats(next.samples), arrows: decodeFloats(next.arrows), mesh: decodeFloats(next.mesh), heat: decodeFloats(next.heat) };
      began = performance.now();
    }
    canvas.classList.toggle("drawing", next.draw);
    canvas.setAttribute("aria-label", next.label);
    canvas.dataset.look = next.look;
    scale.hidden = !next.show.includes("Landscape");
    ask();
  }

  function ask() {
    waiting ||= requestAnimationFrame(paint);
  }

  const share = () => (from ? Math.min(1, (performance.now() - began) / GLIDE) : 1);

  function now() {
    if (!to) return null;
    const t = share();
    if (!from || t === 1) return to;
    return Object.fromEntries(Object.keys(to).map((key) => [key, to[key].map((v, k) => (1 - t) * from[key][k] + t * v)]));
  }

  function paint() {
    waiting = 0;
    const size = fitCanvas(canvas);
    if (!chart || !size) return;
    const at = (v) => ((v / chart.side + 1) / 2) * size;
    const look = now();
    const dot = Math.max(2, size / 200);
    if (chart.show.includes("Landscape")) ground(look.heat, size);
    if (chart.show.includes("Noise")) mesh(look.mesh, at, size);
    g.fillStyle = `rgba(${REAL}, 0.75)`;
    const points = chart.draw ? drawn : real;
    if (chart.show.includes("Real") || chart.draw) for (let k = 0; k < points.length; k += 2) disc(at(points[k]), at(-points[k + 1]), dot * 0.8);
    if (chart.show.includes("Pushes")) arrows(look, at, size);
    if (chart.show.includes("Made")) {
      g.fillStyle = `rgb(${FAKE})`;
      g.strokeStyle = themeColor(canvas, "background-color");
      g.lineWidth = dot / 4;
      for (let k = 0; k < look.samples.length; k += 2) {
        disc(at(look.samples[k]), at(-look.samples[k + 1]), dot);
        g.stroke();
      }
    }
    hint.hidden = !chart.draw || drawn.length > 0;
    if (share() < 1) ask();
  }

  function disc(x, y, r) {
    g.beginPath();
    g.arc(x, y, r, 0, 7);
    g.fill();
  }

  function ground(heat, size) {
    const side = Math.sqrt(heat.length);
    const small = new OffscreenCanvas(side, side);
    const pixels = new ImageData(side, side);
    const colours = [FAKE, REAL].map((rgb) => rgb.split(",").map(Number));
    heat.forEach((p, k) => {
      const rgb = colours[p > 0.5 ? 1 : 0];
      pixels.data.set([...rgb, Math.min(170, 300 * Math.abs(2 * p - 1))], 4 * k);
    });
    small.getContext("2d").putImageData(pixels, 0, 0);
    g.imageSmoothingQuality = "high";
    g.drawImage(small, 0, 0, size, size);
  }

  // Each cell of the square holds as much noise as any other: the smaller it was made, the darker it is.
  function mesh(points, at, size) {
    const side = Math.sqrt(points.length / 2);
    const corner = (i, j) => [at(points[2 * (i * side + j)]), at(-points[2 * (i * side + j) + 1])];
    const usual = (size / chart.side / 2 / (side - 1)) ** 2; // pixels of a cell that was not bent
    for (let i = 0; i + 1 < side; i++)
      for (let j = 0; j + 1 < side; j++) {
        const cell = [corner(i, j), corner(i, j + 1), corner(i + 1, j + 1), corner(i + 1, j)];
        let area = 0;
        cell.forEach(([x, y], k) => {
          const [u, v] = cell[(k + 1) % 4];
          area += (x * v - u * y) / 2;
        });
        g.fillStyle = `rgba(${FAKE}, ${Math.min(0.5, 0.12 * Math.sqrt(usual / Math.max(1, Math.abs(area))))})`;
        g.strokeStyle = `rgba(${FAKE}, 0.35)`;
        g.lineWidth = Math.max(0.6, size / 1100);
        g.beginPath();
        cell.forEach(([x, y]) => g.lineTo(x, y));
        g.closePath();
        g.fill();
        g.stroke();
      }
  }

  // The longest of them is a twelfth of the plane; the others are in proportion.
  function arrows({ samples, arrows }, at, size) {
    let longest = 1e-9;
    for (let k = 0; k < arrows.length; k += 2) longest = Math.max(longest, Math.hypot(arrows[k], arrows[k + 1]));
    const unit = size / 12 / longest;
    g.strokeStyle = themeColor(canvas, "text-color");
    g.globalAlpha = 0.5;
    g.lineWidth = Math.max(1, size / 560);
    const head = size / 110;
    for (let k = 0; k < arrows.length; k += 2) {
      const [x, y, u, v] = [at(samples[k]), at(-samples[k + 1]), arrows[k] * unit, -arrows[k + 1] * unit];
      if (Math.hypot(u, v) < head / 2) continue;
      const angle = Math.atan2(v, u);
      g.beginPath();
      g.moveTo(x, y);
      g.lineTo(x + u, y + v);
      for (const turn of [2.6, -2.6]) {
        g.moveTo(x + u, y + v);
        g.lineTo(x + u + head * Math.cos(angle + turn), y + v + head * Math.sin(angle + turn));
      }
      g.stroke();
    }
    g.globalAlpha = 1;
  }

  function add(event) {
    const [x, y] = pointerPosition(event, canvas).map((v, axis) => (2 * v - 1) * chart.side * (axis ? -1 : 1));
    for (let k = 0; k < 6; k++) drawn.push(inside(x + LOOSE * gauss()), inside(y + LOOSE * gauss()));
    if (drawn.length > 2 * MOST) drawn = drawn.slice(-2 * MOST); // the oldest go
    ask();
  }

  const drag = onPointerDrag(canvas, {
    start: () => chart.draw,
    move: add,
    end: () => plane.send(btoa(String.fromCharCode(...new Uint8Array(new Float32Array(drawn).buffer)))),
  });
  onAppearance(canvas, ask);
  return plane;
}

const inside = (v) => clamp(v, -1, 1);
const gauss = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
