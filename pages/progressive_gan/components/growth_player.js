// Player of the training history of a ProGAN: samples from fixed latent vectors, while the networks grow.
//
// Python sends one sheet, a row of samples for each point of the history. A click on a stage moves to its start, a click
// on a sample selects the one that is shown large.

const POINT_TIME = 110; // milliseconds per point of the history

export default function ({ parentElement, data }) {
  stateOf(parentElement, create).update(data);
}

function create(root) {
  const [bar, stages, frame, caption] = [".bar", ".stages", ".frame", "figcaption"].map((each) => root.querySelector(each));
  const [samples, selectedView, strip] = ["samples", "selected", "strip"].map((name) => root.querySelector(`canvas.${name}`));
  let chart = null, sheet = null, selected = 0, slider = null;
  const grid = selectableGrid(frame, () => chart, (k) => {
    selected = k;
    draw();
  });

  async function update(next) {
    if (chart?.token === next.token) return; // the page was rerun: keep the position
    chart = next;
    const steps = next.points.length - 1 || 1;
    slider = animBar(bar, { steps, duration: POINT_TIME * steps, text: describe, onMove: draw, onRelease: () => {} });
    stages.replaceChildren(...next.segments.map(createStage));
    const loaded = await loadImage("data:image/webp;base64," + next.sheet);
    if (chart !== next) return;
    sheet = loaded;
    grid.mark(selected);
    slider.move(1);
  }

  // The slider moves along the points of the history, so that the short stages can be seen.
  const point = (t) => Math.round(t * (chart.points.length - 1));

  function describe(t) {
    const { images, resolution, alpha } = chart.points[point(t)];
    const fade = alpha < 1 ? ` · α = ${alpha.toFixed(2)}` : "";
    return `${images.toLocaleString("en")} images · ${resolution} × ${resolution}${fade}`;
  }

  function createStage({ resolution, isFading, first, length }) {
    const size = `${resolution} × ${resolution}`, label = document.createElement("small");
    label.textContent = isFading ? "fade" : size;
    const stage = Object.assign(document.createElement("span"), {
      className: isFading ? "fading" : resolution > 9 ? "long" : "",
      title: isFading ? `Fade-in of ${size}` : size,
    });
    stage.append(label);
    stage.style.flex = `${length} 1 0`;
    stage.onclick = () => slider.move(first / (chart.points.length - 1 || 1));
    return stage;
  }

  function draw() {
    if (!sheet) return;
    const { side, rows, columns, segments } = chart, k = point(slider.value);
    if (samples.width !== columns * side || samples.height !== rows * side) Object.assign(samples, { width: columns * side, height: rows * side });
    const g = samples.getContext("2d");
    for (let row = 0; row < rows; row++) {
      const width = columns * side;
      g.drawImage(sheet, row * width, k * side, width, side, 0, row * side, width, side);
    }
    cut(selectedView, [k]);
    const ends = segments.map(({ first, length }) => first + length - 1);
    cut(strip, ends.filter((_, i) => !segments[i].isFading));
    segments.forEach(({ first, length }, i) => stages.children[i].classList.toggle("current", k >= first && k < first + length));
    caption.textContent = `Sample ${selected + 1}; at the end of each resolution:`;
    samples.dataset.point = k;
  }

  // The selected sample at some points, side by side.
  function cut(canvas, points) {
    const { side } = chart;
    if (canvas.width !== points.length * side || canvas.height !== side) Object.assign(canvas, { width: points.length * side, height: side });
    points.forEach((k, i) => canvas.getContext("2d").drawImage(sheet, selected * side, k * side, side, side, i * side, 0, side, side));
  }

  return { update };
}
