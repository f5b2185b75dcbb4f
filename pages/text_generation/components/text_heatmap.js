// A text with a value per character as background color; a click, or the arrow keys and Enter, selects a character.
//
// The spans are created once per text; new values only recolor them. Values come as base64 float32.

const WARM = "230 85 13", COLD = "49 130 189"; // readable on white and on black
const MAX_OPACITY = 0.82; // at the end of the scale: the text stays legible
const MAX_COLUMNS = 52; // a text with longer lines is reflowed, with ↵ at its line ends
const NAMES = { " ": "space", "\n": "line end", "\t": "tab" };

export default function ({ parentElement, data, setTriggerValue }) {
  const view = stateOf(parentElement.querySelector(".text-heatmap"), create);
  view.select = (k) => setTriggerValue("character", k);
  view.update(data);
}

const color = (value, high) => {
  const fraction = Math.min(1, Math.abs(value) / high);
  return `rgb(${value < 0 ? COLD : WARM} / ${(MAX_OPACITY * fraction).toFixed(3)})`;
};

function create(root) {
  const body = root.querySelector(".text");
  const tip = root.querySelector(".tip");
  const legend = root.querySelector(".legend");
  const view = { update, select: () => {} };
  let data = null;
  let letters = [];
  let spans = [];
  let values = new Float32Array();
  let current = null; // index of the character at the pointer or reached with the keys

  function update(next) {
    const isNew = data?.text !== next.text;
    data = next;
    if (isNew) createSpans();
    values = decodeFloats(data.values);
    spans.forEach((span, k) => {
      span.style.backgroundColor = color(values[k], data.high);
      span.dataset.value = values[k].toFixed(4);
      span.classList.toggle("selected", k === data.selected);
    });
    body.classList.toggle("selectable", data.selectable);
    body.setAttribute("aria-label", data.label);
    showScale();
    if (current !== null && !tip.hidden) showTip(current);
  }

  function createSpans() {
    letters = [...data.text]; // by code points, as Python counts
    const longest = Math.max(...data.text.split("\n").map((line) => line.length + 1));
    const reflowed = longest > MAX_COLUMNS;
    body.style.setProperty("--columns", clamp(longest, 40, MAX_COLUMNS));
    spans = letters.map((letter, k) => {
      const span = document.createElement("span");
      span.textContent = letter === "\n" ? "↵" : letter;
      if (letter === "\n") span.className = "end";
      span.dataset.k = k;
      return span;
    });
    const breaks = (k) => !reflowed || letters[k - 1] === "\n"; // a reflowed text keeps the breaks of its paragraphs
    const parts = (span, k) => (letters[k] !== "\n" ? [span] : [span, breaks(k) ? "\n" : document.createElement("wbr")]);
    body.replaceChildren(...spans.flatMap(parts));
    hide();
  }

  function showScale() {
    legend.hidden = !data.legend;
    if (!data.legend) return;
    const ends = data.diverging ? [-data.high, 0, data.high] : [0, data.high / 2, data.high];
    legend.querySelector(".what").textContent = data.legend;
    legend.querySelector(".low").textContent = number(ends[0]);
    legend.querySelector(".high").textContent = [number(ends[2]), data.unit, values.some((value) => Math.abs(value) > data.high) ? "or more" : ""].filter(Boolean).join(" ");
    const stops = ends.map((value) => color(value, data.high));
    if (data.diverging) stops.splice(1, 1, `rgb(${COLD} / 0) 50%`, `rgb(${WARM} / 0) 50%`);
    legend.querySelector(".bar").style.background = `linear-gradient(to right, ${stops.join(", ")})`;
  }

  const number = (value) => String(Number(value.toFixed(2))).replace("-", "−");

  function showTip(k) {
    spans[current]?.classList.remove("current");
    current = k;
    const span = spans[k];
    span.classList.add("current");
    const letter = document.createElement("b");
    letter.textContent = NAMES[letters[k]] ?? letters[k];
    tip.replaceChildren(letter, `${values[k].toFixed(2).replace("-", "−")} ${data.unit}`);
    if (data.notes?.[k].length) tip.append(bars(data.notes[k], letters[k]));
    tip.hidden = false;
    // Below the character, or above it near the end of the text; inside the right edge.
    const left = Math.min(span.offsetLeft, root.clientWidth - tip.offsetWidth);
    const below = span.offsetTop + span.offsetHeight + 8;
    tip.style.left = Math.max(0, left) + "px";
    tip.style.top = (k > spans.length / 2 && span.offsetTop > tip.offsetHeight + 8 ? span.offsetTop - tip.offsetHeight - 8 : below) + "px";
  }

  function bars(rows, letter) {
    const list = document.createElement("ol");
    for (const [label, percentage] of rows) {
      const row = document.createElement("li");
      const [name, bar, percent] = ["span", "i", "em"].map((tag) => document.createElement(tag));
      name.textContent = NAMES[label] ?? label;
      bar.style.width = percentage + "%";
      percent.textContent = percentage + " %";
      row.classList.toggle("actual", label === letter);
      row.append(name, bar, percent);
      list.append(row);
    }
    return list;
  }

  function hide() {
    spans[current]?.classList.remove("current");
    tip.hidden = true;
  }

  const spanOf = (event) => event.target.closest?.("span[data-k]");
  body.onpointerover = (event) => {
    const span = spanOf(event);
    if (span) showTip(Number(span.dataset.k));
  };
  body.onpointerleave = hide;
  body.onblur = hide;
  body.onclick = (event) => {
    const span = spanOf(event);
    if (!span) return;
    showTip(Number(span.dataset.k));
    if (data.selectable) view.select(current);
  };

  // The nearest character in the displayed line above (-1) or below (1).
  function verticalNeighbor(direction) {
    const { offsetTop: top, offsetLeft: left } = spans[current];
    let nearest = current, line = null;
    for (let k = current + direction; k >= 0 && k < spans.length; k += direction) {
      if (Math.abs(spans[k].offsetTop - top) < 5) continue;
      line ??= spans[k].offsetTop;
      if (Math.abs(spans[k].offsetTop - line) > 5) break;
      if (nearest === current || Math.abs(spans[k].offsetLeft - left) < Math.abs(spans[nearest].offsetLeft - left)) nearest = k;
    }
    return nearest;
  }

  // The first arrow key goes to the selected character, or to the first one.
  const move = (target) => () => {
    if (!spans.length) return;
    if (current === null) current = data.selected ?? null;
    if (current === null || current >= spans.length) return showTip(0);
    showTip(clamp(target(), 0, spans.length - 1));
  };
  onKeys(body, {
    ArrowLeft: move(() => current - 1),
    ArrowRight: move(() => current + 1),
    ArrowUp: move(() => verticalNeighbor(-1)),
    ArrowDown: move(() => verticalNeighbor(1)),
    Home: move(() => 0),
    End: move(() => spans.length - 1),
    Enter: () => data.selectable && current !== null && view.select(current),
  });
  return view;
}
