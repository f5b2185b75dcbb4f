// The data plane of the 2-D GAN, in layers: discriminator heatmap, generator manifold, real samples, fake samples and
// the gradients of the generator's loss.
//
// Python sends a report of the training every few hundred milliseconds; between two reports of the same run all
// values are interpolated, so that the animation is smooth. In `draw` mode the pointer adds points, which go to
// Python as the state `points` when a stroke ends.

const REAL = "49, 130, 189", FAKE = "230, 85, 13"; // blue and orange, as everywhere on this page
const TRANSITION_MS = 550; // from one report to the next
const BRUSH_STD = 0.022; // standard deviation of drawn points around the pointer
const MAX_DRAWN = 2000;

export default function ({ parentElement, data, setStateValue }) {
  const plane = stateOf(parentElement, create);
  plane.send = (points) => setStateValue("points", points);
  plane.update(data);
}

function create(root) {
  const canvas = root.querySelector("canvas");
  const hint = root.querySelector(".hint");
  const heatmapLegend = root.querySelector(".legend .heatmap");
  const g = canvas.getContext("2d");
  const plane = { send: () => {}, update };

  let report = null; // what Python sent last
  let real = new Float32Array();
  let from = null, to = null, startTime = 0; // two reports, and when the transition between them started
  let frame = 0;
  let drawn = []; // x, y, x, y, ...

  function update(next) {
    const isNewRun = !report || report.run !== next.run;
    const isNewStep = isNewRun || report.step !== next.step;
    if (!drag.dragging && (isNewRun || report.drawn !== next.drawn)) drawn = [...decodeFloats(next.drawn)];
    report = next;
    real = decodeFloats(next.real);
    if (isNewStep) {
      from = isNewRun ? null : current();
      to = Object.fromEntries(["samples", "gradients", "manifold", "heatmap"].map((key) => [key, decodeFloats(next[key])]));
      startTime = performance.now();
    }
    canvas.classList.toggle("drawing", next.draw);
    canvas.setAttribute("aria-label", next.label);
    canvas.dataset.step = next.step;
    heatmapLegend.hidden = !next.layers.includes("Discriminator heatmap");
    requestPaint();
  }

  function requestPaint() {
    frame ||= requestAnimationFrame(paint);
  }

  const progress = () => (from ? Math.min(1, (performance.now() - startTime) / TRANSITION_MS) : 1);

  function current() {
    if (!to) return null;
    const t = progress();
    if (!from || t === 1) return to;
    return Object.fromEntries(Object.keys(to).map((key) => [key, to[key].map((v, k) => (1 - t) * from[key][k] + t * v)]));
  }

  function paint() {
    frame = 0;
    const size = fitCanvas(canvas);
    if (!report || !size) return;
    const toPixel = (v) => ((v / report.half_width + 1) / 2) * size;
    const values = current();
    const radius = Math.max(2, size / 200);
    if (report.layers.includes("Discriminator heatmap")) paintHeatmap(values.heatmap, size);
    if (report.layers.includes("Generator manifold")) paintManifold(values.manifold, toPixel, size);
    g.fillStyle = `rgba(${REAL}, 0.75)`;
    if (report.layers.includes("Real samples") || report.draw) {
      const points = report.draw ? drawn : real;
      for (let k = 0; k < points.length; k += 2) paintDot(toPixel(points[k]), toPixel(-points[k + 1]), radius * 0.8);
    }
    if (report.layers.includes("Gradients")) paintGradients(values, toPixel, size);
    if (report.layers.includes("Fake samples")) {
      g.fillStyle = `rgb(${FAKE})`;
      g.strokeStyle = themeColor(canvas, "background-color");
      g.lineWidth = radius / 4;
      for (let k = 0; k < values.samples.length; k += 2) {
        paintDot(toPixel(values.samples[k]), toPixel(-values.samples[k + 1]), radius);
        g.stroke();
      }
    }
    hint.hidden = !report.draw || drawn.length > 0;
    if (progress() < 1) requestPaint();
  }

  function paintDot(x, y, radius) {
    g.beginPath();
    g.arc(x, y, radius, 0, 7);
    g.fill();
  }

  function paintHeatmap(heatmap, size) {
    const cells = Math.sqrt(heatmap.length);
    const small = newCanvas(cells, cells);
    const pixels = new ImageData(cells, cells);
    const colors = [FAKE, REAL].map((rgb) => rgb.split(",").map(Number));
    heatmap.forEach((p, k) => {
      const rgb = colors[p > 0.5 ? 1 : 0];
      pixels.data.set([...rgb, Math.min(170, 300 * Math.abs(2 * p - 1))], 4 * k);
    });
    small.getContext("2d").putImageData(pixels, 0, 0);
    g.imageSmoothingQuality = "high";
    g.drawImage(small, 0, 0, size, size);
  }

  // All cells of the latent square have the same probability, so a smaller cell has a higher density: darker.
  function paintManifold(points, toPixel, size) {
    const lines = Math.sqrt(points.length / 2);
    const corner = (i, j) => [toPixel(points[2 * (i * lines + j)]), toPixel(-points[2 * (i * lines + j) + 1])];
    const undistortedArea = (size / report.half_width / 2 / (lines - 1)) ** 2; // pixels of a cell under the identity
    for (let i = 0; i + 1 < lines; i++)
      for (let j = 0; j + 1 < lines; j++) {
        const cell = [corner(i, j), corner(i, j + 1), corner(i + 1, j + 1), corner(i + 1, j)];
        let area = 0;
        cell.forEach(([x, y], k) => {
          const [u, v] = cell[(k + 1) % 4];
          area += (x * v - u * y) / 2;
        });
        g.fillStyle = `rgba(${FAKE}, ${Math.min(0.5, 0.12 * Math.sqrt(undistortedArea / Math.max(1, Math.abs(area))))})`;
        g.strokeStyle = `rgba(${FAKE}, 0.35)`;
        g.lineWidth = Math.max(0.6, size / 1100);
        g.beginPath();
        cell.forEach(([x, y]) => g.lineTo(x, y));
        g.closePath();
        g.fill();
        g.stroke();
      }
  }

  // The longest arrow is a twelfth of the plane; the others are in proportion.
  function paintGradients({ samples, gradients }, toPixel, size) {
    let longest = 1e-9;
    for (let k = 0; k < gradients.length; k += 2) longest = Math.max(longest, Math.hypot(gradients[k], gradients[k + 1]));
    const unit = size / 12 / longest;
    g.strokeStyle = themeColor(canvas, "text-color");
    g.globalAlpha = 0.5;
    g.lineWidth = Math.max(1, size / 560);
    const head = size / 110;
    for (let k = 0; k < gradients.length; k += 2) {
      const [x, y] = [toPixel(samples[k]), toPixel(-samples[k + 1])];
      const [u, v] = [gradients[k] * unit, -gradients[k + 1] * unit];
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

  function addPoints(event) {
    const [x, y] = pointerPosition(event, canvas).map((v, axis) => (2 * v - 1) * report.half_width * (axis ? -1 : 1));
    for (let k = 0; k < 6; k++) drawn.push(inRange(x + BRUSH_STD * gauss()), inRange(y + BRUSH_STD * gauss()));
    if (drawn.length > 2 * MAX_DRAWN) drawn = drawn.slice(-2 * MAX_DRAWN); // drops the oldest
    requestPaint();
  }

  const drag = onPointerDrag(canvas, {
    start: () => report.draw,
    move: addPoints,
    end: () => plane.send(btoa(String.fromCharCode(...new Uint8Array(new Float32Array(drawn).buffer)))),
  });
  onAppearance(canvas, requestPaint);
  return plane;
}

const inRange = (v) => clamp(v, -1, 1);
const gauss = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
