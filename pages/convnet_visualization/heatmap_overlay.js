// A heat map over a photo, and beside it the same map with random weights, as many as the strip says.
// The slider blends here: nothing is sent.

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".heat");
  stateOf(root, create).update(data);
}

function create(root) {
  const [trained, random] = [".trained", ".random"].map((name) => root.querySelector(name));
  const [said, saidRandom] = root.querySelectorAll("figcaption");
  const opacity = root.querySelector(".opacity"), squares = root.querySelector(".squares");
  const strip = root.querySelector(".strip");
  let data = null, photo = null, colours = null, stage = 0, shownPhoto = "";
  const view = { update };

  async function update(next) {
    data = next;
    colours = decodeBytes(data.palette);
    if (shownPhoto !== data.photo) {
      const image = await loadImage(data.photo);
      if (data !== next) return;
      [photo, shownPhoto] = [image, data.photo];
    }
    if (strip.children.length !== data.stages.length) list();
    stage = Math.min(stage, Math.max(0, data.stages.length - 1));
    draw();
  }

  function list() {
    strip.replaceChildren(
      ...data.stages.map((_, k) => {
        const button = document.createElement("button");
        button.setAttribute("role", "radio");
        button.append(document.createElement("canvas"), document.createElement("span"));
        button.onclick = () => choose(k);
        return button;
      }),
    );
  }

  function choose(k) {
    stage = k;
    draw();
  }

  function draw() {
    if (!data || !photo || !trained.clientWidth) return;
    over(trained, data.map, true);
    tell(said, `Trained: ${data.title}`, data.told);
    random.parentElement.hidden = !data.stages.length;
    if (!data.stages.length) return;
    over(random, data.stages[stage].map, true);
    tell(saidRandom, `Random: ${data.stages[stage].long}`, data.stages[stage].told);
    [...strip.children].forEach((button, k) => {
      const chosen = k === stage;
      button.setAttribute("aria-checked", chosen);
      button.tabIndex = chosen ? 0 : -1;
      button.title = data.stages[k].long;
      over(button.firstChild, data.stages[k].map, false);
      button.lastChild.textContent = data.stages[k].short;
    });
    root.dataset.stage = stage;
  }

  function tell(place, title, text) {
    const strong = document.createElement("b");
    strong.textContent = title;
    place.replaceChildren(strong, document.createElement("br"), text);
  }

  function over(canvas, map, slider) {
    const width = Math.round(canvas.clientWidth * devicePixelRatio) || 120;
    canvas.width = width;
    canvas.height = Math.round((width * photo.height) / photo.width);
    const g = canvas.getContext("2d"), all = [0, 0, canvas.width, canvas.height];
    g.imageSmoothingQuality = "high";
    g.drawImage(photo, ...all);
    g.globalAlpha = slider ? opacity.value / 100 : 0.72;
    g.imageSmoothingEnabled = !squares.checked;
    g.drawImage(squares.checked ? coloured(map, ...data.size) : smooth(map), ...all);
    canvas.dataset.opacity = g.globalAlpha.toFixed(2);
  }

  // Numbers in [0, 255], row by row, in the colours of the palette.
  function coloured(values, h, w) {
    const canvas = new OffscreenCanvas(w, h);
    const g = canvas.getContext("2d"), pixels = g.createImageData(w, h);
    for (let k = 0; k < h * w; k++) {
      const v = Math.round(values[k]);
      pixels.data.set(colours.subarray(3 * v, 3 * v + 3), 4 * k);
      pixels.data[4 * k + 3] = 255;
    }
    g.putImageData(pixels, 0, 0);
    return canvas;
  }

  // Between the middles of the layer's squares along a cosine: numbers first, colours after.
  function smooth(map) {
    const [h, w] = data.size, n = 96, out = new Float32Array(n * n);
    const places = (size) =>
      Array.from({ length: n }, (_, k) => {
        const at = Math.min(size - 1, Math.max(0, ((k + 0.5) / n) * size - 0.5)), low = Math.min(Math.floor(at), Math.max(0, size - 2));
        const t = at - low;
        return [low, Math.min(size - 1, low + 1), (1 - Math.cos(Math.PI * t)) / 2];
      });
    const rows = places(h), columns = places(w);
    rows.forEach(([i, i2, u], y) =>
      columns.forEach(([j, j2, v], x) => {
        const top = (1 - v) * map[i * w + j] + v * map[i * w + j2], bottom = (1 - v) * map[i2 * w + j] + v * map[i2 * w + j2];
        out[y * n + x] = (1 - u) * top + u * bottom;
      }),
    );
    return coloured(out, n, n);
  }

  opacity.oninput = squares.onchange = draw;
  keepArrowKeys(opacity);
  onArrowKeys(strip, ([dx, dy]) => {
    choose(clamp(stage + dx + dy, 0, strip.children.length - 1));
    strip.children[stage].focus();
  });
  onAppearance(root, draw);
  return view;
}
