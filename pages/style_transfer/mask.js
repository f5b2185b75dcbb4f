// Mark a part of a photo. Sent to Python when a stroke ends: the strokes, and how much of each of
// SIDE x SIDE parts of the photo they cover. Python sends the strokes back when the canvas comes onto
// the page anew, and a new `token` with another photo.

const SIDE = 128; // parts a side that are sent, stretched over the photo
const GRID = 1000; // the photo is GRID wide in a stroke's coordinates, and as high as it is

const canvases = new WeakMap();

export default function ({ parentElement, data, setStateValue }) {
  let canvas = canvases.get(parentElement);
  if (!canvas) {
    canvas = create(parentElement);
    canvases.set(parentElement, canvas);
  }
  canvas.send = (marks) => setStateValue("marks", marks);
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
  let pointer = null; // the one that draws; a second finger does nothing

  function update(data) {
    if (data.token === token) return; // the hand knows better than the server
    token = data.token;
    pointer = null;
    root.querySelector("img").src = data.photo;
    sheet.width = 640;
    sheet.height = Math.round(640 * data.ratio);
    strokes = data.strokes ?? [];
    paint();
  }

  function paint() {
    const scale = sheet.width / GRID;
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.clearRect(0, 0, sheet.width, sheet.height);
    g.setTransform(scale, 0, 0, scale, 0, 0);
    g.strokeStyle = getComputedStyle(sheet).getPropertyValue("--st-primary-color") || "#e6550d";
    g.lineCap = g.lineJoin = "round";
    for (const { size, points: p } of strokes) {
      g.lineWidth = size;
      g.beginPath();
      g.moveTo(p[0], p[1]);
      for (let k = 2; k + 1 < p.length; k += 2) g.lineTo(p[k], p[k + 1]);
      g.lineTo(p[p.length - 2], p[p.length - 1]);
      g.stroke();
    }
    hint.hidden = strokes.length > 0;
    undo.disabled = clear.disabled = !strokes.length;
  }

  function send() {
    const small = new OffscreenCanvas(SIDE, SIDE).getContext("2d");
    small.imageSmoothingQuality = "high";
    small.drawImage(sheet, 0, 0, SIDE, SIDE);
    const rgba = small.getImageData(0, 0, SIDE, SIDE).data;
    let cover = "";
    for (let k = 3; k < rgba.length; k += 4) cover += String.fromCharCode(rgba[k]);
    canvas.send({ cover: btoa(cover), strokes });
  }

  function change(next) {
    strokes = next;
    paint();
    send();
  }

  function add(event) {
    const box = sheet.getBoundingClientRect();
    const points = strokes.at(-1).points;
    const x = Math.round(((event.clientX - box.left) / box.width) * GRID);
    const y = Math.round(((event.clientY - box.top) / box.width) * GRID);
    points.push(x, y);
    paint();
  }

  sheet.onpointerdown = (event) => {
    if (pointer !== null || event.button !== 0) return;
    pointer = event.pointerId;
    sheet.setPointerCapture(pointer);
    strokes = [...strokes, { size: Number(brush.value), points: [] }];
    add(event);
  };
  sheet.onpointermove = (event) => event.pointerId === pointer && add(event);
  sheet.onpointerup = sheet.onpointercancel = (event) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    send();
  };
  undo.onclick = () => change(strokes.slice(0, -1));
  clear.onclick = () => change([]);
  sheet.onkeydown = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== "z" || undo.disabled) return;
    event.preventDefault();
    undo.click();
  };
  brush.onkeydown = (event) => event.stopPropagation(); // or the presenter's arrow keys would step too
  return canvas;
}
