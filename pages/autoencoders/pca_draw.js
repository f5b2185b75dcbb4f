// What the film of a linear autoencoder draws with: points and sheets in space, points on a plane.
// Stands before the script that moves them.

// Colours along the strip, (n): the planes' orange and blue are left to the planes.
function hues(n) {
  const along = [[91, 63, 214], [214, 39, 136], [224, 168, 0], [49, 163, 84]];
  return Array.from({ length: n }, (_, k) => {
    const place = (k / Math.max(1, n - 1)) * (along.length - 1), c = Math.min(along.length - 2, Math.floor(place));
    return `rgb(${along[c].map((v, i) => Math.round(v + (place - c) * (along[c + 1][i] - v))).join()})`;
  });
}

// The canvas cleared at the size it has on the screen: its context, width and height in pixels.
function cleared(canvas) {
  const width = fitCanvas(canvas, canvas.clientHeight / (canvas.clientWidth || 1));
  return [canvas.getContext("2d"), width, canvas.height];
}

// points, where they come back as `again`, and two sheets, each a colour and four corners, the second the decoder's;
// seen from `yaw` and `pitch`, up to `reach` from the middle.
function drawSpace(canvas, { points, again, sheets, colours, yaw, pitch, reach, ink }) {
  const [g, w, h] = cleared(canvas);
  if (!w) return;
  const unit = Math.min(w, h) / 2 / reach;
  const [sin, cos, rise, level] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch)];
  const put = ([x, y, z]) => [w / 2 + (x * cos - y * sin) * unit, h / 2 - (z * level + (x * sin + y * cos) * rise) * unit];
  const line = (a, b) => {
    g.beginPath();
    g.moveTo(...put(a));
    g.lineTo(...put(b));
    g.stroke();
  };
  g.strokeStyle = g.fillStyle = ink;
  g.globalAlpha = 0.4;
  g.lineWidth = Math.max(1, unit / 200);
  g.font = `${Math.round(unit / 8)}px sans-serif`;
  ["x₁", "x₂", "x₃"].forEach((name, c) => {
    const end = [0, 1, 2].map((d) => (d === c ? reach * 0.75 : 0));
    line(end.map((v) => -v), end);
    g.fillText(name, ...put(end.map((v) => v * 1.06)));
  });

  const [colour, ours] = sheets[1];
  const normal = cross(less(ours[1], ours[0]), less(ours[3], ours[0]));
  const facing = dot(normal, [-sin * level, -cos * level, rise]); // the direction in which the onlooker is
  const behind = points.map((p) => dot(less(p, ours[0]), normal) * facing < 0);
  const dots = (which) => points.forEach((p, k) => {
    if (behind[k] !== which) return;
    g.strokeStyle = colour;
    g.globalAlpha = 0.4;
    g.lineWidth = Math.max(0.8, unit / 160);
    line(p, again[k]);
    g.globalAlpha = which ? 0.6 : 1;
    g.fillStyle = colours[k];
    disc(g, ...put(p), unit / 40);
  });
  dots(true);
  for (const [shade, sheet] of sheets) {
    g.beginPath();
    sheet.forEach((corner) => g.lineTo(...put(corner)));
    g.closePath();
    g.fillStyle = g.strokeStyle = shade;
    g.globalAlpha = 0.25;
    g.fill();
    g.globalAlpha = 1;
    g.lineWidth = unit / 70;
    g.stroke();
  }
  dots(false);
  g.globalAlpha = 1;
}

// Places on a plane, up to `reach` from the middle, and its axes.
function drawPlane(canvas, places, { colours, reach, ink }) {
  const [g, w, h] = cleared(canvas);
  const unit = Math.min(w, h) / 2 / reach;
  g.strokeStyle = ink;
  g.globalAlpha = 0.25;
  g.lineWidth = Math.max(1, w / 400);
  g.strokeRect(-w, h / 2, 3 * w, h);
  g.strokeRect(w / 2, -h, w, 3 * h);
  g.globalAlpha = 0.9;
  places.forEach(([x, y], k) => {
    g.fillStyle = colours[k];
    disc(g, w / 2 + x * unit, h / 2 - y * unit, w / 95);
  });
  g.globalAlpha = 1;
}

function disc(g, x, y, r) {
  g.beginPath();
  g.arc(x, y, r, 0, 7);
  g.fill();
}

const less = (a, b) => a.map((v, c) => v - b[c]);
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];

// (k, n) numbers from k * n of them.
const rows = (values, n) => Array.from({ length: values.length / n }, (_, k) => [...values.subarray(n * k, n * k + n)]);
