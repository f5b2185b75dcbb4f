// Six rows of bars under a piece of text: what one cell's gates did at each character, to be read downwards.
//
// Pointing at a column, or the arrow keys, put its numbers into the equations; a click, or Enter, picks it.

const ROWS = [ // as Python packs them
  { symbol: "f", name: "forget gate", gate: true },
  { symbol: "i", name: "input gate", gate: true },
  { symbol: "g", name: "candidate", high: 1 },
  { symbol: "c", name: "cell state", tall: true },
  { symbol: "o", name: "output gate", gate: true },
  { symbol: "h", name: "shown", high: 1 },
];
const LEFT = 138, RIGHT = 62, COLUMN = 14, TOP = 34, GAP = 13; // at 17 pixels to the letter size, scaled with it
const NAMES = { " ": "space", "\n": "line end" };

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".traces");
  const view = stateOf(root, create);
  view.pick = (k) => setTriggerValue("character", k);
  view.update(data);
}

const shown = (value) => (Math.round(value * 100) / 100 + 0).toFixed(2).replace("-", "−");
const factor = (value) => (shown(value).startsWith("−") ? `(${shown(value)})` : shown(value));

function make(tag, attributes, content) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (content !== undefined) element.textContent = content;
  return element;
}

function create(root) {
  const svg = root.querySelector("svg");
  const sum = root.querySelector(".sum");
  const view = { update, pick: () => {} };
  let data, letters, rows, width = 0, at = null;
  let column, readings; // the marked column, and the numbers at its right

  function update(next) {
    data = next;
    const all = decodeFloats(data.values);
    letters = [...data.text];
    rows = ROWS.map((row, r) => ({ ...row, all: all.subarray(r * letters.length, (r + 1) * letters.length) }));
    fit();
  }

  // As many of the characters as there is room for, in a size that the last row can read.
  function fit() {
    width = root.clientWidth / (parseFloat(getComputedStyle(root).fontSize) / 17);
    if (!data || width <= 0) return;
    const n = Math.max(12, Math.floor((width - LEFT - RIGHT) / COLUMN));
    letters = [...data.text].slice(0, n);
    for (const row of rows) row.values = row.all.subarray(0, letters.length);
    at = null;
    draw();
    tell(picked());
  }

  const picked = () => (data.picked < letters.length ? data.picked : null);

  function draw() {
    const room = letters.length * COLUMN;
    const parts = letters.map((letter, k) =>
      make("text", { x: LEFT + (k + 0.5) * COLUMN, y: 20, class: letter === "\n" ? "letter end" : "letter", "data-k": k }, letter === "\n" ? "↵" : letter),
    );
    let y = TOP;
    for (const row of rows) {
      const height = row.tall ? 92 : 48;
      const high = row.gate ? 1 : Math.max(0.1, row.high ?? 0, ...row.values.map(Math.abs));
      const zero = row.gate ? y + height : y + height / 2;
      const unit = (row.gate ? height : height / 2) / high;
      parts.push(make("rect", { x: LEFT, y, width: room, height, class: "room" }));
      row.values.forEach((value, k) => {
        const size = Math.max(Math.abs(value) * unit, 0.6);
        const style = row.gate ? "gate" : value < 0 ? "cold" : "warm";
        parts.push(make("rect", { x: LEFT + k * COLUMN + 1, width: COLUMN - 2, y: value < 0 ? zero : zero - size, height: size, class: style }));
      });
      parts.push(make("line", { x1: LEFT, x2: LEFT + room, y1: zero, y2: zero, class: "zero" }));
      parts.push(make("text", { x: 0, y: y + height / 2 + 6, class: "symbol" }, row.symbol));
      parts.push(make("text", { x: 20, y: y + height / 2 + 5, class: "faint" }, row.name));
      // The ends of the scale.
      for (const [value, place] of row.gate ? [[1, y + 9], [0, y + height]] : [[high, y + 9], [-high, y + height]])
        parts.push(make("text", { x: LEFT - 5, y: place, class: "tick" }, String(Number(value.toFixed(1))).replace("-", "−")));
      parts.push(make("text", { x: LEFT + room + RIGHT, y: y + height / 2 + 6, class: "value" }));
      y += height + GAP;
    }
    readings = parts.filter((part) => part.classList.contains("value"));
    const tall = { y: 2, width: COLUMN, height: y - GAP };
    column = make("rect", { ...tall, class: "column", x: -99 });
    parts.push(column);
    if (picked() !== null) parts.push(make("rect", { ...tall, class: "chosen", x: LEFT + picked() * COLUMN }));
    svg.setAttribute("viewBox", `0 0 ${width} ${y}`);
    svg.replaceChildren(...parts);
  }

  function tell(k) {
    column.setAttribute("x", k === null ? -99 : LEFT + k * COLUMN);
    readings.forEach((reading, r) => (reading.textContent = k === null ? "" : shown(rows[r].values[k])));
    sum.replaceChildren();
    if (k === null) return;
    const [f, i, g, c, o, h] = rows.map((row) => row.values[k]);
    const old = k ? rows[3].values[k - 1] : data.before;
    const letter = document.createElement("b");
    letter.textContent = NAMES[letters[k]] ?? letters[k];
    sum.append(
      letter,
      equation("c′", ` = ${shown(f)} · ${factor(old)} + ${shown(i)} · ${factor(g)} = ${shown(c)}`),
      equation("h′", ` = ${shown(o)} · tanh(${shown(c)}) = ${shown(h)}`),
    );
  }

  function equation(name, numbers) {
    const whole = document.createElement("span");
    const left = document.createElement("i");
    left.textContent = name;
    whole.append(left, numbers);
    return whole;
  }

  function under(event) {
    const [x] = pointerPosition(event, svg);
    const k = Math.floor((x * width - LEFT) / COLUMN);
    return k >= 0 && k < letters.length ? k : null;
  }

  svg.onpointermove = (event) => {
    const k = under(event);
    if (k !== null) tell((at = k));
  };
  svg.onpointerleave = () => {
    at = null;
    tell(picked());
  };
  svg.onclick = (event) => {
    const k = under(event);
    if (k !== null) view.pick(k);
  };
  const current = () => at ?? picked() ?? 0;
  const moveTo = (k) => tell((at = clamp(k, 0, letters.length - 1)));
  onKeys(svg, {
    ArrowLeft: () => moveTo(current() - 1),
    ArrowRight: () => moveTo(current() + 1),
    Home: () => moveTo(0),
    End: () => moveTo(letters.length - 1),
    Enter: () => view.pick(current()),
  });
  onAppearance(root, fit);
  return view;
}
