// A text of which every character has a background by its value; a click, or the arrow keys and Enter, picks one.
//
// The spans are made once per text; new values only recolour them. Values come as base64 float32.

const WARM = "230 85 13", COLD = "49 130 189"; // work on white and on black
const FULL = 0.82; // opacity at the end of the scale: the ink stays legible
const NAMES = { " ": "space", "\n": "line end", "\t": "tab" };

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".coloured");
  const view = stateOf(root, create);
  view.pick = (k) => setTriggerValue("character", k);
  view.update(data);
}

const colour = (value, high) => {
  const share = Math.min(1, Math.abs(value) / high);
  return `rgb(${value < 0 ? COLD : WARM} / ${(FULL * share).toFixed(3)})`;
};

function create(root) {
  const body = root.querySelector(".text");
  const tip = root.querySelector(".tip");
  const legend = root.querySelector(".legend");
  const view = { update, pick: () => {} };
  let data = null;
  let letters = [];
  let spans = [];
  let values = new Float32Array();
  let at = null; // the character that the keys or the pointer are at

  function update(next) {
    const fresh = data?.text !== next.text;
    data = next;
    if (fresh) write();
    values = decodeFloats(data.values);
    spans.forEach((span, k) => {
      span.style.backgroundColor = colour(values[k], data.high);
      span.dataset.value = values[k].toFixed(4);
      span.classList.toggle("picked", k === data.picked);
    });
    body.classList.toggle("picks", data.picks);
    body.setAttribute("aria-label", data.label);
    scale();
    if (at !== null && !tip.hidden) tell(at);
  }

  function write() {
    letters = [...data.text]; // by code points, as Python counts
    const longest = Math.max(...data.text.split("\n").map((line) => line.length + 1));
    body.style.setProperty("--columns", Math.min(74, Math.max(40, longest)));
    spans = letters.map((letter, k) => {
      const span = document.createElement("span");
      span.textContent = letter === "\n" ? "↵" : letter;
      if (letter === "\n") span.className = "end";
      span.dataset.k = k;
      return span;
    });
    body.replaceChildren(...spans.flatMap((span, k) => (letters[k] === "\n" ? [span, "\n"] : [span])));
    hide();
  }

  function scale() {
    legend.hidden = !data.legend;
    if (!data.legend) return;
    const ends = data.diverging ? [-data.high, 0, data.high] : [0, data.high / 2, data.high];
    legend.querySelector(".what").textContent = data.legend;
    legend.querySelector(".low").textContent = number(ends[0]);
    legend.querySelector(".high").textContent = [number(ends[2]), data.unit, values.some((value) => Math.abs(value) > data.high) ? "and more" : ""].filter(Boolean).join(" ");
    const stops = ends.map((value) => colour(value, data.high));
    if (data.diverging) stops.splice(1, 1, `rgb(${COLD} / 0) 50%`, `rgb(${WARM} / 0) 50%`);
    legend.querySelector(".bar").style.background = `linear-gradient(to right, ${stops.join(", ")})`;
  }

  const number = (value) => String(Number(value.toFixed(2))).replace("-", "−");

  function tell(k) {
    spans[at]?.classList.remove("at");
    at = k;
    const span = spans[k];
    span.classList.add("at");
    const letter = document.createElement("b");
    letter.textContent = NAMES[letters[k]] ?? letters[k];
    tip.replaceChildren(letter, `${values[k].toFixed(2).replace("-", "−")} ${data.unit}`);
    if (data.notes?.[k].length) tip.append(bars(data.notes[k], letters[k]));
    tip.hidden = false;
    // Under the character, or above it near the end; never past the right edge.
    const left = Math.min(span.offsetLeft, root.clientWidth - tip.offsetWidth);
    const below = span.offsetTop + span.offsetHeight + 8;
    tip.style.left = Math.max(0, left) + "px";
    tip.style.top = (k > spans.length / 2 && span.offsetTop > tip.offsetHeight + 8 ? span.offsetTop - tip.offsetHeight - 8 : below) + "px";
  }

  function bars(rows, letter) {
    const list = document.createElement("ol");
    for (const [what, share] of rows) {
      const row = document.createElement("li");
      const [name, bar, percent] = ["span", "i", "em"].map((tag) => document.createElement(tag));
      name.textContent = NAMES[what] ?? what;
      bar.style.width = share + "%";
      percent.textContent = share + " %";
      row.classList.toggle("right", what === letter);
      row.append(name, bar, percent);
      list.append(row);
    }
    return list;
  }

  function hide() {
    spans[at]?.classList.remove("at");
    tip.hidden = true;
  }

  const pointed = (event) => event.target.closest?.("span[data-k]");
  body.onpointerover = (event) => {
    const span = pointed(event);
    if (span) tell(Number(span.dataset.k));
  };
  body.onpointerleave = hide;
  body.onblur = hide;
  body.onclick = (event) => {
    const span = pointed(event);
    if (!span) return;
    tell(Number(span.dataset.k));
    if (data.picks) view.pick(at);
  };

  // The nearest character of the line above or below, as it is wrapped here.
  function vertical(way) {
    const { offsetTop: top, offsetLeft: left } = spans[at];
    let found = at, line = null;
    for (let k = at + way; k >= 0 && k < spans.length; k += way) {
      if (Math.abs(spans[k].offsetTop - top) < 5) continue;
      line ??= spans[k].offsetTop;
      if (Math.abs(spans[k].offsetTop - line) > 5) break;
      if (found === at || Math.abs(spans[k].offsetLeft - left) < Math.abs(spans[found].offsetLeft - left)) found = k;
    }
    return found;
  }

  // Moves to the character that next() returns, or first to the one that is picked.
  const move = (next) => () => {
    if (!spans.length) return;
    const first = at ?? data.picked;
    if (first === null || first >= spans.length) return tell(0);
    at = first;
    tell(next());
  };
  onKeys(body, {
    ArrowLeft: move(() => Math.max(0, at - 1)),
    ArrowRight: move(() => Math.min(spans.length - 1, at + 1)),
    ArrowUp: move(() => vertical(-1)),
    ArrowDown: move(() => vertical(1)),
    Home: move(() => 0),
    End: move(() => spans.length - 1),
    Enter: () => data.picks && at !== null && view.pick(at),
    Escape: hide,
  });
  return view;
}
