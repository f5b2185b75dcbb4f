// A walk through seeds, played in the browser ("Anim"). Python sends a sheet of frames on a closed path; between two
// frames the images are blended. "Snap" rounds the position to the nearest seed and sends it to Python.

const SECONDS_PER_SEED = 1.6;

export default function ({ parentElement, data, setTriggerValue }) {
  const player = stateOf(parentElement.querySelector(".seed-walk"), createPlayer);
  player.send = (seed) => setTriggerValue("seed", seed);
  player.update(data);
}

function createPlayer(root) {
  const [canvas, play, slider, snap, output] = ["canvas", ".play", "input", ".snap", "output"].map((each) => root.querySelector(each));
  const g = canvas.getContext("2d");
  const player = { send: () => {}, update };
  let chart = null, sheet = null;
  let position = 0; // in seeds
  let playing = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  let last = 0, frame = 0;

  async function update(next) {
    const isNew = chart?.sheet !== next.sheet;
    if (chart && chart.seeds[0] !== next.seeds[0]) position = 0;
    chart = next;
    slider.max = next.seeds.length;
    if (isNew) {
      const loaded = await loadImage("data:image/webp;base64," + next.sheet);
      if (chart !== next) return;
      sheet = loaded;
    }
    label();
    draw();
    request();
  }

  function draw() {
    if (!sheet) return;
    const size = chart.imageSize, n = chart.seeds.length * chart.framesPerSeed;
    if (canvas.width !== size) canvas.width = canvas.height = size;
    const at = (position * chart.framesPerSeed) % n, k = Math.floor(at);
    paint(k, 1);
    if (at > k) paint((k + 1) % n, at - k);
    slider.value = position;
    const seeds = chart.seeds, i = Math.floor(position) % seeds.length, t = position - Math.floor(position);
    output.textContent = t < 0.005 ? `Seed ${seeds[i]}` : `Seed ${seeds[i]} → ${seeds[(i + 1) % seeds.length]}: ${Math.round(100 * t)} %`;
    canvas.dataset.position = position.toFixed(2);
  }

  function paint(k, alpha) {
    const size = chart.imageSize, x = (k % chart.sheetColumns) * size, y = Math.floor(k / chart.sheetColumns) * size;
    g.globalAlpha = alpha;
    g.drawImage(sheet, x, y, size, size, 0, 0, size, size);
    g.globalAlpha = 1;
  }

  function request() {
    if (playing && sheet) frame ||= requestAnimationFrame(tick);
    else last = 0;
  }

  function tick(now) {
    frame = 0;
    if (!playing || !root.isConnected) return void (last = 0);
    if (last) position = (position + Math.min(0.1, (now - last) / 1000 / SECONDS_PER_SEED)) % chart.seeds.length;
    last = now;
    draw();
    request();
  }

  function label() {
    play.textContent = playing ? "❚❚" : "▶";
    play.setAttribute("aria-label", playing ? "Pause" : "Play");
  }

  function set(isPlaying) {
    playing = isPlaying;
    label();
    request();
  }

  play.onclick = () => set(!playing);
  slider.oninput = () => {
    set(false);
    position = Number(slider.value);
    draw();
  };
  snap.onclick = () => {
    set(false);
    position = Math.round(position) % chart.seeds.length;
    draw();
    player.send(chart.seeds[position]);
  };
  keepArrowKeys(root);
  return player;
}
