// Every channel of a layer, as what it answers to the photo or as the picture it looks for. What is
// under the pointer is shown large at once; a click, or the arrow keys and Enter, tells Python its number.

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".channels");
  const view = stateOf(root, create);
  view.pick = (channel) => setTriggerValue("channel", channel);
  view.update(data);
}

function create(root) {
  const [grid, picture, small] = [".grid", ".picture", ".small"].map((name) => root.querySelector(name));
  const ring = root.querySelector(".ring");
  const told = root.querySelector(".told");
  const [title, first, second] = told.querySelectorAll("b, span");
  const behind = told.querySelector("input");
  const view = { update, pick: () => {} };
  const kept = {}; // pictures by name, with what they were made from
  let data = null, columns = 1, cell = [1, 1], at = null; // at: the place in `data.order` under the pointer
  let photo = null, maps = null, filters = null;

  async function update(next) {
    data = next;
    const wanted = data;
    const [a, b, c] = await Promise.all([
      once("photo", data.photo, loadImage),
      once("maps", data.maps, async (source) => coloured(await loadImage(source), data.palette)),
      once("filters", data.filters, loadImage),
    ]);
    if (data !== wanted) return; // something newer came meanwhile
    [photo, maps, filters] = [a, b, c];
    at = null;
    draw();
  }

  async function once(name, source, make) {
    if (!source) return null;
    if (kept[name]?.source !== source) kept[name] = { source, made: make(source) };
    return kept[name].made;
  }

  // --- the grid ---------------------------------------------------------------------------------

  const asFilters = () => data.show === "filters" && filters;
  const shape = () => (asFilters() ? [data.side, data.side] : data.size);

  function fit(width) {
    const [h, w] = shape(), n = data.order.length, room = width * 0.56;
    columns = 1;
    while (columns < n && Math.ceil(n / columns) * (width / columns) * (h / w) > room) columns++;
    cell = [(width / columns) * (h / w), width / columns];
    return Math.ceil(n / columns) * cell[0];
  }

  function draw() {
    const width = Math.round(grid.clientWidth * devicePixelRatio);
    if (!data || !maps || !width) return;
    grid.setAttribute("aria-label", data.label);
    grid.width = width;
    grid.height = Math.round(fit(width));
    const g = grid.getContext("2d");
    const gap = Math.max(1, Math.round(cell[1] / 30));
    data.order.forEach((channel, k) => {
      const [x, y] = corner(k);
      const box = [Math.round(x), Math.round(y), Math.round(x + cell[1]) - Math.round(x) - gap, Math.round(y + cell[0]) - Math.round(y) - gap];
      paint(g, channel, asFilters() ? "filter" : "map", box);
    });
    frame(g, picked(), 4);
    frame(g, at, 3);
    grid.dataset.drawn = data.layer;
    grid.dataset.columns = columns;
    detail(at ?? picked());
  }

  const corner = (k) => [(k % columns) * cell[1], Math.floor(k / columns) * cell[0]];
  const picked = () => {
    const k = data.order.indexOf(data.picked);
    return k < 0 ? null : k;
  };

  function frame(g, k, thick) {
    if (k === null) return;
    const [x, y] = corner(k), line = thick * devicePixelRatio;
    g.lineWidth = line;
    g.strokeStyle = themeColor(grid, "primary-color");
    g.strokeRect(x + line / 2, y + line / 2, cell[1] - line, cell[0] - line);
  }

  // One channel's picture into a box [x, y, width, height].
  function paint(g, channel, what, [x, y, width, height]) {
    const [sprite, across, [h, w]] = what === "filter" ? [filters, data.across, [data.side, data.side]] : [maps, data.columns, data.size];
    g.imageSmoothingEnabled = width < w || what === "filter"; // squares stay squares when enlarged
    g.imageSmoothingQuality = "high";
    g.drawImage(sprite, (channel % across) * w, Math.floor(channel / across) * h, w, h, x, y, width, height);
  }

  // --- one of them, large -----------------------------------------------------------------------

  function detail(k) {
    told.style.visibility = k === null ? "hidden" : "";
    const channel = data.order[k ?? 0];
    const [large, little] = asFilters() ? ["filter", "map"] : ["map", "filter"];
    into(picture, channel, large);
    const one = data.size[0] * data.size[1] === 1; // a class: a number, not a picture
    small.hidden = little === "filter" ? !filters : one;
    behind.parentElement.hidden = one;
    if (!small.hidden) into(small, channel, little);
    const where = data.peak[channel];
    ring.hidden = large !== "map" || !where || !behind.checked;
    if (where) [ring.style.left, ring.style.top] = [100 * where[1] + "%", 100 * where[0] + "%"];
    title.textContent = data.names ? data.names[channel] : `Channel ${channel}`;
    [first.textContent, second.textContent] = data.told[channel];
    picture.dataset.channel = channel;
  }

  function into(canvas, channel, what) {
    const width = Math.round(canvas.clientWidth * devicePixelRatio) || 300;
    const [h, w] = what === "filter" ? [1, 1] : data.size;
    canvas.width = width;
    canvas.height = Math.round((width * h) / w);
    const g = canvas.getContext("2d"), all = [0, 0, canvas.width, canvas.height];
    if (what === "map" && behind.checked) {
      g.filter = "grayscale(1) brightness(0.4)";
      g.drawImage(photo, ...all);
      g.filter = "none";
      g.globalCompositeOperation = "screen"; // what answers glows, the rest of the photo stays
    }
    paint(g, channel, what, all);
    g.globalCompositeOperation = "source-over";
  }

  // --- hands ------------------------------------------------------------------------------------

  function under(event) {
    const [x, y] = pointerPosition(event, grid);
    const column = Math.floor((x * grid.width) / cell[1]), row = Math.floor((y * grid.height) / cell[0]);
    const k = row * columns + clamp(column, 0, columns - 1);
    return k >= 0 && k < data.order.length ? k : null;
  }

  function go(k) {
    if (k === at) return;
    at = k;
    draw();
  }

  grid.onpointermove = (event) => data && go(under(event));
  grid.onpointerleave = () => data && go(null);
  grid.onclick = (event) => {
    const k = data && under(event);
    if (k !== null) view.pick(data.order[k]);
  };
  const current = () => at ?? picked() ?? 0;
  onArrowKeys(
    grid,
    ([dx, dy]) => data && go(clamp(current() + dx + dy * columns, 0, data.order.length - 1)),
    { Enter: () => data && view.pick(data.order[current()]) },
  );
  behind.onchange = draw;
  onAppearance(grid, draw);
  return view;
}

// A grey picture in the colours of the palette.
function coloured(image, palette) {
  const colours = decodeBytes(palette);
  const canvas = new OffscreenCanvas(image.width, image.height);
  const g = canvas.getContext("2d");
  g.drawImage(image, 0, 0);
  const pixels = g.getImageData(0, 0, image.width, image.height);
  for (let k = 0; k < pixels.data.length; k += 4) pixels.data.set(colours.subarray(3 * pixels.data[k], 3 * pixels.data[k] + 3), k);
  g.putImageData(pixels, 0, 0);
  return canvas;
}
