// Points in space, the plane of PCA, and the plane of an autoencoder during its training.
//
// Python sends a whole training at once: encoder and decoder of each report, from which codes and reconstructions are
// computed here. The animation plays once; slider and curves select a step, dragging rotates the view.

const DURATION = 8000; // milliseconds of the animation

export default function ({ parentElement, data }) {
  stateOf(parentElement.querySelector(".pca"), create).update(data);
}

function create(root) {
  const find = (name) => root.querySelector(name);
  const [slider, play, scene, codes, scores, align] = ["input", ".play", ".scene", ".codes", ".scores", ".align"].map(find);
  const plots = [...root.querySelectorAll("svg")];
  let training = null; // what Python sent
  let position = 0; // index of the displayed report; fractions are between two
  let playing = false, alignment = 0; // of the codes with the PCA scores, 0 to 1
  let yaw = 0.55, pitch = 0.42, rotatedByUser = false; // direction of the view
  let frame = 0, previousTime = 0;

  function update(next) {
    if (training?.token === next.token) return; // a rerun of the page
    training = { ...next };
    for (const name of ["points", "scores", "encoders", "decoders", "alignments", "planes", "pca_plane"]) training[name] = decodeFloats(next[name]);
    training.space = rows(training.points, 3);
    training.pointColors = gradient(training.space.length);
    training.radius = 0.9 * Math.max(...rows(training.pca_plane, 3).map((corner) => Math.hypot(...corner)));
    training.flatRadius = 1.12 * Math.max(...training.scores.map(Math.abs));
    slider.max = training.steps.length - 1;
    const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
    position = reduced ? last() : 0;
    setPlaying(!reduced);
  }

  const last = () => training.steps.length - 1;

  function setPlaying(value) {
    playing = value;
    previousTime = 0;
    play.textContent = value ? "❚❚" : "▶";
    play.setAttribute("aria-label", value ? "Pause" : "Play");
    requestFrame();
  }

  function requestFrame() {
    frame ||= requestAnimationFrame(draw);
  }

  // --- one frame -------------------------------------------------------------------------------

  function draw(time) {
    frame = 0;
    if (!training || !root.isConnected) return;
    const elapsed = previousTime ? Math.min(100, time - previousTime) : 0;
    previousTime = time;
    if (playing) {
      position = Math.min(last(), position + (elapsed * last()) / DURATION);
      if (!rotatedByUser) yaw += elapsed * 0.00006; // a slow rotation shows the depth
      if (position === last()) setPlaying(false);
    }
    const goal = align.getAttribute("aria-pressed") === "true" ? 1 : 0;
    alignment += Math.sign(goal - alignment) * Math.min(Math.abs(goal - alignment), elapsed / 900);
    const k = Math.min(last(), Math.floor(position));
    const current = (name, size) => blend(training[name], k, position - k, size);
    const [encoder, decoder, toScores] = [current("encoders", 8), current("decoders", 9), current("alignments", 6)];
    const z = training.space.map((point) => affine(point, encoder, 2)), reconstructions = z.map((code) => affine(code, decoder, 3));
    const planes = [[training.colors[1], rows(training.pca_plane, 3)], [training.colors[0], rows(current("planes", 12), 3)]];
    const space = { points: training.space, reconstructions, planes, colors: training.pointColors };
    drawSpace(scene, { ...space, yaw, pitch, radius: training.radius, textColor: textColor() });
    const t = alignment * alignment * (3 - 2 * alignment);
    const flat = { colors: training.pointColors, radius: training.flatRadius, textColor: textColor() };
    drawPlane(codes, z.map((code) => affine(code, toScores, 2).map((v, c) => (1 - t) * code[c] + t * v)), flat);
    drawPlane(scores, rows(training.scores, 2), flat);
    showNumbers(Math.round(position));
    if (playing || alignment !== goal) requestFrame();
    else previousTime = 0;
  }

  function showNumbers(k) {
    slider.value = k;
    find(".step").textContent = `step ${training.steps[k].toLocaleString("en")}`;
    slider.setAttribute("aria-valuetext", find(".step").textContent);
    find(".angle").textContent = `${training.angles[k].toFixed(1)}°`;
    find(".error").textContent = training.losses[k].toFixed(training.losses[k] < 100 ? 3 : 0);
    find(".pca-error").textContent = training.pca_loss.toFixed(3);
    const label = `Points in space and two planes, ${training.angles[k].toFixed(1)} degrees apart. Drag, or use the arrow keys, to rotate.`;
    scene.setAttribute("aria-label", label);
    Object.assign(scene.dataset, { angle: training.angles[k], yaw: yaw.toFixed(3), pitch: pitch.toFixed(3) });
    curve(plots[0], training.angles, 90, [45], "var(--st-text-color)");
    curve(plots[1], training.losses, 1.1 * Math.max(training.losses[0], training.pca_loss), [training.pca_loss], training.colors[1]);
  }

  function curve(svg, values, high, levels, color) {
    const x = (k) => (100 * k) / last(), y = (value) => 97 - (94 * Math.min(2 * high, value)) / high;
    const path = (n) => values.slice(0, n + 1).map((value, k) => `${k ? "L" : "M"}${x(k).toFixed(2)} ${y(value).toFixed(2)}`).join("");
    const level = (value) => `<line x1="0" x2="100" y1="${y(value)}" y2="${y(value)}" stroke="${color}" ${svg === plots[0] ? 'opacity="0.25" stroke-dasharray="4 4" style="stroke-width:1"' : ""}/>`;
    svg.innerHTML = levels.map(level).join("") + `<path class="all" stroke="${training.colors[0]}" d="${path(last())}"/>`
      + `<path stroke="${training.colors[0]}" d="${path(Math.round(position))}"/><line class="current" x1="${x(position)}" x2="${x(position)}" y1="0" y2="100"/>`;
  }

  const textColor = () => themeColor(root, "text-color");

  // --- pointer and keyboard --------------------------------------------------------------------

  const rotate = (dx, dy) => {
    rotatedByUser = true;
    yaw += dx;
    pitch = clamp(pitch + dy, -1.5, 1.5);
    requestFrame();
  };
  let pointer = [0, 0]; // where it was last; Safari has no movementX
  onPointerDrag(scene, {
    start: (event) => { pointer = [event.clientX, event.clientY]; },
    move: ({ clientX, clientY }) => {
      rotate((pointer[0] - clientX) / 140, (clientY - pointer[1]) / 140);
      pointer = [clientX, clientY];
    },
  });
  onArrowKeys(scene, ([dx, dy]) => rotate(-0.1 * dx, 0.1 * dy));
  play.onclick = () => {
    if (!playing && position === last()) position = 0;
    setPlaying(!playing);
  };
  const seek = (k) => { position = k; setPlaying(false); };
  slider.oninput = () => seek(Number(slider.value));
  onKeys(slider, { Home: () => seek(0), End: () => seek(last()) }); // the browser handles the arrow keys
  align.onclick = () => { align.setAttribute("aria-pressed", align.getAttribute("aria-pressed") !== "true"); requestFrame(); };
  for (const svg of plots) onPointerDrag(svg, { move: (event) => seek(clamp(pointerPosition(event, svg)[0], 0, 1) * last()) });
  keepArrowKeys(root);
  onAppearance(scene, requestFrame);
  return { update };
}

// Between report k and the next one: `size` numbers per report.
function blend(all, k, fraction, size) {
  const [a, b] = [k, k + 1].map((report) => all.subarray(report * size, (report + 1) * size));
  return a.map((value, c) => value + fraction * ((b[c] ?? value) - value));
}

// An affine map: a point (n) times a matrix (n + 1, m), whose last row is the bias, to (m).
const affine = (point, matrix, m) =>
  Array.from({ length: m }, (_, c) => point.reduce((sum, v, r) => sum + v * matrix[r * m + c], matrix[point.length * m + c]));
