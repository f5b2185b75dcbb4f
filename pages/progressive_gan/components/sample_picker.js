// A grid of samples, the selected one large beside it. The index of a newly selected one goes to Python as `sample`.

export default function ({ parentElement, data, setStateValue }) {
  const picker = stateOf(parentElement, create);
  picker.send = setStateValue;
  picker.update(data);
}

function create(root) {
  const [samples, large] = ["samples", "selected"].map((name) => root.querySelector(`canvas.${name}`));
  const caption = root.querySelector("figcaption");
  const picker = { send: () => {}, update };
  let chart = null, sheet = null, selected = 0;
  const grid = selectableGrid(root.querySelector(".frame"), () => chart, (k) => {
    selected = k;
    draw();
    picker.send("sample", k);
  });

  async function update(next) {
    const moved = chart?.token !== next.token, changed = chart?.sheet !== next.sheet;
    chart = next;
    if (changed) {
      const loaded = await loadImage(next.sheet);
      if (chart.sheet !== next.sheet) return; // replaced while it was loading
      sheet = loaded;
    }
    if (moved) selected = next.sample;
    grid.mark(selected);
    draw();
  }

  function draw() {
    if (!sheet) return;
    const { side, columns } = chart;
    if (samples.width !== sheet.width || samples.height !== sheet.height) Object.assign(samples, { width: sheet.width, height: sheet.height });
    if (large.width !== side) large.width = large.height = side;
    samples.getContext("2d").drawImage(sheet, 0, 0);
    large.getContext("2d").drawImage(sheet, (selected % columns) * side, Math.floor(selected / columns) * side, side, side, 0, 0, side, side);
    caption.textContent = `Sample ${selected + 1} of ${chart.rows * columns}`;
    large.dataset.sample = selected;
  }

  return picker;
}
