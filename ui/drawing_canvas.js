// A drawing canvas: white on black, kept as strokes, so that Undo takes back anything, Clear too.
//
// When a stroke ends Python gets, as the state `drawing`, the strokes and the grey levels of the
// whole at 112 x 112. Python sends the strokes back with every run; they are drawn when the canvas
// comes onto the page anew, or when `token` changes, which is Reset.

const SIDE = 112; // pixels sent; the canvas itself has 448
const RED = 0; // all three colours are the same
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

export default function ({ parentElement, data, setStateValue }) {
  const canvas = stateOf(parentElement, create);
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

  function update(data) {
    if (data.token === token) return; // the local strokes may be newer than the server's copy
    token = data.token;
    drop();
    strokes = data.drawing ? data.drawing.strokes : EXAMPLES[data.example];
    example = data.drawing ? data.drawing.example : true;
    brush.value = data.drawing ? data.drawing.brush : data.brush;
    paint();
    if (!data.drawing) send();
  }

  const visible = () => strokes.slice(strokes.findLastIndex((stroke) => !stroke.size) + 1);

  function paint() {
    g.fillStyle = "#000";
    g.fillRect(0, 0, sheet.width, sheet.height);
    g.strokeStyle = "#fff";
    trace(g, visible());
    const empty = !visible().length;
    hint.hidden = !empty;
    undo.disabled = example || !strokes.length;
    clear.disabled = empty;
  }

  function send() {
    canvas.send({ pixels: small(sheet, SIDE, RED), strokes, brush: Number(brush.value), example });
  }

  function change(next) {
    strokes = next;
    example = false;
    paint();
    send();
  }

  function start(stroke) {
    strokes = [...(example ? [] : strokes), stroke];
    example = false;
  }

  const drop = onStrokes(sheet, { brush, undo, onStart: start, onDraw: paint, onEnd: send });
  undo.onclick = () => change(strokes.slice(0, -1));
  clear.onclick = () => change(example ? [] : [...strokes, CLEARED]);
  return canvas;
}
