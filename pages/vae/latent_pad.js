// The latent pad: the plane with its codes on the left, the decoded picture on the right.
//
// Python sends, once: the codes, their classes, and a sheet of pictures decoded on a regular grid.
// While a hand drags, the picture is blended here from the four nearest on the sheet, a frame per
// mouse event and nothing sent; on release the position goes to Python as the state `xy`.

const TILE = 28;

export default function ({ parentElement, data, setStateValue }) {
  const pad = stateOf(parentElement, create);
  pad.send = (xy) => setStateValue("xy", xy);
  pad.update(data);
}

function create(root) {
  const plane = root.querySelector(".plane");
  const picture = root.querySelector(".picture");
  const where = root.querySelector(".where");
  const legend = root.querySelector(".legend");
  const brush = plane.getContext("2d");
  const pixels = picture.getContext("2d").createImageData(TILE, TILE);
  const pad = { send: () => {}, update };

  let chart = null; // what Python sent
  let sheet = null; // grey levels of the sheet, row by row
  let codes = null; // Float32Array x0, y0, x1, y1, ...
  let backdrop = null; // the plane without the hand, drawn once per size, data and theme
  let only = null; // the class under the pointer in the legend
  let frames = 0;
  const hand = onDrag(plane, { halfWidth: () => chart?.extent ?? 0, onMove: draw, onRelease: (position) => pad.send(position) });

  async function update(next) {
    const fresh = !chart || chart.sprite !== next.sprite;
    const moved = !chart || chart.start[0] !== next.start[0] || chart.start[1] !== next.start[1] || chart.token !== next.token;
    chart = next;
    if (moved && !hand.dragging) hand.position = [...next.start];
    picture.classList.toggle("smooth", next.smooth);
    legend.hidden = Boolean(next.bare);
    if (fresh) {
      sheet = null;
      codes = decodeFloats(next.codes);
      listClasses();
      const { rgba } = await sampleSheet(next.sprite);
      if (chart.sprite !== next.sprite) return; // another model came meanwhile
      sheet = rgba.filter((_, k) => k % 4 === 0);
    }
    backdrop = null;
    draw();
  }

  function listClasses() {
    legend.replaceChildren(
      ...chart.names.map((name, k) => {
        const item = document.createElement("li");
        const dot = document.createElement("i");
        dot.style.background = chart.colours[k];
        item.append(dot, name);
        item.onpointerenter = () => { only = k; backdrop = null; draw(); };
        item.onpointerleave = () => { only = null; backdrop = null; draw(); };
        return item;
      }),
    );
  }

  const toPixel = ([x, y], size) => [((x / chart.extent + 1) / 2) * size, ((1 - y / chart.extent) / 2) * size];

  function paintBackdrop(size) {
    const layer = new OffscreenCanvas(size, size);
    const g = layer.getContext("2d");
    const ink = themeColor(plane, "text-color");
    if (chart.show !== "Codes" && sheet) paintSheet(g, size);
    if (chart.show !== "Pictures") {
      const radius = Math.max(1.6, size / 300);
      for (let k = 0; k < chart.labels.length; k++) {
        const label = chart.labels.charCodeAt(k) - 48;
        if (only !== null && label !== only) continue;
        const [px, py] = toPixel([codes[2 * k], codes[2 * k + 1]], size);
        g.globalAlpha = chart.show === "Both" ? 0.9 : 0.62;
        g.fillStyle = chart.colours[label];
        g.beginPath();
        g.arc(px, py, radius, 0, 7);
        g.fill();
      }
    }
    // One, two and three standard deviations of the prior.
    g.strokeStyle = g.fillStyle = chart.show === "Codes" ? ink : "#fff";
    g.lineWidth = size / 560;
    g.font = `${Math.round(Math.max(11 * devicePixelRatio, size / 42))}px ${getComputedStyle(plane).fontFamily}`;
    for (const sigma of chart.rings ? [1, 2, 3] : []) {
      const r = (sigma / chart.extent / 2) * size;
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

  function paintSheet(g, size) {
    const side = chart.cells * TILE;
    const whole = new OffscreenCanvas(side, side);
    const image = new ImageData(side, side);
    for (let k = 0; k < sheet.length; k++) {
      image.data[4 * k] = image.data[4 * k + 1] = image.data[4 * k + 2] = sheet[k];
      image.data[4 * k + 3] = 255;
    }
    whole.getContext("2d").putImageData(image, 0, 0);
    const every = 2; // each second cell, so that a picture is large enough to be seen
    const step = (size * every) / (chart.cells - 1);
    g.fillStyle = "#000";
    g.fillRect(0, 0, size, size);
    for (let i = 0; i < chart.cells; i += every)
      for (let j = 0; j < chart.cells; j += every)
        g.drawImage(whole, j * TILE, i * TILE, TILE, TILE, (j / every - 0.5) * step, (i / every - 0.5) * step, step, step);
    if (chart.show === "Both") {
      g.fillStyle = "rgba(0, 0, 0, 0.35)";
      g.fillRect(0, 0, size, size);
    }
  }

  function draw() {
    const before = plane.width, size = fitCanvas(plane);
    if (!chart || !size) return;
    if (size !== before) backdrop = null;
    backdrop ??= paintBackdrop(size);
    brush.drawImage(backdrop, 0, 0);
    const [px, py] = toPixel(hand.position, size);
    brush.lineWidth = size / 110;
    brush.strokeStyle = "#fff";
    ring(px, py, size / 42);
    brush.lineWidth = size / 190;
    brush.strokeStyle = themeColor(plane, "primary-color");
    ring(px, py, size / 42);
    where.textContent = `z = (${hand.position[0].toFixed(2)}, ${hand.position[1].toFixed(2)})`;
    if (!sheet) return;
    blend();
    picture.dataset.frames = ++frames;
  }

  function ring(x, y, r) {
    brush.beginPath();
    brush.arc(x, y, r, 0, 7);
    brush.stroke();
  }

  function blend() {
    const last = chart.cells - 1;
    const side = chart.cells * TILE;
    let u = ((hand.position[0] + chart.extent) / (2 * chart.extent)) * last;
    let v = ((chart.extent - hand.position[1]) / (2 * chart.extent)) * last;
    const i = Math.min(last - 1, Math.floor(v)), j = Math.min(last - 1, Math.floor(u));
    v -= i;
    u -= j;
    for (let y = 0; y < TILE; y++)
      for (let x = 0; x < TILE; x++) {
        const a = (i * TILE + y) * side + j * TILE + x, b = a + TILE * side;
        const grey = (1 - v) * ((1 - u) * sheet[a] + u * sheet[a + TILE]) + v * ((1 - u) * sheet[b] + u * sheet[b + TILE]);
        const k = 4 * (y * TILE + x);
        pixels.data[k] = pixels.data[k + 1] = pixels.data[k + 2] = grey;
        pixels.data[k + 3] = 255;
      }
    picture.getContext("2d").putImageData(pixels, 0, 0);
  }

  onAppearance(plane, () => {
    backdrop = null;
    draw();
  });
  return pad;
}
