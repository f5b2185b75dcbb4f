// A slice through the latent space: the plane on the left, the picture at the hand on the right.
//
// Python sends a sheet of pictures generated on a regular grid, and what the discriminator makes of
// each. While a hand drags, picture and score are blended here from the four nearest on the sheet;
// on release the place goes to Python as the state `xy`.

export default function ({ parentElement, data, setStateValue }) {
  const walk = stateOf(parentElement, create);
  walk.send = (xy) => setStateValue("xy", xy);
  walk.update(data);
}

function create(root) {
  const [plane, picture, axes, where, bar] = [".plane", ".picture", ".axes", ".where", ".bar span"].map((each) => root.querySelector(each));
  const brush = plane.getContext("2d");
  const walk = { send: () => {}, update };
  let chart = null; // what Python sent
  let sheet = null; // the pictures' pixels, { whole: canvas, rgba }
  let frames = 0;
  const hand = onDrag(plane, { halfWidth: () => chart?.extent ?? 0, onMove: draw, onRelease: (position) => walk.send(position) });

  async function update(next) {
    const fresh = chart?.sprite !== next.sprite;
    const moved = chart?.token !== next.token;
    chart = next;
    if (moved && !hand.dragging) hand.position = [...next.start];
    axes.textContent = `→ ${next.axes[0]}   ↑ ${next.axes[1]}`;
    if (fresh) {
      const loaded = await sampleSheet(next.sprite);
      if (chart.sprite !== next.sprite) return; // another one came meanwhile
      sheet = loaded;
    }
    draw();
  }

  function paintPlane(size) {
    const { cells, side } = chart;
    const every = 2; // each second cell, so that a picture is large enough to be seen
    const step = (size * every) / (cells - 1);
    for (let i = 0; i < cells; i += every)
      for (let j = 0; j < cells; j += every) {
        const x = (j / every - 0.5) * step, y = (i / every - 0.5) * step;
        brush.drawImage(sheet.whole, j * side, i * side, side, side, x, y, step, step);
        if (chart.show === "Pictures") continue;
        const score = chart.scores[i * cells + j];
        brush.globalAlpha = 0.25 + 1.2 * Math.abs(score - 0.5);
        brush.fillStyle = score >= 0.5 ? chart.colours.real : chart.colours.fake;
        brush.fillRect(x, y, step, step);
        brush.globalAlpha = 1;
      }
  }

  function draw() {
    const size = fitCanvas(plane);
    if (!sheet || !size) return;
    paintPlane(size);
    const x = ((hand.position[0] / chart.extent + 1) / 2) * size, y = ((1 - hand.position[1] / chart.extent) / 2) * size;
    for (const [width, colour] of [[size / 90, "#fff"], [size / 170, themeColor(plane, "primary-color")]]) {
      brush.lineWidth = width;
      brush.strokeStyle = colour;
      brush.beginPath();
      brush.arc(x, y, size / 36, 0, 7);
      brush.stroke();
    }
    blend();
    picture.dataset.frames = ++frames;
  }

  function blend() {
    const { cells, side, scores } = chart, last = cells - 1;
    let u = ((hand.position[0] + chart.extent) / (2 * chart.extent)) * last;
    let v = ((chart.extent - hand.position[1]) / (2 * chart.extent)) * last;
    const i = Math.min(last - 1, Math.floor(v)), j = Math.min(last - 1, Math.floor(u));
    v -= i;
    u -= j;
    const mix = (a, right, below, from) =>
      (1 - v) * ((1 - u) * from[a] + u * from[a + right]) + v * ((1 - u) * from[a + below] + u * from[a + right + below]);
    if (picture.width !== side) picture.width = picture.height = side;
    const g = picture.getContext("2d"), out = g.createImageData(side, side);
    const across = 4 * cells * side;
    for (let y = 0; y < side; y++)
      for (let x = 0; x < 4 * side; x++) out.data[4 * y * side + x] = mix((i * side + y) * across + 4 * j * side + x, 4 * side, side * across, sheet.rgba);
    g.putImageData(out, 0, 0);
    const score = mix(i * cells + j, 1, cells, scores);
    bar.style.width = `${100 * score}%`;
    bar.style.background = score >= 0.5 ? chart.colours.real : chart.colours.fake;
    const place = `${hand.position[0].toFixed(2)}, ${hand.position[1].toFixed(2)}`;
    where.textContent = chart.critic ? `Place (${place})` : `Taken for real: ${Math.round(100 * score)} %. Place (${place})`;
  }

  onAppearance(plane, draw);
  return walk;
}
