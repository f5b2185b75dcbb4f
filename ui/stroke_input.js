// A hand that draws strokes on a canvas. Stands before the script of a component that has one.
//
// A stroke is { size, points: [x0, y0, x1, y1, ...] }, all in thousandths of the canvas' width.
const GRID = 1000;

// begin(stroke): a new one is begun. paint(): it grew, draw it. ended(): the hand was lifted.
// Ctrl + Z presses `undo`. Gives a function that drops a stroke under way.
function onStrokes(sheet, { brush, undo, begin, paint, ended }) {
  let pointer = null; // the one that draws; a second finger does nothing
  let stroke = null;
  let waiting = 0;

  function add(event) {
    const { left, top, width } = sheet.getBoundingClientRect();
    const points = stroke.points;
    const all = event.getCoalescedEvents?.() ?? [];
    for (const each of all.length ? all : [event]) {
      const x = Math.round(((each.clientX - left) / width) * GRID);
      const y = Math.round(((each.clientY - top) / width) * GRID);
      const n = points.length;
      if (!n || Math.hypot(x - points[n - 2], y - points[n - 1]) >= 4) points.push(x, y);
    }
    waiting ||= requestAnimationFrame(painted);
  }

  function painted() {
    cancelAnimationFrame(waiting);
    waiting = 0;
    paint();
  }

  sheet.onpointerdown = (event) => {
    if (pointer !== null || event.button !== 0) return;
    pointer = event.pointerId;
    sheet.setPointerCapture(pointer);
    stroke = { size: Number(brush.value), points: [] };
    begin(stroke);
    add(event);
  };
  sheet.onpointermove = (event) => event.pointerId === pointer && add(event);
  sheet.onpointerup = sheet.onpointercancel = (event) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    painted();
    ended();
  };
  sheet.onkeydown = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== "z" || undo.disabled) return;
    event.preventDefault();
    undo.click();
  };
  brush.onkeydown = (event) => event.stopPropagation(); // or the presenter's arrow keys would step too
  return () => (pointer = null);
}

// Strokes as round lines, in the colour that `g` has.
function trace(g, strokes) {
  const scale = g.canvas.width / GRID;
  g.setTransform(scale, 0, 0, scale, 0, 0);
  g.lineCap = g.lineJoin = "round";
  for (const { size, points: p } of strokes) {
    g.lineWidth = size;
    g.beginPath();
    g.moveTo(p[0], p[1]);
    for (let k = 2; k + 3 < p.length; k += 2) // through the middles, bent towards the points: no corners
      g.quadraticCurveTo(p[k], p[k + 1], (p[k] + p[k + 2]) / 2, (p[k + 1] + p[k + 3]) / 2);
    g.lineTo(p[p.length - 2], p[p.length - 1]);
    g.stroke();
  }
  g.setTransform(1, 0, 0, 1, 0, 0);
}

// One of the four channels of what is on the canvas, stretched over side x side pixels: bytes in base64.
function small(sheet, side, channel) {
  const g = new OffscreenCanvas(side, side).getContext("2d");
  g.imageSmoothingQuality = "high";
  g.drawImage(sheet, 0, 0, side, side);
  const rgba = g.getImageData(0, 0, side, side).data;
  let bytes = "";
  for (let k = channel; k < rgba.length; k += 4) bytes += String.fromCharCode(rgba[k]);
  return btoa(bytes);
}
