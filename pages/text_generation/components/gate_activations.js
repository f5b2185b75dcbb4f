// Six rows of bars under a text: the gates, candidate, cell state and hidden state of one LSTM cell per character.
//
// The pointer or the arrow keys show the values of a column in the equations; a click, or Enter, selects it.

const ROWS = [ // in the order in which Python packs them
  { symbol: "f", name: "forget gate", gate: true },
  { symbol: "i", name: "input gate", gate: true },
  { symbol: "g", name: "candidate", high: 1 },
  { symbol: "c", name: "cell state", tall: true },
  { symbol: "o", name: "output gate", gate: true },
  { symbol: "h", name: "hidden state", high: 1 },
];
const LEFT = 150, RIGHT = 62, COLUMN = 14, TOP = 34, GAP = 11; // pixels at a font size of 17, scaled with it
const NAMES = { " ": "space", "\n": "line end" };

export default function ({ parentElement, data, setTriggerValue }) {
  const view = stateOf(parentElement.querySelector(".gate-activations"), create);
  view.select = (k) => setTriggerValue("character", k);
  view.update(data);
}

const format = (value) => (Math.round(value * 100) / 100 + 0).toFixed(2).replace("-", "−");
const factor = (value) => (format(value).startsWith("−") ? `(${format(value)})` : format(value));

function make(tag, attributes, content) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (content !== undefined) element.textContent = content;
  return element;
}

function create(root) {
  const svg = root.querySelector("svg");
  const equations = root.querySelector(".equations");
  const view = { update, select: () => {} };
  let data, letters, rows, width = 0, current = null;
  let column, valueLabels; // the marked column, and its values at the right

  function update(next) {
    data = next;
    const all = decodeFloats(data.values);
    letters = [...data.text];
    rows = ROWS.map((row, r) => ({ ...row, all: all.subarray(r * letters.length, (r + 1) * letters.length) }));
    fit();
  }

  // As many characters as fit into the width.
  function fit() {
    width = root.clientWidth / (parseFloat(getComputedStyle(root).fontSize) / 17);
    if (!data || width <= 0) return;
    const n = Math.max(12, Math.floor((width - LEFT - RIGHT) / COLUMN));
    letters = [...data.text].slice(0, n);
    for (const row of rows) row.values = row.all.subarray(0, letters.length);
    current = null;
    draw();
    showValues(selected());
  }

  const selected = () => (data.selected < letters.length ? data.selected : null);

  function draw() {
    const plotWidth = letters.length * COLUMN;
    const parts = letters.map((letter, k) =>
      make("text", { x: LEFT + (k + 0.5) * COLUMN, y: 20, class: letter === "\n" ? "letter end" : "letter", "data-k": k }, letter === "\n" ? "↵" : letter),
    );
    let y = TOP;
    for (const row of rows) {
      const height = row.tall ? 108 : 54;
      const high = row.gate ? 1 : Math.max(0.1, row.high ?? 0, ...row.values.map(Math.abs));
      const zero = row.gate ? y + height : y + height / 2;
      const unit = (row.gate ? height : height / 2) / high;
      parts.push(make("rect", { x: LEFT, y, width: plotWidth, height, class: "plot" }));
      row.values.forEach((value, k) => {
        const bar = Math.max(Math.abs(value) * unit, 0.6);
        const style = row.gate ? "gate" : value < 0 ? "cold" : "warm";
        parts.push(make("rect", { x: LEFT + k * COLUMN + 1, width: COLUMN - 2, y: value < 0 ? zero : zero - bar, height: bar, class: style }));
      });
      parts.push(make("line", { x1: LEFT, x2: LEFT + plotWidth, y1: zero, y2: zero, class: "zero" }));
      parts.push(make("text", { x: 0, y: y + height / 2 + 6, class: "symbol" }, row.symbol));
      parts.push(make("text", { x: 20, y: y + height / 2 + 5, class: "name" }, row.name));
      // The limits of the scale.
      for (const [value, baseline] of row.gate ? [[1, y + 9], [0, y + height]] : [[high, y + 9], [-high, y + height]])
        parts.push(make("text", { x: LEFT - 5, y: baseline, class: "tick" }, String(Number(value.toFixed(1))).replace("-", "−")));
      parts.push(make("text", { x: LEFT + plotWidth + RIGHT, y: y + height / 2 + 6, class: "value" }));
      y += height + GAP;
    }
    valueLabels = parts.filter((part) => part.classList.contains("value"));
    const tall = { y: 2, width: COLUMN, height: y - GAP };
    column = make("rect", { ...tall, class: "column", x: -99 });
    parts.push(column);
    if (selected() !== null) parts.push(make("rect", { ...tall, class: "selected", x: LEFT + selected() * COLUMN }));
    svg.setAttribute("viewBox", `0 0 ${width} ${y}`);
    svg.replaceChildren(...parts);
  }

  function showValues(k) {
    column.setAttribute("x", k === null ? -99 : LEFT + k * COLUMN);
    valueLabels.forEach((label, r) => (label.textContent = k === null ? "" : format(rows[r].values[k])));
    equations.replaceChildren();
    if (k === null) return;
    const [f, i, g, c, o, h] = rows.map((row) => row.values[k]);
    const previous = k ? rows[3].values[k - 1] : data.previous_cell_state;
    const letter = document.createElement("b");
    letter.textContent = NAMES[letters[k]] ?? letters[k];
    equations.append(
      letter,
      equation("c′", ` = ${format(f)} · ${factor(previous)} + ${format(i)} · ${factor(g)} = ${format(c)}`),
      equation("h′", ` = ${format(o)} · tanh(${format(c)}) = ${format(h)}`),
    );
  }

  function equation(name, numbers) {
    const element = document.createElement("span");
    const left = document.createElement("i");
    left.textContent = name;
    element.append(left, numbers);
    return element;
  }

  function columnAt(event) {
    const [x] = pointerPosition(event, svg);
    const k = Math.floor((x * width - LEFT) / COLUMN);
    return k >= 0 && k < letters.length ? k : null;
  }

  svg.onpointermove = (event) => {
    const k = columnAt(event);
    if (k !== null) showValues((current = k));
  };
  svg.onpointerleave = () => {
    current = null;
    showValues(selected());
  };
  svg.onclick = (event) => {
    const k = columnAt(event);
    if (k !== null) view.select(k);
  };
  const start = () => current ?? selected() ?? 0;
  const move = (target) => () => showValues((current = clamp(target(), 0, letters.length - 1)));
  onKeys(svg, {
    ArrowLeft: move(() => start() - 1),
    ArrowRight: move(() => start() + 1),
    Home: move(() => 0),
    End: move(() => letters.length - 1),
    Enter: () => view.select(start()),
  });
  onAppearance(root, fit);
  return view;
}
