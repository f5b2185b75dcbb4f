// A mask brushed on a photo. Python receives the strokes and the mask (SIZE x SIZE, stretched over the photo) when a
// stroke ends, and sends the strokes back when the canvas is created again, with a new `token` for another photo.

const SIZE = 128;
const ALPHA = 3; // index of the alpha channel

export default function ({ parentElement, data, setStateValue }) {
  const canvas = stateOf(parentElement, create);
  canvas.send = (mask) => setStateValue("mask", mask);
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

  function update(data) {
    if (data.token === token) return; // the local strokes may be newer than the server's copy
    token = data.token;
    drop();
    root.querySelector("img").src = data.photo;
    sheet.width = 640;
    sheet.height = Math.round(640 * data.ratio);
    strokes = data.strokes ?? [];
    paint();
  }

  function paint() {
    g.clearRect(0, 0, sheet.width, sheet.height);
    g.strokeStyle = themeColor(sheet, "primary-color");
    trace(g, strokes);
    hint.hidden = strokes.length > 0;
    undo.disabled = clear.disabled = !strokes.length;
  }

  function send() {
    canvas.send({ alpha: small(sheet, SIZE, ALPHA), strokes });
  }

  function change(next) {
    strokes = next;
    paint();
    send();
  }

  const start = (stroke) => (strokes = [...strokes, stroke]);
  const drop = onStrokes(sheet, { brush, undo, onStart: start, onDraw: paint, onEnd: send });
  undo.onclick = () => change(strokes.slice(0, -1));
  clear.onclick = () => change([]);
  return canvas;
}
