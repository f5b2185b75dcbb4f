// Player of training histories: one run, or two side by side, entirely in the browser.
//
// For each run Python sends one sheet with the sample grids of all snapshots, and the metrics. The slider moves all runs
// together; a click on a sample follows its latent vector through the training.

const STRIP_LENGTH = 12; // snapshots of the followed sample
const FULL_COLUMN = 0.4; // fraction that fills a column of the histogram: ten equal classes fill a quarter
const FRAME_TIME = 260; // milliseconds per snapshot

export default function ({ parentElement, data }) {
  stateOf(parentElement.querySelector(".history"), createPlayer).update(data);
}

function createPlayer(root) {
  const [slider, play, output, stage] = ["input", ".play", ".step", ".runs"].map((each) => root.querySelector(each));
  let chart = null; // the data from Python
  let runs = []; // { data, element, load, draw(k, followed) } of each
  let followed = 0; // index of the followed sample
  let timer = 0;

  function update(next) {
    if (chart?.token === next.token) return; // the page was rerun: keep the position
    chart = next;
    stop();
    followed = 0;
    slider.max = next.runs[0].steps.length - 1;
    slider.value = next.begin === "end" ? slider.max : 0;
    stage.className = next.runs.length > 1 ? "runs two" : "runs one";
    stage.style.setProperty("--runs", next.runs.length);
    runs = next.runs.map((run) => createRun(run, seek, follow));
    stage.replaceChildren(...runs.map((run) => run.element));
    runs.forEach(async (run) => {
      await run.load();
      draw();
    });
    draw();
  }

  function draw() {
    const k = Number(slider.value), { steps, epochs } = chart.runs[0];
    output.textContent = `step ${steps[k].toLocaleString("en")} · epoch ${epochs[k].toFixed(1)}`;
    slider.setAttribute("aria-valuetext", output.textContent);
    for (const run of runs) run.draw(nearest(run.data.steps, steps[k]), followed);
  }

  function seek(step) {
    stop();
    slider.value = nearest(chart.runs[0].steps, step);
    draw();
  }

  function follow(k) {
    followed = k;
    draw();
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    play.textContent = "▶";
    play.setAttribute("aria-label", "Play");
  }

  play.onclick = () => {
    if (timer) return stop();
    if (slider.value === slider.max) slider.value = 0;
    play.textContent = "❚❚";
    play.setAttribute("aria-label", "Pause");
    timer = setInterval(() => {
      if (!root.isConnected || Number(slider.value) >= Number(slider.max)) return stop();
      slider.value = Number(slider.value) + 1;
      draw();
    }, FRAME_TIME);
    draw();
  };
  slider.oninput = () => {
    stop();
    draw();
  };
  const goTo = (position) => () => {
    stop();
    slider.value = position();
    draw();
  };
  onKeys(slider, { Home: goTo(() => 0), End: goTo(() => slider.max) }); // the browser handles the arrow keys
  keepArrowKeys(root);
  return { update };
}

// One run: its sample grid, the followed sample, its metrics and its curves.
function createRun(data, seek, follow) {
  const element = make("div", "run");
  const frame = make("div", "frame"), outline = make("i");
  const grid = make("canvas"), strip = make("canvas", "strip");
  const { imageSize, columns, rows } = data;
  let current = 0; // index of the followed sample
  grid.width = columns * imageSize;
  grid.height = rows * imageSize;
  strip.width = STRIP_LENGTH * imageSize;
  strip.height = imageSize;
  grid.setAttribute("role", "img");
  grid.setAttribute("aria-label", `${data.title || "The training"}: samples from fixed latent vectors`);
  outline.style.width = 100 / columns + "%";
  outline.style.height = 100 / rows + "%";
  frame.append(grid, outline);
  frame.onclick = (event) => {
    const [x, y] = pointerPosition(event, frame);
    const cell = (position, n) => clamp(Math.floor(position * n), 0, n - 1);
    follow(cell(y, rows) * columns + cell(x, columns));
  };
  frame.tabIndex = 0;
  frame.setAttribute("role", "application");
  frame.setAttribute("aria-label", "Sample to follow. Click, or use the arrow keys.");
  onArrowKeys(frame, ([x, y]) => {
    const row = Math.floor(current / columns) + y, column = (current % columns) + x;
    if (row >= 0 && row < rows && column >= 0 && column < columns) follow(row * columns + column);
  });
  const figure = make("figure"), followed = make("div", "followed"), caption = make("p");
  caption.textContent = "The selected sample over training. Click another to follow it.";
  followed.append(caption, strip);
  figure.append(frame, followed);
  const charts = make("div", "charts"), metrics = make("div", "metrics");
  const curves = data.curves.map((each) => createCurve(each, data.steps, seek));
  const histogram = createHistogram(data);
  charts.append(...curves.map((each) => each.element), ...(histogram ? [histogram.element] : []));
  const title = make("h4");
  title.textContent = data.title;
  element.append(title, metrics, figure, charts);

  let sheet = null;
  const cut = (g, k, tile, x) => {
    const left = (k % data.sheetColumns) * columns * imageSize, top = Math.floor(k / data.sheetColumns) * rows * imageSize;
    const tileLeft = left + (tile % columns) * imageSize, tileTop = top + Math.floor(tile / columns) * imageSize;
    if (tile === null) g.drawImage(sheet, left, top, grid.width, grid.height, 0, 0, grid.width, grid.height);
    else g.drawImage(sheet, tileLeft, tileTop, imageSize, imageSize, x, 0, imageSize, imageSize);
  };
  return {
    data,
    element,
    async load() {
      sheet = await loadImage("data:image/webp;base64," + data.sheet);
    },
    draw(k, tile) {
      current = tile;
      outline.style.left = (100 * (tile % columns)) / columns + "%";
      outline.style.top = (100 * Math.floor(tile / columns)) / rows + "%";
      metrics.replaceChildren(...data.metrics.map(({ name, values }) => createMetric(name, values[k])));
      for (const each of curves) each.draw(data.steps[k]);
      histogram?.draw(k);
      if (!sheet) return;
      cut(grid.getContext("2d"), k, null, 0);
      const last = data.steps.length - 1;
      for (let j = 0; j < STRIP_LENGTH; j++) {
        cut(strip.getContext("2d"), Math.round((j * last) / (STRIP_LENGTH - 1)), tile, j * imageSize);
      }
      grid.dataset.snapshot = k;
    },
  };
}

function createMetric(name, value) {
  const item = make("span");
  item.append(Object.assign(make("b"), { textContent: value }), name);
  return item;
}

// Lines over the training steps, with a cursor at the position of the slider.
function createCurve({ title, lines, steps, low, high, level, log }, snapshots, seek) {
  const element = make("div", "chart"), head = make("div", "head");
  const svg = shape("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" });
  const x = (step) => (100 * snapshotIndex(snapshots, step)) / (snapshots.length - 1 || 1); // the scale of the slider
  const scale = log ? Math.log : (value) => value;
  const y = (value) => 100 - (100 * (scale(clamp(value, low, high)) - scale(low))) / (scale(high) - scale(low) || 1);
  svg.append(shape("rect", { class: "ground", width: 100, height: 100 }));
  if (level !== null) svg.append(shape("line", { class: "level", x1: 0, x2: 100, y1: y(level), y2: y(level) }));
  for (const line of lines) {
    const d = line.values.map((value, k) => (value === null ? "" : `${k ? "L" : "M"}${x(steps[k]).toFixed(2)} ${y(value).toFixed(2)}`)).join("");
    svg.append(shape("path", { d: d.replace(/^L/, "M"), stroke: line.color }));
  }
  const cursor = shape("line", { y1: 0, y2: 100 });
  svg.append(cursor);
  const label = Object.assign(make("strong"), { textContent: title });
  const numbers = lines.map((line) => {
    const item = make("span");
    item.style.setProperty("--color", line.color);
    return item;
  });
  head.append(label, ...numbers);
  element.append(head, svg);
  onPointerDrag(svg, {
    move(event) {
      const [position] = pointerPosition(event, svg);
      seek(snapshots[Math.round(clamp(position, 0, 1) * (snapshots.length - 1))]);
    },
  });
  return {
    element,
    draw(step) {
      cursor.setAttribute("x1", x(step));
      cursor.setAttribute("x2", x(step));
      const k = nearest(steps, step);
      lines.forEach((line, i) => (numbers[i].textContent = `${line.name} ${line.values[k] === null ? "–" : line.values[k].toFixed(2)}`));
    },
  };
}

// The predicted classes of the samples: a column each.
function createHistogram({ histogram, names }) {
  if (!histogram) return null;
  const element = make("div", "chart"), head = make("div", "head"), columns = make("div", "classes");
  head.append(Object.assign(make("strong"), { textContent: "Class distribution (by classifier)" }));
  columns.style.setProperty("--classes", names.length);
  columns.classList.toggle("short", names.every((name) => name.length < 3));
  const bars = names.map((name) => {
    const item = make("div"), column = make("div", "column"), bar = make("span");
    const label = Object.assign(make("small"), { textContent: name });
    column.append(bar);
    item.append(column, label);
    columns.append(item);
    return bar;
  });
  element.append(head, columns);
  const height = (fraction) => `${Math.min(100, (100 * fraction) / FULL_COLUMN)}%`;
  return { element, draw: (k) => bars.forEach((bar, c) => (bar.style.height = height(histogram[k][c]))) };
}

// The index of the snapshot at a step, with a fraction between two.
function snapshotIndex(snapshots, step) {
  let k = 0;
  while (k < snapshots.length - 2 && snapshots[k + 1] < step) k++;
  const span = snapshots[k + 1] - snapshots[k];
  return snapshots.length > 1 ? clamp(k + (step - snapshots[k]) / span, 0, snapshots.length - 1) : 0;
}

function nearest(steps, step) {
  let best = 0;
  for (let k = 1; k < steps.length; k++) if (Math.abs(steps[k] - step) < Math.abs(steps[best] - step)) best = k;
  return best;
}

function make(tag, name = "") {
  return Object.assign(document.createElement(tag), { className: name });
}

function shape(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
