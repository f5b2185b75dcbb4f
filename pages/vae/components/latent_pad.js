// A 2-D latent plane: the latent vectors of test images on the left, the decoded image on the right.
//
// latent_pad_data.js holds the latent vectors, their classes, and a sheet of images decoded on a regular grid. During
// a drag the image is interpolated from its four neighbors on the sheet, one frame per pointer event, without the
// server; at the end of the drag the point goes to Python as the state `xy`.

const IMAGE_SIZE = 28; // pixels
const SHEET_STEP = 2; // every second image of the sheet is drawn, so that it is large enough

export default function ({ parentElement, data, setStateValue }) {
  const pad = stateOf(parentElement, create);
  pad.send = (z) => setStateValue("xy", z);
  pad.update(data);
}

async function planeData(name) {
  while (!globalThis.latentPlanes?.has(name)) {
    await new Promise((resolve) => globalThis.addEventListener("latentplane", resolve, { once: true }));
  }
  return globalThis.latentPlanes.get(name);
}

function create(root) {
  const plane = root.querySelector(".plane");
  const decoded = root.querySelector(".decoded");
  const output = root.querySelector(".z");
  const legend = root.querySelector(".legend");
  const context = plane.getContext("2d");
  const pixels = decoded.getContext("2d").createImageData(IMAGE_SIZE, IMAGE_SIZE);
  const pad = { send: () => {}, update };

  let state = null; // from Python: model name, point, layer, ...
  let map = null; // the data of the plane
  let sheet = null; // gray levels of the sheet, row by row
  let means = null; // Float32Array z1, z2, z1, z2, ...
  let background = null; // the plane without the point, drawn once per size, data and theme
  let onlyClass = null; // the class under the pointer in the legend
  let frames = 0;
  const point = onDrag(plane, { halfWidth: () => map?.halfWidth ?? 0, onMove: draw, onRelease: (z) => pad.send(z) });

  async function update(next) {
    const moved = !state || state.name !== next.name || state.z[0] !== next.z[0] || state.z[1] !== next.z[1];
    state = next;
    if (moved && !point.dragging) point.position = [...next.z];
    decoded.classList.toggle("smooth", next.smooth);
    legend.hidden = !next.legend;
    if (map?.name !== next.name) {
      map = sheet = null;
      const data = await planeData(next.name);
      const { rgba } = await sampleSheet(data.sprite);
      if (state.name !== next.name) return; // another model was chosen during the decoding
      map = data;
      means = decodeFloats(map.means);
      sheet = rgba.filter((_, k) => k % 4 === 0);
      showLegend();
    }
    background = null;
    draw();
  }

  function showLegend() {
    legend.replaceChildren(
      ...map.classNames.map((name, k) => {
        const item = document.createElement("li");
        const dot = document.createElement("i");
        dot.style.background = map.colors[k];
        item.append(dot, name);
        item.onpointerenter = () => { onlyClass = k; background = null; draw(); };
        item.onpointerleave = () => { onlyClass = null; background = null; draw(); };
        return item;
      }),
    );
  }

  const toPixel = ([z1, z2], size) => [((z1 / map.halfWidth + 1) / 2) * size, ((1 - z2 / map.halfWidth) / 2) * size];

  function drawBackground(size) {
    const layer = newCanvas(size, size);
    const g = layer.getContext("2d");
    if (state.layer !== "Latent vectors") drawSheet(g, size);
    if (state.layer !== "Decoded images") drawMeans(g, size);
    g.strokeStyle = g.fillStyle = state.layer === "Latent vectors" ? themeColor(plane, "text-color") : "#fff";
    g.lineWidth = size / 560;
    g.font = `${Math.round(Math.max(11 * devicePixelRatio, size / 42))}px ${getComputedStyle(plane).fontFamily}`;
    for (const sigma of state.prior ? [1, 2, 3] : []) {
      const r = (sigma / map.halfWidth / 2) * size;
      g.globalAlpha = 0.35;
      g.beginPath();
      g.arc(size / 2, size / 2, r, 0, 7);
      g.stroke();
      g.globalAlpha = 0.65;
      g.fillText(`${sigma}σ`, size / 2 + r * 0.7071 + size / 140, size / 2 - r * 0.7071 - size / 140);
    }
    g.globalAlpha = 0.65;
    g.fillText("z₁", size - size / 22, size / 2 - size / 100);
    g.fillText("z₂", size / 2 + size / 100, size / 26);
    return layer;
  }

  function drawMeans(g, size) {
    const radius = Math.max(1.6, size / 300);
    g.globalAlpha = state.layer === "Both" ? 0.9 : 0.62;
    for (let k = 0; k < map.labels.length; k++) {
      const label = map.labels.charCodeAt(k) - 48;
      if (onlyClass !== null && label !== onlyClass) continue;
      const [x, y] = toPixel([means[2 * k], means[2 * k + 1]], size);
      g.fillStyle = map.colors[label];
      g.beginPath();
      g.arc(x, y, radius, 0, 7);
      g.fill();
    }
  }

  function drawSheet(g, size) {
    const sheetSize = map.cells * IMAGE_SIZE;
    const canvas = newCanvas(sheetSize, sheetSize);
    const image = new ImageData(sheetSize, sheetSize);
    for (let k = 0; k < sheet.length; k++) {
      image.data[4 * k] = image.data[4 * k + 1] = image.data[4 * k + 2] = sheet[k];
      image.data[4 * k + 3] = 255;
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
    const step = (size * SHEET_STEP) / (map.cells - 1);
    g.fillStyle = "#000";
    g.fillRect(0, 0, size, size);
    for (let i = 0; i < map.cells; i += SHEET_STEP)
      for (let j = 0; j < map.cells; j += SHEET_STEP)
        g.drawImage(canvas, j * IMAGE_SIZE, i * IMAGE_SIZE, IMAGE_SIZE, IMAGE_SIZE,
          (j / SHEET_STEP - 0.5) * step, (i / SHEET_STEP - 0.5) * step, step, step);
    if (state.layer === "Both") {
      g.fillStyle = "rgba(0, 0, 0, 0.35)";
      g.fillRect(0, 0, size, size);
    }
  }

  function draw() {
    const previousSize = plane.width, size = fitCanvas(plane);
    if (!map || !size) return;
    if (size !== previousSize) background = null;
    background ??= drawBackground(size);
    context.drawImage(background, 0, 0);
    const [x, y] = toPixel(point.position, size);
    context.lineWidth = size / 110;
    context.strokeStyle = "#fff";
    drawRing(x, y, size / 42);
    context.lineWidth = size / 190;
    context.strokeStyle = themeColor(plane, "primary-color");
    drawRing(x, y, size / 42);
    output.textContent = `z = (${point.position[0].toFixed(2)}, ${point.position[1].toFixed(2)})`;
    interpolateImage();
    decoded.dataset.frames = ++frames;
  }

  function drawRing(x, y, r) {
    context.beginPath();
    context.arc(x, y, r, 0, 7);
    context.stroke();
  }

  function interpolateImage() {
    const last = map.cells - 1;
    const width = map.cells * IMAGE_SIZE;
    let u = ((point.position[0] + map.halfWidth) / (2 * map.halfWidth)) * last;
    let v = ((map.halfWidth - point.position[1]) / (2 * map.halfWidth)) * last;
    const i = Math.min(last - 1, Math.floor(v)), j = Math.min(last - 1, Math.floor(u));
    v -= i;
    u -= j;
    for (let y = 0; y < IMAGE_SIZE; y++)
      for (let x = 0; x < IMAGE_SIZE; x++) {
        const a = (i * IMAGE_SIZE + y) * width + j * IMAGE_SIZE + x, b = a + IMAGE_SIZE * width;
        const top = (1 - u) * sheet[a] + u * sheet[a + IMAGE_SIZE];
        const bottom = (1 - u) * sheet[b] + u * sheet[b + IMAGE_SIZE];
        const k = 4 * (y * IMAGE_SIZE + x);
        pixels.data[k] = pixels.data[k + 1] = pixels.data[k + 2] = (1 - v) * top + v * bottom;
        pixels.data[k + 3] = 255;
      }
    decoded.getContext("2d").putImageData(pixels, 0, 0);
  }

  onAppearance(plane, () => {
    background = null;
    draw();
  });
  return pad;
}
