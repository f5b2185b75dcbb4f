// The fade-in of a new block: old path, new path and (1 - alpha) old + alpha new, blended here while alpha is moved.
//
// Python sends both paths of every sample, before they are clipped to 0 to 255; on release alpha goes to Python as the state `alpha`, and a
// selected sample as `sample`.

const DURATION = 4000; // milliseconds from alpha 0 to 1

export default function ({ parentElement, data, setStateValue }) {
  const fade = stateOf(parentElement, create);
  fade.send = setStateValue;
  fade.update(data);
}

function create(root) {
  const [bar, frame, oldTitle, newTitle] = [".bar", ".frame", ".old-title", ".new-title"].map((each) => root.querySelector(each));
  const canvases = Object.fromEntries(["old", "new", "blend", "samples"].map((name) => [name, root.querySelector(`canvas.${name}`)]));
  const fade = { send: () => {}, update };
  let chart = null; // the data from Python
  let paths = null; // { old, new }: levels of all samples, one after the other, times chart.scale
  let selected = 0, draws = 0;
  const slider = animBar(bar, {
    duration: DURATION,
    text: (alpha) => `α = ${alpha.toFixed(2)}`,
    onMove: draw,
    onRelease: (alpha) => fade.send("alpha", alpha),
  });
  const grid = selectableGrid(frame, () => chart, (k) => {
    selected = k;
    draw();
    fade.send("sample", k);
  });

  function update(next) {
    const moved = chart?.token !== next.token, changed = chart?.old !== next.old || chart?.new !== next.new;
    chart = next;
    if (changed) {
      paths = { old: new Int16Array(decodeBytes(next.old).buffer), new: new Int16Array(decodeBytes(next.new).buffer) };
    }
    if (moved) {
      selected = next.sample;
      slider.move(next.alpha);
    }
    grid.mark(selected);
    draw();
  }

  function draw() {
    if (!paths) return;
    const { side, rows, columns } = chart, alpha = slider.value;
    for (const name of ["old", "new", "blend"]) if (canvases[name].width !== side) canvases[name].width = canvases[name].height = side;
    if (canvases.samples.width !== columns * side || canvases.samples.height !== rows * side) {
      Object.assign(canvases.samples, { width: columns * side, height: rows * side });
    }
    // The k-th sample for a value of alpha; a Uint8ClampedArray rounds and clips what is assigned to it.
    const blend = (k, alpha) => {
      const tile = new Uint8ClampedArray(side * side), first = k * tile.length;
      for (let i = 0; i < tile.length; i++) {
        tile[i] = ((1 - alpha) * paths.old[first + i] + alpha * paths.new[first + i]) / chart.scale;
      }
      return tile;
    };
    putTile(canvases.old.getContext("2d"), blend(selected, 0));
    putTile(canvases.new.getContext("2d"), blend(selected, 1));
    putTile(canvases.blend.getContext("2d"), blend(selected, alpha));
    const g = canvases.samples.getContext("2d");
    for (let k = 0; k < rows * columns; k++) putTile(g, blend(k, alpha), (k % columns) * side, Math.floor(k / columns) * side);
    oldTitle.textContent = `${(1 - alpha).toFixed(2)} × old path, upsampled`;
    newTitle.textContent = `${alpha.toFixed(2)} × new path`;
    canvases.blend.dataset.draws = ++draws;
    canvases.blend.dataset.alpha = alpha;
  }

  return fade;
}
