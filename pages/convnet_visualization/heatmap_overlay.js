// The Grad-CAM heatmap over a photo, and beside it the heatmap with randomized weights of the chosen stage. Opacity and
// stage change in the browser only.

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".heatmaps");
  stateOf(root, create).update(data);
}

function create(root) {
  const [trained, randomized] = [".trained", ".randomized"].map((name) => root.querySelector(name));
  const [trainedCaption, randomizedCaption] = root.querySelectorAll("figcaption");
  const opacity = root.querySelector(".opacity"), native = root.querySelector(".native");
  const stages = root.querySelector(".stages");
  let data = null, photo = null, colors = null, stage = 0, photoSource = "";
  const view = { update };

  async function update(next) {
    data = next;
    colors = decodeBytes(data.colormap);
    if (photoSource !== data.photo) {
      const image = await loadImage(data.photo);
      if (data !== next) return;
      [photo, photoSource] = [image, data.photo];
    }
    if (stages.children.length !== data.stages.length) createButtons();
    stage = Math.min(stage, Math.max(0, data.stages.length - 1));
    draw();
  }

  function createButtons() {
    stages.replaceChildren(
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
    drawHeatmap(trained, data.map, true);
    setCaption(trainedCaption, `Trained: ${data.title}`, data.caption);
    randomized.parentElement.hidden = !data.stages.length;
    if (!data.stages.length) return;
    drawHeatmap(randomized, data.stages[stage].map, true);
    setCaption(randomizedCaption, `Randomized: ${data.stages[stage].title}`, data.stages[stage].caption);
    [...stages.children].forEach((button, k) => {
      const chosen = k === stage;
      button.setAttribute("aria-checked", chosen);
      button.tabIndex = chosen ? 0 : -1;
      button.title = data.stages[k].title;
      drawHeatmap(button.firstChild, data.stages[k].map, false);
      button.lastChild.textContent = data.stages[k].label;
    });
    root.dataset.stage = stage;
  }

  function setCaption(element, title, text) {
    const strong = document.createElement("b");
    strong.textContent = title;
    element.replaceChildren(strong, document.createElement("br"), text);
  }

  function drawHeatmap(canvas, map, usesSlider) {
    const width = Math.round(canvas.clientWidth * devicePixelRatio) || 120;
    canvas.width = width;
    canvas.height = Math.round((width * photo.height) / photo.width);
    const g = canvas.getContext("2d"), box = [0, 0, canvas.width, canvas.height];
    g.imageSmoothingQuality = "high";
    g.drawImage(photo, ...box);
    g.globalAlpha = usesSlider ? opacity.value / 100 : 0.72;
    g.imageSmoothingEnabled = !native.checked;
    g.drawImage(native.checked ? colorize(map, ...data.size) : interpolate(map), ...box);
    canvas.dataset.opacity = g.globalAlpha.toFixed(2);
  }

  // Values in [0, 255], row by row, in the colors of the color map.
  function colorize(values, h, w) {
    const canvas = newCanvas(w, h);
    const g = canvas.getContext("2d"), pixels = g.createImageData(w, h);
    for (let k = 0; k < h * w; k++) {
      const v = Math.round(values[k]);
      pixels.data.set(colors.subarray(3 * v, 3 * v + 3), 4 * k);
      pixels.data[4 * k + 3] = 255;
    }
    g.putImageData(pixels, 0, 0);
    return canvas;
  }

  // Cosine interpolation between the centers of the layer's positions; of values, before they become colors.
  function interpolate(map) {
    const [h, w] = data.size, n = 96, out = new Float32Array(n * n);
    const positions = (size) =>
      Array.from({ length: n }, (_, k) => {
        const position = clamp(((k + 0.5) / n) * size - 0.5, 0, size - 1), low = Math.min(Math.floor(position), Math.max(0, size - 2));
        const t = position - low;
        return [low, Math.min(size - 1, low + 1), (1 - Math.cos(Math.PI * t)) / 2];
      });
    const rows = positions(h), columns = positions(w);
    rows.forEach(([i, i2, u], y) =>
      columns.forEach(([j, j2, v], x) => {
        const top = (1 - v) * map[i * w + j] + v * map[i * w + j2], bottom = (1 - v) * map[i2 * w + j] + v * map[i2 * w + j2];
        out[y * n + x] = (1 - u) * top + u * bottom;
      }),
    );
    return colorize(out, n, n);
  }

  opacity.oninput = native.onchange = draw;
  keepArrowKeys(opacity);
  onArrowKeys(stages, ([dx, dy]) => {
    choose(clamp(stage + dx + dy, 0, stages.children.length - 1));
    stages.children[stage].focus();
  });
  onAppearance(root, draw);
  return view;
}
