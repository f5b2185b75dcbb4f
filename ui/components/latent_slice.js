// A 2-D slice of the latent space: the plane on the left, the image at the pointer on the right.
//
// Python sends a sheet of images generated on a regular grid, and where there is a discriminator the score of each. While
// the pointer is dragged, image and score are interpolated here from the four nearest ones; on release the position goes
// to Python as the state `xy`.

export default function ({ parentElement, data, setStateValue }) {
  const slice = stateOf(parentElement, create);
  slice.send = (xy) => setStateValue("xy", xy);
  slice.update(data);
}

function create(root) {
  const [plane, sample, axes, position, bar] = [".plane", ".sample", ".axes", ".position", ".bar span"].map((each) => root.querySelector(each));
  const brush = plane.getContext("2d");
  const slice = { send: () => {}, update };
  let chart = null; // the data from Python
  let sheet = null; // the pixels of all images, { whole: canvas, rgba }
  let frames = 0;
  const pointer = onDrag(plane, { halfWidth: () => chart?.extent ?? 0, onMove: draw, onRelease: (xy) => slice.send(xy) });

  async function update(next) {
    const newSheet = chart?.sheet !== next.sheet;
    const newStart = chart?.token !== next.token;
    chart = next;
    if (newStart && !pointer.dragging) pointer.position = [...next.start];
    axes.textContent = `→ ${next.axes[0]}   ↑ ${next.axes[1]}`;
    if (newSheet) {
      const loaded = await sampleSheet(next.sheet);
      if (chart.sheet !== next.sheet) return; // replaced while it was loading
      sheet = loaded;
    }
    draw();
  }

  function drawPlane(size) {
    const { cells, imageSize } = chart;
    const every = 2; // each second cell, so that an image is large enough to recognize
    const step = (size * every) / (cells - 1);
    for (let i = 0; i < cells; i += every)
      for (let j = 0; j < cells; j += every) {
        const x = (j / every - 0.5) * step, y = (i / every - 0.5) * step;
        brush.drawImage(sheet.whole, j * imageSize, i * imageSize, imageSize, imageSize, x, y, step, step);
        if (!chart.colorByScore) continue;
        const score = chart.scores[i * cells + j];
        brush.globalAlpha = 0.25 + 1.2 * Math.abs(score - 0.5);
        brush.fillStyle = chart.colors[Number(score >= 0.5)];
        brush.fillRect(x, y, step, step);
        brush.globalAlpha = 1;
      }
  }

  function draw() {
    if (!sheet) return;
    const size = fitCanvas(plane);
    if (!size) return;
    drawPlane(size);
    const x = ((pointer.position[0] / chart.extent + 1) / 2) * size, y = ((1 - pointer.position[1] / chart.extent) / 2) * size;
    for (const [width, color] of [[size / 90, "#fff"], [size / 170, themeColor(plane, "primary-color") || "#c2410c"]]) {
      brush.lineWidth = width;
      brush.strokeStyle = color;
      brush.beginPath();
      brush.arc(x, y, size / 36, 0, 7);
      brush.stroke();
    }
    interpolate();
    sample.dataset.frames = ++frames;
  }

  function interpolate() {
    const { cells, imageSize, scores } = chart, last = cells - 1;
    let u = ((pointer.position[0] + chart.extent) / (2 * chart.extent)) * last;
    let v = ((chart.extent - pointer.position[1]) / (2 * chart.extent)) * last;
    const i = Math.min(last - 1, Math.floor(v)), j = Math.min(last - 1, Math.floor(u));
    v -= i;
    u -= j;
    const mix = (a, right, below, from) =>
      (1 - v) * ((1 - u) * from[a] + u * from[a + right]) + v * ((1 - u) * from[a + below] + u * from[a + right + below]);
    if (sample.width !== imageSize) sample.width = sample.height = imageSize;
    const g = sample.getContext("2d"), out = g.createImageData(imageSize, imageSize);
    const stride = 4 * cells * imageSize;
    for (let y = 0; y < imageSize; y++)
      for (let x = 0; x < 4 * imageSize; x++) {
        const pixel = (i * imageSize + y) * stride + 4 * j * imageSize + x;
        out.data[4 * y * imageSize + x] = mix(pixel, 4 * imageSize, imageSize * stride, sheet.rgba);
      }
    g.putImageData(out, 0, 0);
    const place = `Position (${pointer.position[0].toFixed(2)}, ${pointer.position[1].toFixed(2)})`;
    bar.parentElement.hidden = !scores;
    position.textContent = place;
    if (!scores) return;
    const score = mix(i * cells + j, 1, cells, scores);
    bar.style.width = `${100 * score}%`;
    bar.style.background = chart.colors[Number(score >= 0.5)];
    if (chart.isProbability) position.textContent = `D(x) = ${score.toFixed(2)}\n${place}`;
  }

  onAppearance(plane, draw);
  return slice;
}
