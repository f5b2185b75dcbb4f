// The generated text, and the distribution that its next character is sampled from.
//
// Python generates ahead and sends the logits and the random number of every character. Playing, stepping and
// rewinding happen here, and so does the softmax at the slider's temperature, which follows it without a round trip.
// A released slider, a forced character and more text are requested from Python with the trigger `request`.

const ROWS = { wide: 15, narrow: 6 }; // characters listed, beside the text or below it
const WIDE = 56; // width in rem from which the distribution is beside the text, as in the css
const AHEAD = 60; // characters that are left to show when more are requested
const SYMBOLS = { " ": "␣", "\n": "↵", "\t": "⇥" };

export default function ({ parentElement, data, setTriggerValue }) {
  const generator = stateOf(parentElement.querySelector(".generator"), create);
  generator.request = (what) => setTriggerValue("request", what);
  generator.update(data);
}

function create(root) {
  const find = (selector) => root.querySelector(selector);
  const text = find(".text"), rows = find(".rows"), slider = find("#temperature"), speed = find(".speed");
  const generator = { request: () => {}, update };
  let data = null; // what Python sent last
  let logits = null; // Int16Array, (n + 1) x V, in 256ths
  let head = 0; // characters shown; the distribution is that of the next one
  let playing = false;
  let requested = -1; // length of the text when more was requested
  let clock = 0, due = 0, runs = 0; // of the animation

  const caret = document.createElement("i");
  caret.className = "caret";
  const prompt = document.createElement("span");
  prompt.className = "prompt";
  text.append(prompt, caret);
  speed.value = 45;

  function update(next) {
    const isNew = !data || data.run !== next.run;
    const truncated = !isNew && next.revision !== data.revision;
    data = next;
    logits = new Int16Array(decodeBytes(next.logits).buffer);
    slider.value = next.temperature;
    prompt.textContent = next.prompt;
    requested = -1;
    if (isNew) {
      head = next.autoplay ? 0 : next.text.length;
      playing = next.autoplay;
    } else if (truncated) {
      head = Math.min(head, next.prefix) + Number(next.just_forced);
    }
    if (isNew || truncated) rewrite();
    show();
    if (isNew && playing) animate();
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
    if (last < data.length && last - head < AHEAD && requested !== last) {
      requested = last;
      generator.request({ kind: "extend", run: data.run });
    }
    show();
  }

  function animate() {
    clock = performance.now();
    due = 1; // the first character at once
    const run = ++runs;
    const frame = (now) => {
      if (!playing || run !== runs || !root.isConnected) return;
      due += ((now - clock) / 1000) * charactersPerSecond();
      clock = now;
      const count = Math.floor(due);
      if (count) {
        due -= count;
        go(head + count);
        if (head >= data.length) pause();
        text.scrollTop = text.scrollHeight;
      }
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  const charactersPerSecond = () => 2 * 100 ** (speed.value / 100); // 2 to 200

  function pause() {
    playing = false;
    show();
  }

  function play() {
    if (head >= data.length) return generator.request({ kind: "regenerate", run: data.run });
    playing = true;
    animate();
    show();
  }

  const actions = {
    start: () => { playing = false; go(0); },
    back: () => { playing = false; go(head - 1); },
    step: () => { playing = false; go(head + 1); },
    play: () => (playing ? pause() : play()),
  };
  for (const button of root.querySelectorAll(".transport button")) button.onclick = () => actions[button.dataset.do]();
  onKeys(text, { ArrowLeft: actions.back, ArrowRight: actions.step, Home: actions.start, " ": actions.play });
  text.onclick = (event) => {
    const k = event.target.dataset?.k;
    if (k === undefined) return;
    playing = false;
    go(Number(k));
  };

  // --- the distribution of the next character ---------------------------------------------------

  slider.oninput = show;
  keepArrowKeys(slider);
  keepArrowKeys(speed);
  slider.onchange = () => generator.request({ kind: "temperature", run: data.run, position: head, value: Number(slider.value) });

  function distributionAt(T) {
    const V = [...data.vocabulary].length;
    const l = Array.from(logits.subarray(head * V, head * V + V), (value) => value / 256);
    const order = l.map((_, k) => k).sort((a, b) => l[b] - l[a] || a - b);
    const top = l[order[0]];
    const p = softmax(l.map((value) => value - top));
    let q = T > 0 ? softmax(l.map((value) => (value - top) / T)) : l.map((_, k) => Number(k === order[0]));
    q = truncate(q, order);
    let sampled = order[0], sum = 0;
    for (const k of order) {
      if (!q[k]) break;
      sampled = k;
      sum += q[k];
      if (data.random_draws[head] < sum) break;
    }
    return { l, p, q, order, sampled };
  }

  function truncate(q, order) {
    let count = data.top_k || order.length;
    if (data.top_p) {
      const total = order.slice(0, count).reduce((sum, k) => sum + q[k], 0);
      let sum = 0, n = 0;
      while (n < count && sum / total < data.top_p - 1e-12) sum += q[order[n++]];
      count = Math.max(1, n);
    }
    const listed = new Set(order.slice(0, count));
    const truncated = q.map((value, k) => (listed.has(k) ? value : 0));
    const total = truncated.reduce((a, b) => a + b);
    return truncated.map((value) => value / total);
  }

  function show() {
    if (!data) return;
    const T = Number(slider.value);
    const { l, p, q, order, sampled } = distributionAt(T);
    const characters = [...data.vocabulary];
    const dragging = Math.abs(T - data.temperature) > 1e-9;
    const chosen = !dragging && head < data.text.length ? characters.indexOf(data.text[head]) : sampled;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const count = root.clientWidth >= WIDE * rem ? ROWS.wide : ROWS.narrow;
    const listed = order.slice(0, count);
    if (!listed.includes(chosen)) listed[count - 1] = chosen;

    find(".temperature b").textContent = T.toFixed(2);
    slider.setAttribute("aria-valuetext", T === 0 ? "0, greedy" : String(T));
    find("[data-do=play]").textContent = playing ? "Pause" : head >= data.length ? "Restart" : "Generate";
    find(".count").textContent = `${head} / ${data.length}`;
    text.dataset.head = head;
    find(".context").innerHTML = "Next-character distribution after <q></q>";
    find(".context q").textContent = (data.prompt + data.text.slice(0, head)).slice(-26).replaceAll("\n", "↵");

    while (rows.children.length < listed.length) rows.append(row());
    while (rows.children.length > listed.length) rows.lastChild.remove();
    const largest = Math.max(...listed.map((k) => Math.max(p[k], q[k])));
    listed.forEach((k, at) => {
      const one = rows.children[at].firstChild;
      one.classList.toggle("sampled", k === chosen);
      one.classList.toggle("out", !q[k]);
      one.dataset.index = k;
      one.title = `Choose ${name(characters[k])} and continue from here`;
      const [char, logit, scaled, bars, probability] = one.children;
      char.textContent = SYMBOLS[characters[k]] ?? characters[k];
      logit.textContent = l[k].toFixed(1);
      scaled.textContent = T > 0 ? short(l[k] / T) : k === order[0] ? "∞" : "–";
      bars.children[0].style.width = `${(100 * q[k]) / largest}%`;
      bars.children[1].style.width = `${(100 * p[k]) / largest}%`;
      probability.textContent = percent(q[k]);
    });
    drawStrip(listed, order, q, chosen, data.forced.includes(head) && !dragging ? null : data.random_draws[head]);
    const bits = [entropy(p), entropy(q)], maximum = Math.log2(characters.length);
    find(".gauge .unscaled").style.left = `${(100 * bits[0]) / maximum}%`;
    find(".gauge .scaled").style.width = `${(100 * bits[1]) / maximum}%`;
    find(".ends b").textContent = `entropy ${bits[0].toFixed(2)} → ${bits[1].toFixed(2)} bits`;
    find(".ends span:last-child").textContent = `uniform: maximum, ${maximum.toFixed(2)}`;
  }

  function row() {
    const item = document.createElement("li");
    item.innerHTML = `<button class="row"><span class="char"></span><span class="number"></span><span class="number"></span>
      <span class="bars"><i class="q"></i><i class="p"></i></span><span class="number"></span></button>`;
    item.firstChild.onclick = (event) =>
      generator.request({ kind: "force", run: data.run, position: head, index: Number(event.currentTarget.dataset.index) });
    return item;
  }

  // Inverse-transform sampling: the probabilities end to end, the most likely first, and the random number on one.
  function drawStrip(listed, order, q, chosen, randomDraw) {
    const W = 100, H = 100 * listed.length, x = [42, 66];
    const accent = themeColor(root, "primary-color"), ink = themeColor(root, "text-color");
    let sum = 0;
    const starts = new Map(order.map((k) => [k, (sum += q[k]) - q[k]]));
    // Gray: all characters without a row.
    let parts = `<rect x="${x[0]}" y="0" width="${x[1] - x[0]}" height="${H}" fill="${ink}" opacity="0.2"/>`;
    listed.forEach((k, at) => {
      if (!q[k]) return;
      const top = starts.get(k) * H, bottom = top + q[k] * H, y = 100 * at;
      const color = k === chosen ? accent : "#3182bd";
      parts += `<path d="M0 ${y + 18} L${x[0]} ${top} L${x[0]} ${bottom} L0 ${y + 82} Z" fill="${color}" opacity="${k === chosen ? 0.38 : 0.13}"/>`;
      parts += `<rect x="${x[0]}" y="${top}" width="${x[1] - x[0]}" height="${Math.max(1, bottom - top - 3)}" fill="${color}"/>`;
    });
    const strip = find(".cumulative");
    strip.setAttribute("viewBox", `0 0 ${W} ${H}`);
    if (randomDraw !== null) {
      const y = randomDraw * H;
      parts += `<path d="M${x[0] - 4} ${y} L${x[1] + 8} ${y}" stroke="${ink}" stroke-width="9"/>`;
      parts += `<path d="M${x[1] + 3} ${y} l12 -36 l0 72 Z" fill="${ink}"/>`;
    }
    strip.innerHTML = parts;
  }

  onAppearance(root, show);
  return generator;
}

function softmax(l) {
  const e = l.map(Math.exp);
  const sum = e.reduce((a, b) => a + b);
  return e.map((value) => value / sum);
}

const entropy = (p) => p.reduce((sum, value) => (value > 0 ? sum - value * Math.log2(value) : sum), 0);
const percent = (p) => (p >= 0.0995 ? `${(100 * p).toFixed(0)} %` : p >= 0.001 ? `${(100 * p).toFixed(1)} %` : p > 0 ? "< 0.1 %" : "0");
const short = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(1));
const name = (character) => ({ " ": "the space", "\n": "the line end" })[character] ?? `“${character}”`;
