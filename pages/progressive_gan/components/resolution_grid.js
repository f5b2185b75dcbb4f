// The same latent vectors at the end of each resolution, one column per resolution, and their interpolation.
//
// Python sends one PNG per resolution: a row of tiles for each latent vector, one tile for each step of the
// interpolation. On release the position goes to Python as the state `t`.

const DURATION = 5000; // milliseconds from one seed to the other

export default function ({ parentElement, data, setStateValue }) {
  const grid = stateOf(parentElement, create);
  grid.send = setStateValue;
  grid.update(data);
}

function create(root) {
  const [bar, table, start, end] = [".bar", ".grid", ".start", ".end"].map((each) => root.querySelector(each));
  const grid = { send: () => {}, update };
  let chart = null; // the data from Python
  let sheets = []; // an image per resolution
  let canvases = []; // row by row
  let draws = 0;
  const slider = animBar(bar, {
    duration: DURATION,
    text: (t) => `t = ${t.toFixed(2)}`,
    onMove: draw,
    onRelease: (t) => grid.send("t", t),
  });

  async function update(next) {
    const moved = chart?.token !== next.token, changed = chart?.content !== next.content;
    chart = next;
    start.textContent = next.start;
    end.textContent = next.end;
    if (changed) {
      const loaded = await Promise.all(next.sheets.map(loadImage));
      if (chart.content !== next.content) return; // replaced while it was loading
      sheets = loaded;
      build();
    }
    if (moved) slider.move(next.t);
    draw();
  }

  function build() {
    const { resolutions, rows } = chart;
    table.style.setProperty("--columns", resolutions.length);
    const titles = resolutions.map((r) => Object.assign(document.createElement("h4"), { textContent: `${r} × ${r}` }));
    canvases = Array.from({ length: rows * resolutions.length }, (_, k) => {
      const r = resolutions[k % resolutions.length];
      const canvas = Object.assign(document.createElement("canvas"), { width: r, height: r });
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `Latent vector ${Math.floor(k / resolutions.length) + 1} at ${r} × ${r} pixels`);
      return canvas;
    });
    table.replaceChildren(...titles, ...canvases);
  }

  function draw() {
    if (!sheets.length) return;
    const { resolutions, steps } = chart, step = Math.round(slider.value * (steps - 1));
    canvases.forEach((canvas, k) => {
      const column = k % resolutions.length, row = Math.floor(k / resolutions.length), r = resolutions[column];
      canvas.getContext("2d").drawImage(sheets[column], step * r, row * r, r, r, 0, 0, r, r);
    });
    table.dataset.draws = ++draws;
    table.dataset.step = step;
  }

  return grid;
}
