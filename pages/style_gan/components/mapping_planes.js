// What the mapping network does to a 2-D part of the sphere of latent vectors: rings and spokes in Z at the left, the
// same points after some of its dense layers at the right. The pointer selects a point; its image was sent by Python.

const LAYER_SECONDS = 0.9; // of the animation, per layer

export default function ({ parentElement, data }) {
  stateOf(parentElement.querySelector(".mapping-planes"), createPlanes).update(data);
}

function createPlanes(root) {
  const [before, after] = root.querySelectorAll(".plane");
  const [beforeText, afterText, sampleText] = root.querySelectorAll("figcaption");
  const [sample, play, slider, output] = [".sample", ".play", "input", "output"].map((each) => root.querySelector(each));
  let chart = null, sheet = null;
  let stages = []; // the positions after each layer, Float32Array x, y, x, y, ...
  let selected = 0; // index of a node
  let frame = 0, last = 0, playing = false;

  async function update(next) {
    const isNew = chart?.token !== next.token;
    chart = next;
    if (!isNew) return draw();
    stages = next.stages.map(decodeFloats);
    slider.max = stages.length - 1;
    slider.value = slider.max;
    selected = 0;
    const loaded = await loadImage("data:image/png;base64," + next.sheet);
    if (chart !== next) return;
    sheet = loaded;
    draw();
  }

  function positions() {
    const t = Number(slider.value), k = Math.min(Math.floor(t), stages.length - 2), u = t - k;
    return stages[k].map((v, i) => (1 - u) * v + u * stages[k + 1][i]);
  }

  function draw() {
    if (!sheet) return;
    const now = positions();
    drawPlane(before, stages[0]);
    drawPlane(after, now);
    const size = chart.imageSize, k = chart.nodes[selected].image;
    if (sample.width !== size) sample.width = sample.height = size;
    sample.getContext("2d").drawImage(sheet, (k % chart.sheetColumns) * size, Math.floor(k / chart.sheetColumns) * size, size, size, 0, 0, size, size);
    sample.dataset.node = selected;
    const t = Number(slider.value);
    output.textContent = t === 0 ? "Z: no dense layer" : t >= stages.length - 1 ? `W: all ${stages.length - 1} dense layers` : `after ${t.toFixed(1)} dense layers`;
    slider.setAttribute("aria-valuetext", output.textContent);
    beforeText.textContent = chart.texts.before;
    afterText.textContent = `${chart.texts.after}, ${Math.round(100 * chart.explained[Math.round(t)])} % of the variance`;
    sampleText.textContent = chart.nodes[selected].text;
  }

  function drawPlane(canvas, points) {
    const size = fitCanvas(canvas);
    if (!size) return;
    const g = canvas.getContext("2d");
    const toPixel = (k) => [(points[2 * k] / chart.extent / 2 + 0.5) * size, (0.5 - points[2 * k + 1] / chart.extent / 2) * size];
    g.lineWidth = Math.max(1.2, size / 260);
    g.lineJoin = "round";
    for (const line of chart.lines) {
      g.strokeStyle = line.color;
      g.beginPath();
      for (let k = line.start; k < line.end; k++) g.lineTo(...toPixel(k));
      g.stroke();
    }
    const [x, y] = toPixel(chart.nodes[selected].point);
    for (const [radius, color] of [[size / 55, themeColor(canvas, "text-color")], [size / 80, themeColor(canvas, "primary-color")]]) {
      g.fillStyle = color;
      g.beginPath();
      g.arc(x, y, radius, 0, 7);
      g.fill();
    }
  }

  function select(event, canvas) {
    if (!sheet) return;
    const [u, v] = pointerPosition(event, canvas), points = canvas === before ? stages[0] : positions();
    const x = (2 * u - 1) * chart.extent, y = (1 - 2 * v) * chart.extent;
    let best = Infinity;
    chart.nodes.forEach(({ point }, k) => {
      const distance = (points[2 * point] - x) ** 2 + (points[2 * point + 1] - y) ** 2;
      if (distance < best) [best, selected] = [distance, k];
    });
    draw();
  }

  for (const canvas of [before, after]) {
    canvas.onpointermove = canvas.onpointerdown = (event) => select(event, canvas);
    onArrowKeys(canvas, ([dx, dy]) => {
      selected = (selected + dx - dy * chart.nodesPerRing + chart.nodes.length) % chart.nodes.length;
      draw();
    });
    onAppearance(canvas, draw);
  }

  function stop() {
    playing = false;
    play.textContent = "▶";
    play.setAttribute("aria-label", "Play");
  }

  function tick(now) {
    frame = 0;
    if (!playing || !root.isConnected) return;
    if (last) slider.value = Number(slider.value) + (now - last) / 1000 / LAYER_SECONDS;
    last = now;
    draw();
    if (Number(slider.value) >= Number(slider.max)) return stop();
    frame = requestAnimationFrame(tick);
  }

  play.onclick = () => {
    if (playing) return stop();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) { // one layer per click
      slider.value = Number(slider.value) >= Number(slider.max) ? 0 : Math.floor(Number(slider.value)) + 1;
      return draw();
    }
    if (slider.value === slider.max) slider.value = 0;
    playing = true;
    last = 0;
    play.textContent = "❚❚";
    play.setAttribute("aria-label", "Pause");
    frame ||= requestAnimationFrame(tick);
  };
  slider.oninput = () => {
    stop();
    draw();
  };
  keepArrowKeys(slider);
  return { update };
}
