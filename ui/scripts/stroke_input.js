// Strokes drawn on a canvas with a pointer. Stands before the script of a component that has one.
//
// A stroke is { size, points: [x0, y0, x1, y1, ...] }, all in thousandths of the canvas' width.
const GRID = 1000;

// onStart(stroke): a stroke is started. onDraw(): it has grown. onEnd(): the pointer was released. Ctrl + Z presses
// `undo`. Returns a function that drops a stroke under way.
function onStrokes(canvas, { brush, undo, onStart, onDraw, onEnd }) {
  let stroke = null;
  let frame = 0;

  function add(event) {
    const { left, top, width } = canvas.getBoundingClientRect();
    const points = stroke.points;
    const all = event.getCoalescedEvents?.() ?? [];
    for (const each of all.length ? all : [event]) {
      const x = Math.round(((each.clientX - left) / width) * GRID);
      const y = Math.round(((each.clientY - top) / width) * GRID);
      const n = points.length;
      if (!n || Math.hypot(x - points[n - 2], y - points[n - 1]) >= 4) points.push(x, y);
    }
    frame ||= requestAnimationFrame(draw);
  }

  function draw() {
    cancelAnimationFrame(frame);
    frame = 0;
    onDraw();
  }

  const drag = onPointerDrag(canvas, {
    start: () => {
      stroke = { size: Number(brush.value), points: [] };
      onStart(stroke);
    },
    move: add,
    end: () => {
      draw();
      onEnd();
    },
  });
  onKeys(canvas, { "Control+z": () => undo.click() });
  keepArrowKeys(brush);
  return drag.cancel;
}

// Draws strokes as round lines, one of a single point (a click, a tap) as a dot, in the color that `g` has.
function trace(g, strokes) {
  const scale = g.canvas.width / GRID;
  g.setTransform(scale, 0, 0, scale, 0, 0);
  g.lineCap = g.lineJoin = "round";
  g.fillStyle = g.strokeStyle;
  for (const { size, points: p } of strokes) {
    g.lineWidth = size;
    g.beginPath();
    if (p.length === 2) { // a line of no length is not drawn
      g.arc(p[0], p[1], size / 2, 0, 2 * Math.PI);
      g.fill();
      continue;
    }
    g.moveTo(p[0], p[1]);
    for (let k = 2; k + 3 < p.length; k += 2) // through the midpoints, with the points as control points: no corners
      g.quadraticCurveTo(p[k], p[k + 1], (p[k] + p[k + 2]) / 2, (p[k + 1] + p[k + 3]) / 2);
    g.lineTo(p[p.length - 2], p[p.length - 1]);
    g.stroke();
  }
  g.setTransform(1, 0, 0, 1, 0, 0);
}

// One of the four channels of a canvas, scaled to side x side pixels: bytes in base64.
function small(canvas, side, channel) {
  const g = newCanvas(side, side).getContext("2d");
  g.imageSmoothingQuality = "high";
  g.drawImage(canvas, 0, 0, side, side);
  const rgba = g.getImageData(0, 0, side, side).data;
  let bytes = "";
  for (let k = channel; k < rgba.length; k += 4) bytes += String.fromCharCode(rgba[k]);
  return btoa(bytes);
}
