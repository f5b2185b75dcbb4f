// A drawing canvas: white on black, kept as strokes, so that Undo takes back anything, Clear too.
//
// When a stroke ends Python gets, as the state `drawing`, the strokes and the grey levels of the
// whole at 112 x 112. Python sends the strokes back with every run; they are drawn when the canvas
// comes onto the page anew, or when `token` changes, which is Reset.

const SIDE = 112; // pixels sent; the canvas itself has 448
const GRID = 1000; // the canvas is GRID x GRID in a stroke's coordinates
const CLEARED = { size: 0, points: [] }; // an entry like a stroke: what lies before it is not drawn

const EXAMPLES = {
  mnist: [{ size: 85, points: [340, 260, 500, 255, 680, 235, 690, 240, 620, 400, 555, 560, 500, 710, 475, 820] }],
  fashion_mnist: [
    { size: 150, points: [400, 230, 310, 250, 200, 420] },
    { size: 150, points: [600, 230, 690, 250, 800, 420] },
    { size: 170, points: [395, 290, 390, 800] },
    { size: 170, points: [500, 330, 500, 800] },
    { size: 170, points: [605, 290, 610, 800] },
    { size: 120, points: [380, 825, 620, 825] },
  ],
};

const canvases = new WeakMap();

export default function ({ parentElement, data, setStateValue }) {
  let canvas = canvases.get(parentElement);
  if (!canvas) {
    canvas = create(parentElement);
    canvases.set(parentElement, canvas);
  }
  canvas.send = (drawing) => setStateValue("drawing", drawing);
  canvas.update(data);
}

function create(root) {
  const sheet = root.querySelector("canvas");
  const hint = root.querySelector(".hint");
  const brush = root.querySelector(".brush");
  const undo = root.querySelector(".undo");
  const clear = root.querySelector(".clear");
  const g = sheet.getContext("2d");
  const canvas = { send: () => {}, update };

  let token = null;
  let strokes = [];
  let example = false; // nobody has drawn yet: the first stroke replaces what is there
  let pointer = null; // the one that draws; a second finger does nothing
  let waiting = 0;

  function update(data) {
    if (data.token === token) return; // the hand knows better than the server
    token = data.token;
    pointer = null;
    strokes = data.drawing ? data.drawing.strokes : EXAMPLES[data.example];
    example = data.drawing ? data.drawing.example : true;
    brush.value = data.drawing ? data.drawing.brush : data.brush;
    paint();
    if (!data.drawing) send();
  }

  const visible = () => strokes.slice(strokes.findLastIndex((stroke) => !stroke.size) + 1);

  function paint() {
    waiting = 0;
    const scale = sheet.width / GRID;
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.fillStyle = "#000";
    g.fillRect(0, 0, sheet.width, sheet.height);
    g.setTransform(scale, 0, 0, scale, 0, 0);
    g.strokeStyle = "#fff";
    g.lineCap = g.lineJoin = "round";
    for (const { size, points: p } of visible()) {
      g.lineWidth = size;
      g.beginPath();
      g.moveTo(p[0], p[1]);
      let k = 2;
      for (; k + 3 < p.length; k += 2) // through the middles, bent towards the points: no corners
        g.quadraticCurveTo(p[k], p[k + 1], (p[k] + p[k + 2]) / 2, (p[k + 1] + p[k + 3]) / 2);
      g.lineTo(p[p.length - 2], p[p.length - 1]);
      g.stroke();
    }
    const empty = !visible().length;
    hint.hidden = !empty;
    undo.disabled = example || !strokes.length;
    clear.disabled = empty;
  }

  function send() {
    const small = new OffscreenCanvas(SIDE, SIDE).getContext("2d");
    small.imageSmoothingQuality = "high";
    small.drawImage(sheet, 0, 0, SIDE, SIDE);
    const rgba = small.getImageData(0, 0, SIDE, SIDE).data;
    let grey = "";
    for (let k = 0; k < rgba.length; k += 4) grey += String.fromCharCode(rgba[k]);
    canvas.send({ pixels: btoa(grey), strokes, brush: Number(brush.value), example });
  }

  function change(next) {
    strokes = next;
    example = false;
    paint();
    send();
  }

  function add(event) {
    const box = sheet.getBoundingClientRect();
    const points = strokes.at(-1).points;
    const all = event.getCoalescedEvents?.() ?? [];
    for (const each of all.length ? all : [event]) {
      const x = Math.round(((each.clientX - box.left) / box.width) * GRID);
      const y = Math.round(((each.clientY - box.top) / box.height) * GRID);
      const n = points.length;
      if (!n || Math.hypot(x - points[n - 2], y - points[n - 1]) >= 4) points.push(x, y);
    }
    waiting ||= requestAnimationFrame(paint);
  }

  sheet.onpointerdown = (event) => {
    if (pointer !== null || event.button !== 0) return;
    pointer = event.pointerId;
    sheet.setPointerCapture(pointer);
    strokes = [...(example ? [] : strokes), { size: Number(brush.value), points: [] }];
    example = false;
    add(event);
  };
  sheet.onpointermove = (event) => event.pointerId === pointer && add(event);
  sheet.onpointerup = sheet.onpointercancel = (event) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    cancelAnimationFrame(waiting);
    paint();
    send();
  };
  undo.onclick = () => change(strokes.slice(0, -1));
  clear.onclick = () => change(example ? [] : [...strokes, CLEARED]);
  sheet.onkeydown = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== "z" || undo.disabled) return;
    event.preventDefault();
    undo.click();
  };
  brush.onkeydown = (event) => event.stopPropagation(); // or the presenter's arrow keys would step too
  return canvas;
}
