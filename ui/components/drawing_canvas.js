// A drawing canvas, white on black, stored as strokes, so that Undo reverts any action, Clear included.
//
// At the end of a stroke Python receives, as the state `drawing`, the strokes and the gray levels at 112 x 112 pixels.
// Python sends the strokes back with every run; they are drawn if the canvas is new, or if `token` has changed (Reset).

const IMAGE_SIZE = 112; // pixels sent; the canvas has 448
const RED = 0; // all three channels are equal
const CLEARED = { size: 0, points: [] }; // in place of a stroke: earlier strokes are not drawn

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
  const drawingArea = root.querySelector("canvas");
  const hint = root.querySelector(".hint");
  const brush = root.querySelector(".brush");
  const undo = root.querySelector(".undo");
  const clear = root.querySelector(".clear");
  const g = drawingArea.getContext("2d");
  const canvas = { send: () => {}, update };

  let token = null;
  let strokes = [];
  let example = false; // the example drawing, which the first stroke replaces

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
    g.fillRect(0, 0, drawingArea.width, drawingArea.height);
    g.strokeStyle = "#fff";
    trace(g, visible());
    const empty = !visible().length;
    hint.hidden = !empty;
    undo.disabled = example || !strokes.length;
    clear.disabled = empty;
  }

  function send() {
    canvas.send({ pixels: small(drawingArea, IMAGE_SIZE, RED), strokes, brush: Number(brush.value), example });
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

  const drop = onStrokes(drawingArea, { brush, undo, onStart: start, onDraw: paint, onEnd: send });
  undo.onclick = () => change(strokes.slice(0, -1));
  clear.onclick = () => change(example ? [] : [...strokes, CLEARED]);
  return canvas;
}
