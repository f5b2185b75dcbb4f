// All channels of a layer, as feature maps of the photo or as filter visualizations. The channel under the pointer is
// shown large; a click, or the arrow keys and Enter, sends its index to Python.

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".channel-grid");
  const view = stateOf(root, create);
  view.select = (channel) => setTriggerValue("channel", channel);
  view.update(data);
}

function create(root) {
  const [grid, large, small] = [".grid", ".large", ".small"].map((name) => root.querySelector(name));
  const ring = root.querySelector(".ring");
  const caption = root.querySelector(".caption");
  const [title, first, second] = caption.querySelectorAll("b, span");
  const overlay = caption.querySelector("input");
  const view = { update, select: () => {} };
  const cache = {}; // images by name, with their sources
  let data = null, columns = 1, cell = [1, 1], hovered = null; // hovered: index in `data.order`
  let photo = null, maps = null, filters = null;

  async function update(next) {
    data = next;
    const [a, b, c] = await Promise.all([
      cached("photo", data.photo, loadImage),
      cached("maps", data.maps, async (source) => colorize(await loadImage(source), data.colormap)),
      cached("filters", data.filters, loadImage),
    ]);
    if (data !== next) return; // newer data arrived while the images were loading
    [photo, maps, filters] = [a, b, c];
    hovered = null;
    draw();
  }

  async function cached(name, source, load) {
    if (!source) return null;
    if (cache[name]?.source !== source) cache[name] = { source, image: load(source) };
    return cache[name].image;
  }

  // --- the grid ---------------------------------------------------------------------------------

  const showsFilters = () => data.mode === "filters" && filters;
  const shape = () => (showsFilters() ? [data.filterSize, data.filterSize] : data.size);

  function layOut(width) {
    const [h, w] = shape(), n = data.order.length, maxHeight = Math.min(width * 0.9, 400 * devicePixelRatio);
    columns = 1;
    while (columns < n && Math.ceil(n / columns) * (width / columns) * (h / w) > maxHeight) columns++;
    cell = [(width / columns) * (h / w), width / columns];
    return Math.ceil(n / columns) * cell[0];
  }

  function draw() {
    const width = Math.round(grid.clientWidth * devicePixelRatio);
    if (!data || !maps || !width) return;
    grid.setAttribute("aria-label", data.label);
    grid.width = width;
    grid.height = Math.round(layOut(width));
    const g = grid.getContext("2d");
    const gap = Math.max(1, Math.round(cell[1] / 30));
    data.order.forEach((channel, k) => {
      const [x, y] = corner(k);
      const box = [Math.round(x), Math.round(y), Math.round(x + cell[1]) - Math.round(x) - gap, Math.round(y + cell[0]) - Math.round(y) - gap];
      drawChannel(g, channel, showsFilters() ? "filter" : "map", box);
    });
    outline(g, selected(), 4);
    outline(g, hovered, 3);
    grid.dataset.layer = data.layer;
    grid.dataset.columns = columns;
    drawDetail(hovered ?? selected());
  }

  const corner = (k) => [(k % columns) * cell[1], Math.floor(k / columns) * cell[0]];
  const selected = () => {
    const k = data.order.indexOf(data.selected);
    return k < 0 ? null : k;
  };

  function outline(g, k, width) {
    if (k === null) return;
    const [x, y] = corner(k), line = width * devicePixelRatio;
    g.lineWidth = line;
    g.strokeStyle = themeColor(grid, "primary-color");
    g.strokeRect(x + line / 2, y + line / 2, cell[1] - line, cell[0] - line);
  }

  // One channel's image into a box [x, y, width, height].
  function drawChannel(g, channel, kind, [x, y, width, height]) {
    const [sheet, sheetColumns, [h, w]] = kind === "filter" ? [filters, data.filterColumns, [data.filterSize, data.filterSize]] : [maps, data.columns, data.size];
    g.imageSmoothingEnabled = width < w || kind === "filter"; // pixels of an enlarged feature map stay squares
    g.imageSmoothingQuality = "high";
    g.drawImage(sheet, (channel % sheetColumns) * w, Math.floor(channel / sheetColumns) * h, w, h, x, y, width, height);
  }

  // --- one channel, large -----------------------------------------------------------------------

  function drawDetail(k) {
    caption.style.visibility = k === null ? "hidden" : "";
    const channel = data.order[k ?? 0];
    const [largeKind, smallKind] = showsFilters() ? ["filter", "map"] : ["map", "filter"];
    drawInto(large, channel, largeKind);
    const isClass = data.size[0] * data.size[1] === 1; // one number, no feature map
    small.hidden = smallKind === "filter" ? !filters : isClass;
    overlay.parentElement.hidden = isClass;
    if (!small.hidden) drawInto(small, channel, smallKind);
    const peak = data.peak[channel];
    ring.hidden = largeKind !== "map" || !peak || !overlay.checked;
    if (peak) [ring.style.left, ring.style.top] = [100 * peak[1] + "%", 100 * peak[0] + "%"];
    title.textContent = data.names ? data.names[channel] : `Channel ${channel}`;
    [first.textContent, second.textContent] = data.captions[channel];
    large.dataset.channel = channel;
  }

  function drawInto(canvas, channel, kind) {
    const width = Math.round(canvas.clientWidth * devicePixelRatio) || 300;
    const [h, w] = kind === "filter" ? [1, 1] : data.size;
    canvas.width = width;
    canvas.height = Math.round((width * h) / w);
    const g = canvas.getContext("2d"), box = [0, 0, canvas.width, canvas.height];
    if (kind === "map" && overlay.checked) {
      g.drawImage(photo, ...box);
      for (const [operation, color] of [["saturation", "#808080"], ["multiply", "#666"]]) { // gray and dark
        Object.assign(g, { globalCompositeOperation: operation, fillStyle: color });
        g.fillRect(...box);
      }
      g.globalCompositeOperation = "screen"; // brightens the photo where the channel is active
    }
    drawChannel(g, channel, kind, box);
    g.globalCompositeOperation = "source-over";
  }

  // --- pointer and keys -------------------------------------------------------------------------

  function indexAt(event) {
    const [x, y] = pointerPosition(event, grid);
    const column = Math.floor((x * grid.width) / cell[1]), row = Math.floor((y * grid.height) / cell[0]);
    const k = row * columns + clamp(column, 0, columns - 1);
    return k >= 0 && k < data.order.length ? k : null;
  }

  function hover(k) {
    if (k === hovered) return;
    hovered = k;
    draw();
  }

  grid.onpointermove = (event) => data && hover(indexAt(event));
  grid.onpointerleave = () => data && hover(null);
  grid.onclick = (event) => {
    const k = data && indexAt(event);
    if (k !== null) view.select(data.order[k]);
  };
  const current = () => hovered ?? selected() ?? 0;
  onArrowKeys(
    grid,
    ([dx, dy]) => data && hover(clamp(current() + dx + dy * columns, 0, data.order.length - 1)),
    { Enter: () => data && view.select(data.order[current()]) },
  );
  overlay.onchange = draw;
  onAppearance(grid, draw);
  return view;
}

// A gray image in the colors of the color map.
function colorize(image, colormap) {
  const colors = decodeBytes(colormap);
  const canvas = newCanvas(image.width, image.height);
  const g = canvas.getContext("2d");
  g.drawImage(image, 0, 0);
  const pixels = g.getImageData(0, 0, image.width, image.height);
  for (let k = 0; k < pixels.data.length; k += 4) pixels.data.set(colors.subarray(3 * pixels.data[k], 3 * pixels.data[k] + 3), k);
  g.putImageData(pixels, 0, 0);
  return canvas;
}
