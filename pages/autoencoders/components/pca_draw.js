// Drawing functions of the PCA view: points and planes in space, points on a plane. Stands before pca_view.js.

// Colors along the strip, (n), other than the orange and blue of the planes.
function gradient(n) {
  const stops = [[91, 63, 214], [214, 39, 136], [224, 168, 0], [49, 163, 84]];
  return Array.from({ length: n }, (_, k) => {
    const t = (k / Math.max(1, n - 1)) * (stops.length - 1), c = Math.min(stops.length - 2, Math.floor(t));
    return `rgb(${stops[c].map((v, i) => Math.round(v + (t - c) * (stops[c + 1][i] - v))).join()})`;
  });
}

// The canvas at its size on the screen, cleared: its context, width and height in pixels.
function clear(canvas) {
  const width = fitCanvas(canvas, canvas.clientHeight / (canvas.clientWidth || 1));
  return [canvas.getContext("2d"), width, canvas.height];
}

// Points, their reconstructions, and two planes, each a color and four corners, the second one the decoder's; seen from
// `yaw` and `pitch`, up to `radius` from the center.
function drawSpace(canvas, { points, reconstructions, planes, colors, yaw, pitch, radius, textColor }) {
  const [g, w, h] = clear(canvas);
  if (!w) return;
  const unit = Math.min(w, h) / 2 / radius;
  const [sinYaw, cosYaw, sinPitch, cosPitch] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch)];
  const toPixels = ([x, y, z]) => [
    w / 2 + (x * cosYaw - y * sinYaw) * unit,
    h / 2 - (z * cosPitch + (x * sinYaw + y * cosYaw) * sinPitch) * unit,
  ];
  const line = (a, b) => {
    g.beginPath();
    g.moveTo(...toPixels(a));
    g.lineTo(...toPixels(b));
    g.stroke();
  };
  g.strokeStyle = g.fillStyle = textColor;
  g.globalAlpha = 0.4;
  g.lineWidth = Math.max(1, unit / 200);
  g.font = `${Math.round(unit / 8)}px sans-serif`;
  ["x₁", "x₂", "x₃"].forEach((name, c) => {
    const end = [0, 1, 2].map((d) => (d === c ? radius * 0.75 : 0));
    line(end.map((v) => -v), end);
    g.fillText(name, ...toPixels(end.map((v) => v * 1.06)));
  });

  const [color, corners] = planes[1];
  const normal = cross(subtract(corners[1], corners[0]), subtract(corners[3], corners[0]));
  const facing = dot(normal, [-sinYaw * cosPitch, -cosYaw * cosPitch, sinPitch]); // towards the viewer
  const behind = points.map((p) => dot(subtract(p, corners[0]), normal) * facing < 0);
  const drawPoints = (behindPlane) => points.forEach((p, k) => {
    if (behind[k] !== behindPlane) return;
    g.strokeStyle = color;
    g.globalAlpha = 0.4;
    g.lineWidth = Math.max(0.8, unit / 160);
    line(p, reconstructions[k]);
    g.globalAlpha = behindPlane ? 0.6 : 1;
    g.fillStyle = colors[k];
    disc(g, ...toPixels(p), unit / 40);
  });
  drawPoints(true);
  for (const [planeColor, plane] of planes) {
    g.beginPath();
    plane.forEach((corner) => g.lineTo(...toPixels(corner)));
    g.closePath();
    g.fillStyle = g.strokeStyle = planeColor;
    g.globalAlpha = 0.25;
    g.fill();
    g.globalAlpha = 1;
    g.lineWidth = unit / 70;
    g.stroke();
  }
  drawPoints(false);
  g.globalAlpha = 1;
}

// Points on a plane, up to `radius` from the center, and its axes.
function drawPlane(canvas, points, { colors, radius, textColor }) {
  const [g, w, h] = clear(canvas);
  const unit = Math.min(w, h) / 2 / radius;
  g.strokeStyle = textColor;
  g.globalAlpha = 0.25;
  g.lineWidth = Math.max(1, w / 400);
  g.strokeRect(-w, h / 2, 3 * w, h);
  g.strokeRect(w / 2, -h, w, 3 * h);
  g.globalAlpha = 0.9;
  points.forEach(([x, y], k) => {
    g.fillStyle = colors[k];
    disc(g, w / 2 + x * unit, h / 2 - y * unit, w / 95);
  });
  g.globalAlpha = 1;
}

function disc(g, x, y, r) {
  g.beginPath();
  g.arc(x, y, r, 0, 7);
  g.fill();
}

const subtract = (a, b) => a.map((v, c) => v - b[c]);
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];

// (k, n) numbers from k * n of them.
const rows = (values, n) => Array.from({ length: values.length / n }, (_, k) => [...values.subarray(n * k, n * k + n)]);
