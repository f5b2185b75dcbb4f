// A cloud in space, PCA's plane through it, and the plane of an autoencoder on its way there.
//
// Python sends a whole training at once: of each look at it the encoder and the decoder, from which codes and
// reconstructions are computed here. The film plays once by itself; the slider, the curves and the space take a hand.

const LASTS = 8000; // milliseconds that a film plays

export default function ({ parentElement, data }) {
  stateOf(parentElement.querySelector(".pca"), create).update(data);
}

function create(root) {
  const find = (name) => root.querySelector(name);
  const [slider, play, scene, codes, scores, turn] = ["input", ".play", ".scene", ".codes", ".scores", ".turn"].map(find);
  const plots = [...root.querySelectorAll("svg")];
  let film = null; // what Python sent
  let at = 0; // the moment that is seen: a look, or between two
  let playing = false, back = 0; // how far the codes are turned onto the scores, 0 to 1
  let yaw = 0.55, pitch = 0.42, touched = false; // where one looks from
  let waiting = 0, before = 0;

  function update(next) {
    if (film?.token === next.token) return; // a rerun of the page: the hand keeps its place
    film = { ...next };
    for (const name of ["points", "scores", "encoders", "decoders", "readers", "sheets", "sheet"]) film[name] = decodeFloats(next[name]);
    film.space = rows(film.points, 3);
    film.hues = hues(film.space.length);
    film.reach = 0.9 * Math.max(...rows(film.sheet, 3).map((corner) => Math.hypot(...corner)));
    film.flat = 1.12 * Math.max(...film.scores.map(Math.abs));
    slider.max = film.steps.length - 1;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    at = still ? last() : 0;
    run(!still);
  }

  const last = () => film.steps.length - 1;

  function run(now) {
    playing = now;
    before = 0;
    play.textContent = now ? "❚❚" : "▶";
    play.setAttribute("aria-label", now ? "Pause" : "Play");
    ask();
  }

  function ask() {
    waiting ||= requestAnimationFrame(paint);
  }

  // --- a frame ---------------------------------------------------------------------------------

  function paint(time) {
    waiting = 0;
    if (!film || !root.isConnected) return;
    const passed = before ? Math.min(100, time - before) : 0;
    before = time;
    if (playing) {
      at = Math.min(last(), at + (passed * last()) / LASTS);
      if (!touched) yaw += passed * 0.00006; // a slow turn, by which the eye sees depth
      if (at === last()) run(false);
    }
    const goal = turn.getAttribute("aria-pressed") === "true" ? 1 : 0;
    back += Math.sign(goal - back) * Math.min(Math.abs(goal - back), passed / 900);
    const k = Math.min(last(), Math.floor(at));
    const now = (name, size) => mixed(film[name], k, at - k, size);
    const [encoder, decoder, reader] = [now("encoders", 8), now("decoders", 9), now("readers", 6)];
    const made = film.space.map((point) => through(point, encoder, 2)), again = made.map((code) => through(code, decoder, 3));
    const sheets = [[film.colours[1], rows(film.sheet, 3)], [film.colours[0], rows(now("sheets", 12), 3)]];
    drawSpace(scene, { points: film.space, again, sheets, colours: film.hues, yaw, pitch, reach: film.reach, ink: ink() });
    const t = back * back * (3 - 2 * back), flat = { colours: film.hues, reach: film.flat, ink: ink() };
    drawPlane(codes, made.map((code) => through(code, reader, 2).map((v, c) => (1 - t) * code[c] + t * v)), flat);
    drawPlane(scores, rows(film.scores, 2), flat);
    tell(Math.round(at));
    if (playing || back !== goal) ask();
    else before = 0;
  }

  function tell(k) {
    slider.value = k;
    find(".moment").textContent = `step ${film.steps[k].toLocaleString("en")}`;
    slider.setAttribute("aria-valuetext", find(".moment").textContent);
    find(".angle").textContent = `${film.angles[k].toFixed(1)}°`;
    find(".error").textContent = film.losses[k].toFixed(film.losses[k] < 100 ? 3 : 0);
    find(".best").textContent = film.best.toFixed(3);
    scene.setAttribute("aria-label", `Points in space and two planes, ${film.angles[k].toFixed(1)} degrees apart. Drag, or use the arrow keys, to turn.`);
    Object.assign(scene.dataset, { angle: film.angles[k], yaw: yaw.toFixed(3), pitch: pitch.toFixed(3) });
    curve(plots[0], film.angles, 90, [45], "var(--st-text-color)");
    curve(plots[1], film.losses, 1.1 * Math.max(film.losses[0], film.best), [film.best], film.colours[1]);
  }

  function curve(svg, values, high, levels, colour) {
    const x = (k) => (100 * k) / last(), y = (value) => 97 - (94 * Math.min(2 * high, value)) / high;
    const path = (n) => values.slice(0, n + 1).map((value, k) => `${k ? "L" : "M"}${x(k).toFixed(2)} ${y(value).toFixed(2)}`).join("");
    const level = (value) => `<line x1="0" x2="100" y1="${y(value)}" y2="${y(value)}" stroke="${colour}" ${svg === plots[0] ? 'opacity="0.25" stroke-dasharray="4 4" style="stroke-width:1"' : ""}/>`;
    svg.innerHTML = levels.map(level).join("") + `<path class="all" stroke="${film.colours[0]}" d="${path(last())}"/>`
      + `<path stroke="${film.colours[0]}" d="${path(Math.round(at))}"/><line class="now" x1="${x(at)}" x2="${x(at)}" y1="0" y2="100"/>`;
  }

  const ink = () => themeColor(root, "text-color");

  // --- the hand --------------------------------------------------------------------------------

  const look = (dx, dy) => {
    touched = true;
    yaw += dx;
    pitch = clamp(pitch + dy, -1.5, 1.5);
    ask();
  };
  scene.onpointerdown = (event) => scene.setPointerCapture(event.pointerId);
  scene.onpointermove = (event) => event.buttons && look(-event.movementX / 140, event.movementY / 140);
  onArrowKeys(scene, ([dx, dy]) => look(-0.1 * dx, 0.1 * dy));
  play.onclick = () => {
    if (!playing && at === last()) at = 0;
    run(!playing);
  };
  const seek = (k) => { at = k; run(false); };
  slider.oninput = () => seek(Number(slider.value));
  slider.onkeydown = (event) => {
    if (event.key !== "Home" && event.key !== "End") return; // the browser knows the arrows itself
    event.preventDefault();
    seek(event.key === "Home" ? 0 : last());
  };
  turn.onclick = () => { turn.setAttribute("aria-pressed", turn.getAttribute("aria-pressed") !== "true"); ask(); };
  for (const svg of plots)
    svg.onpointerdown = svg.onpointermove = (event) => {
      if (event.buttons) seek(clamp(pointerPosition(event, svg)[0], 0, 1) * last());
    };
  keepArrowKeys(root);
  onAppearance(scene, ask);
  return { update };
}

// Between look k and the next: `size` numbers of each.
function mixed(all, k, share, size) {
  const [a, b] = [k, k + 1].map((look) => all.subarray(look * size, (look + 1) * size));
  return a.map((value, c) => value + share * ((b[c] ?? value) - value));
}

// A point times a matrix, the last row of which is added: (n) and (n + 1, m) to (m).
const through = (point, matrix, m) =>
  Array.from({ length: m }, (_, c) => point.reduce((sum, v, r) => sum + v * matrix[r * m + c], matrix[point.length * m + c]));
