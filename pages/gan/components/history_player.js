// The flight recorder: one training, or two beside each other, scrubbed in the browser alone.
//
// Python sends, for each run, one sheet with the walls of all moments and the numbers measured. The
// slider moves all runs together; a click on a picture follows that one code through the training.

const STRIP = 12; // moments on the strip of a picture that is followed

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".flight");
  stateOf(root, create).update(data);
}

function create(root) {
  const [slider, play, moment, stage] = ["input", ".play", ".moment", ".runs"].map((each) => root.querySelector(each));
  let chart = null; // what Python sent
  let runs = []; // { data, sheet, draw(k) } of each
  let followed = 0; // the picture whose way is shown
  let ticking = 0;

  function update(next) {
    if (chart?.token === next.token) return; // a rerun of the page: the hand keeps its place
    chart = next;
    stop();
    followed = next.follow;
    slider.max = next.runs[0].steps.length - 1;
    slider.value = next.begin === "end" ? slider.max : 0;
    stage.className = next.runs.length > 1 ? "runs two" : "runs one";
    stage.style.setProperty("--runs", next.runs.length);
    runs = next.runs.map((run) => build(run, next.runs.length === 1, seek, follow));
    stage.replaceChildren(...runs.map((run) => run.element));
    runs.forEach(async (run) => {
      await run.load();
      draw();
    });
    draw();
  }

  function draw() {
    const k = Number(slider.value), { steps, epochs } = chart.runs[0];
    moment.textContent = `step ${steps[k].toLocaleString("en")} · epoch ${epochs[k].toFixed(1)}`;
    slider.setAttribute("aria-valuetext", moment.textContent);
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
    clearInterval(ticking);
    ticking = 0;
    play.textContent = "▶";
    play.setAttribute("aria-label", "Play");
  }

  play.onclick = () => {
    if (ticking) return stop();
    if (slider.value === slider.max) slider.value = 0;
    play.textContent = "❚❚";
    play.setAttribute("aria-label", "Pause");
    ticking = setInterval(() => {
      if (!root.isConnected || Number(slider.value) >= Number(slider.max)) return stop();
      slider.value = Number(slider.value) + 1;
      draw();
    }, 260);
    draw();
  };
  slider.oninput = () => {
    stop();
    draw();
  };
  slider.onkeydown = (event) => {
    if (event.key !== "Home" && event.key !== "End") return; // the browser knows the arrows itself
    event.preventDefault();
    stop();
    slider.value = event.key === "Home" ? 0 : slider.max;
    draw();
  };
  keepArrowKeys(root);
  return { update };
}

// One run: its wall, the way of one picture, its numbers and its curves.
function build(data, alone, seek, follow) {
  const element = make("div", "run");
  const frame = make("div", "frame"), outline = make("i");
  const wall = make("canvas"), strip = make("canvas", "strip");
  const { side, columns, rows } = data;
  wall.width = columns * side;
  wall.height = rows * side;
  strip.width = STRIP * side;
  strip.height = side;
  wall.setAttribute("role", "img");
  wall.setAttribute("aria-label", `${data.title || "The training"}: pictures drawn from the same noise`);
  outline.style.width = 100 / columns + "%";
  outline.style.height = 100 / rows + "%";
  frame.append(wall, outline);
  frame.onclick = (event) => {
    const [x, y] = pointerPosition(event, frame);
    follow(clamp(Math.floor(y * rows), 0, rows - 1) * columns + clamp(Math.floor(x * columns), 0, columns - 1));
  };
  const figure = make("figure"), way = make("p");
  way.textContent = "The framed picture's way. Click another one to follow it.";
  figure.append(frame);
  const charts = make("div", "charts"), facts = make("div", "facts");
  const curves = data.curves.map((each) => curve(each, data.steps, seek));
  const kinds = histogram(data);
  charts.append(...curves.map((each) => each.element), ...(kinds ? [kinds.element] : []));
  const followedWay = make("div", "way");
  followedWay.append(way, strip);
  if (alone) charts.prepend(facts);
  (alone ? charts : figure).append(followedWay);
  const title = make("h4");
  title.textContent = data.title;
  element.append(title, ...(alone ? [] : [facts]), figure, charts);

  let sheet = null;
  const cut = (g, k, tile, x) => {
    const left = (k % data.across) * columns * side, top = Math.floor(k / data.across) * rows * side;
    if (tile === null) g.drawImage(sheet, left, top, columns * side, rows * side, 0, 0, columns * side, rows * side);
    else g.drawImage(sheet, left + (tile % columns) * side, top + Math.floor(tile / columns) * side, side, side, x, 0, side, side);
  };
  return {
    data,
    element,
    async load() {
      sheet = await loadImage("data:image/webp;base64," + data.sheet);
    },
    draw(k, tile) {
      outline.style.left = (100 * (tile % columns)) / columns + "%";
      outline.style.top = (100 * Math.floor(tile / columns)) / rows + "%";
      facts.replaceChildren(...data.facts.map(({ name, values }) => fact(name, values[k])));
      for (const each of curves) each.draw(data.steps[k]);
      kinds?.draw(k);
      if (!sheet) return;
      cut(wall.getContext("2d"), k, null, 0);
      const last = data.steps.length - 1;
      for (let j = 0; j < STRIP; j++) cut(strip.getContext("2d"), Math.round((j * last) / (STRIP - 1)), tile, j * side);
      wall.dataset.moment = k;
    },
  };
}

function fact(name, value) {
  const item = make("span");
  item.append(Object.assign(make("b"), { textContent: value }), name);
  return item;
}

// Lines over the steps of the training, and a cursor where the slider is.
function curve({ title, lines, steps, low, high, level, log }, moments, seek) {
  const element = make("div", "chart"), head = make("div", "head");
  const svg = shape("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" });
  const x = (step) => (100 * place(moments, step)) / (moments.length - 1 || 1); // time runs as the slider does
  const scale = log ? Math.log : (value) => value;
  const y = (value) => {
    const inside = Math.min(high, Math.max(low, value));
    return 100 - (100 * (scale(inside) - scale(low))) / (scale(high) - scale(low) || 1);
  };
  svg.append(shape("rect", { class: "ground", width: 100, height: 100 }));
  if (level !== null) svg.append(shape("line", { class: "level", x1: 0, x2: 100, y1: y(level), y2: y(level) }));
  for (const line of lines) {
    const d = line.values.map((value, k) => (value === null ? "" : `${k ? "L" : "M"}${x(steps[k]).toFixed(2)} ${y(value).toFixed(2)}`)).join("");
    svg.append(shape("path", { d: d.replace(/^L/, "M"), stroke: line.colour }));
  }
  const cursor = shape("line", { y1: 0, y2: 100 });
  svg.append(cursor);
  const label = Object.assign(make("strong"), { textContent: title });
  const numbers = lines.map((line) => {
    const item = make("span");
    item.style.setProperty("--colour", line.colour);
    return item;
  });
  head.append(label, ...numbers);
  element.append(head, svg);
  const at = (event) => {
    const [x] = pointerPosition(event, svg);
    seek(moments[Math.round(clamp(x, 0, 1) * (moments.length - 1))]);
  };
  onPointerDrag(svg, { move: at });
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

// What a classifier takes the pictures for: a column each.
function histogram({ kinds, names }) {
  if (!kinds) return null;
  const element = make("div", "chart"), head = make("div", "head"), columns = make("div", "kinds");
  head.append(Object.assign(make("strong"), { textContent: "What a classifier sees in them" }));
  columns.style.setProperty("--kinds", names.length);
  const bars = names.map((name) => {
    const item = make("div"), column = make("div", "column"), bar = make("span");
    const label = Object.assign(make("small"), { textContent: name, title: name });
    column.append(bar);
    item.append(column, label);
    columns.append(item);
    return bar;
  });
  element.append(head, columns);
  const most = 0.4; // a share that fills a column: ten equal ones fill a quarter, and a collapse overflows
  return { element, draw: (k) => bars.forEach((bar, c) => (bar.style.height = `${Math.min(100, (100 * kinds[k][c]) / most)}%`)) };
}

// Which moment a step is, with a fraction between two.
function place(moments, step) {
  let k = 0;
  while (k < moments.length - 2 && moments[k + 1] < step) k++;
  const span = moments[k + 1] - moments[k];
  return moments.length > 1 ? Math.min(moments.length - 1, Math.max(0, k + (step - moments[k]) / span)) : 0;
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
