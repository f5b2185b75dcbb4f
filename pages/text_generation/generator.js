// The text as it is written, and the decision behind its next character.
//
// Python writes ahead and sends, for every character, the logits, the random number and what was drawn.
// Playing, stepping and rewinding happen here; so does the softmax at the temperature under the hand,
// which must follow it without a round trip. A temperature that is let go of, a character that is
// forced and more text are asked of Python, as the trigger `ask`.

const ROWS = 15;
const AHEAD = 60; // characters left to show when more are asked for
const SHOWN = { " ": "␣", "\n": "↵", "\t": "⇥" };

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".writer");
  const writer = stateOf(root, create);
  writer.ask = (what) => setTriggerValue("ask", what);
  writer.update(data);
}

function create(root) {
  const find = (selector) => root.querySelector(selector);
  const text = find(".text"), rows = find(".rows"), slider = find("#temperature"), speed = find(".speed");
  const writer = { ask: () => {}, update };
  let data = null; // what Python sent last
  let logits = null; // Int16Array, (n + 1) x V, in 256ths
  let head = 0; // characters that are shown; the decision on show is the one for the next
  let playing = false;
  let asked = -1; // what was there when more was asked for
  let clock = 0, owed = 0, beats = 0;

  const caret = document.createElement("i");
  caret.className = "caret";
  const prompt = document.createElement("span");
  prompt.className = "prompt";
  text.append(prompt, caret);
  speed.value = 45;

  function update(next) {
    const fresh = !data || data.run !== next.run;
    const cut = !fresh && next.kept[1] !== data.kept[1];
    data = next;
    logits = new Int16Array(decodeBytes(next.logits).buffer);
    slider.value = next.temperature;
    prompt.textContent = next.prompt;
    asked = -1;
    if (fresh) {
      head = next.play ? 0 : next.text.length;
      playing = next.play;
    } else if (cut) {
      head = Math.min(head, next.kept[0]) + Number(next.forced_now);
    }
    if (fresh || cut) rewrite();
    show();
    if (fresh && playing) tick();
  }

  // --- the text ---------------------------------------------------------------------------------

  function rewrite() {
    while (caret.previousSibling !== prompt) caret.previousSibling.remove();
    for (let k = 0; k < head; k++) append(k);
  }

  function append(k) {
    const span = document.createElement("span");
    span.textContent = data.text[k];
    span.dataset.k = k;
    if (data.forced.includes(k)) span.className = "forced";
    caret.before(span);
  }

  function go(to) {
    const last = data.text.length;
    to = Math.max(0, Math.min(last, to));
    while (head > to) {
      caret.previousSibling.remove();
      head--;
    }
    while (head < to) append(head++);
    if (last < data.length && last - head < AHEAD && asked !== last) {
      asked = last;
      writer.ask({ kind: "more", run: data.run });
    }
    show();
  }

  function tick() {
    clock = performance.now();
    owed = 1; // the first one at once
    const mine = ++beats;
    const beat = (now) => {
      if (!playing || mine !== beats || !root.isConnected) return;
      owed += ((now - clock) / 1000) * pace();
      clock = now;
      const many = Math.floor(owed);
      if (many) {
        owed -= many;
        go(head + many);
        if (head >= data.length) hold();
        text.scrollTop = text.scrollHeight;
      }
      requestAnimationFrame(beat);
    };
    requestAnimationFrame(beat);
  }

  const pace = () => 2 * 100 ** (speed.value / 100); // 2 to 200 characters a second

  function hold() {
    playing = false;
    show();
  }

  function play() {
    if (head >= data.length) return writer.ask({ kind: "again", run: data.run });
    playing = true;
    tick();
    show();
  }

  const actions = {
    start: () => { playing = false; go(0); },
    back: () => { playing = false; go(head - 1); },
    step: () => { playing = false; go(head + 1); },
    play: () => (playing ? hold() : play()),
  };
  for (const button of root.querySelectorAll(".transport button")) button.onclick = () => actions[button.dataset.do]();
  onKeys(text, { ArrowLeft: actions.back, ArrowRight: actions.step, Home: actions.start, " ": actions.play });
  text.onclick = (event) => {
    const k = event.target.dataset?.k;
    if (k === undefined) return;
    playing = false;
    go(Number(k));
  };

  // --- the decision -----------------------------------------------------------------------------

  slider.oninput = show;
  keepArrowKeys(slider);
  keepArrowKeys(speed);
  slider.onchange = () => writer.ask({ kind: "temperature", run: data.run, at: head, value: Number(slider.value) });

  function decide(T) {
    const V = [...data.vocabulary].length;
    const l = Array.from(logits.subarray(head * V, head * V + V), (value) => value / 256);
    const order = l.map((_, k) => k).sort((a, b) => l[b] - l[a] || a - b);
    const top = l[order[0]];
    const p = softmax(l.map((value) => value - top));
    let q = T > 0 ? softmax(l.map((value) => (value - top) / T)) : l.map((_, k) => Number(k === order[0]));
    q = truncate(q, order);
    let drawn = order[0], sum = 0;
    for (const k of order) {
      if (!q[k]) break;
      drawn = k;
      sum += q[k];
      if (data.numbers[head] < sum) break;
    }
    return { l, p, q, order, drawn };
  }

  function truncate(q, order) {
    let keep = data.top_k || order.length;
    if (data.top_p) {
      const all = order.slice(0, keep).reduce((sum, k) => sum + q[k], 0);
      let sum = 0, n = 0;
      while (n < keep && sum / all < data.top_p - 1e-12) sum += q[order[n++]];
      keep = Math.max(1, n);
    }
    const kept = new Set(order.slice(0, keep));
    const left = q.map((value, k) => (kept.has(k) ? value : 0));
    const all = left.reduce((a, b) => a + b);
    return left.map((value) => value / all);
  }

  function show() {
    if (!data) return;
    const T = Number(slider.value);
    const { l, p, q, order, drawn } = decide(T);
    const characters = [...data.vocabulary];
    const dragging = Math.abs(T - data.temperature) > 1e-9;
    const chosen = !dragging && head < data.text.length ? characters.indexOf(data.text[head]) : drawn;
    const listed = order.slice(0, ROWS);
    if (!listed.includes(chosen)) listed[ROWS - 1] = chosen;

    find(".temperature b").textContent = T.toFixed(2);
    slider.setAttribute("aria-valuetext", T === 0 ? "0, greedy" : String(T));
    find("[data-do=play]").textContent = playing ? "Hold" : head >= data.length ? "Again" : "Write";
    find(".count").textContent = `${head} / ${data.length}`;
    text.dataset.head = head;
    const before = (data.prompt + data.text.slice(0, head)).slice(-26).replaceAll("\n", "↵");
    find(".question").innerHTML = "What comes after <q></q>?";
    find(".question q").textContent = before;

    while (rows.children.length < listed.length) rows.append(row());
    while (rows.children.length > listed.length) rows.lastChild.remove();
    const most = Math.max(...listed.map((k) => Math.max(p[k], q[k])));
    listed.forEach((k, at) => {
      const one = rows.children[at].firstChild;
      one.classList.toggle("drawn", k === chosen);
      one.classList.toggle("out", !q[k]);
      one.dataset.index = k;
      one.title = `Force ${name(characters[k])} and go on from there`;
      const [char, logit, scaled, bars, share] = one.children;
      char.textContent = SHOWN[characters[k]] ?? characters[k];
      logit.textContent = l[k].toFixed(1);
      scaled.textContent = T > 0 ? short(l[k] / T) : k === order[0] ? "∞" : "–";
      bars.children[0].style.width = `${(100 * q[k]) / most}%`;
      bars.children[1].style.width = `${(100 * p[k]) / most}%`;
      share.textContent = percent(q[k]);
    });
    drawStrip(listed, order, q, chosen, data.forced.includes(head) && !dragging ? null : data.numbers[head]);
    const bits = [entropy(p), entropy(q)], most_bits = Math.log2(characters.length);
    find(".gauge .before").style.left = `${(100 * bits[0]) / most_bits}%`;
    find(".gauge .after").style.width = `${(100 * bits[1]) / most_bits}%`;
    find(".ends b").textContent = `entropy ${bits[0].toFixed(2)} → ${bits[1].toFixed(2)} bits`;
    find(".ends span:last-child").textContent = `uniform: maximum, ${most_bits.toFixed(2)}`;
  }

  function row() {
    const item = document.createElement("li");
    item.innerHTML = `<button class="row"><span class="char"></span><span class="number"></span><span class="number"></span>
      <span class="bars"><i class="q"></i><i class="p"></i></span><span class="number"></span></button>`;
    item.firstChild.onclick = (event) =>
      writer.ask({ kind: "force", run: data.run, at: head, index: Number(event.currentTarget.dataset.index) });
    return item;
  }

  // The probabilities laid end to end, likeliest first, and the random number that falls on one of them.
  function drawStrip(listed, order, q, chosen, number) {
    const W = 100, H = 100 * ROWS, x = [42, 66];
    const accent = themeColor(root, "primary-color"), ink = themeColor(root, "text-color");
    let sum = 0;
    const begins = new Map(order.map((k) => [k, (sum += q[k]) - q[k]]));
    // Grey: all the characters for which there is no row.
    let parts = `<rect x="${x[0]}" y="0" width="${x[1] - x[0]}" height="${H}" fill="${ink}" opacity="0.2"/>`;
    listed.forEach((k, at) => {
      if (!q[k]) return;
      const top = begins.get(k) * H, bottom = top + q[k] * H, y = 100 * at;
      const colour = k === chosen ? accent : "#3182bd";
      parts += `<path d="M0 ${y + 18} L${x[0]} ${top} L${x[0]} ${bottom} L0 ${y + 82} Z" fill="${colour}" opacity="${k === chosen ? 0.38 : 0.13}"/>`;
      parts += `<rect x="${x[0]}" y="${top}" width="${x[1] - x[0]}" height="${Math.max(1, bottom - top - 3)}" fill="${colour}"/>`;
    });
    const strip = find(".draw");
    strip.setAttribute("viewBox", `0 0 ${W} ${H}`);
    if (number !== null) {
      const y = number * H;
      parts += `<path d="M${x[0] - 4} ${y} L${x[1] + 8} ${y}" stroke="${ink}" stroke-width="9"/>`;
      parts += `<path d="M${x[1] + 3} ${y} l12 -36 l0 72 Z" fill="${ink}"/>`;
    }
    strip.innerHTML = parts;
  }

  onAppearance(root, show);
  return writer;
}

function softmax(l) {
  const e = l.map(Math.exp);
  const sum = e.reduce((a, b) => a + b);
  return e.map((value) => value / sum);
}

const entropy = (p) => p.reduce((sum, value) => (value > 0 ? sum - value * Math.log2(value) : sum), 0);
const percent = (share) => (share >= 0.0995 ? `${(100 * share).toFixed(0)} %` : share >= 0.001 ? `${(100 * share).toFixed(1)} %` : share > 0 ? "< 0.1 %" : "0");
const short = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(1));
const name = (character) => ({ " ": "the space", "\n": "the line end" })[character] ?? `“${character}”`;
