// Codes as points on a plane: the pointer selects an image, and the points move from one projection to another.
//
// Python sends the points once: a sheet of all images and their positions on three projections. Each run then sends the
// projection and the visitor's image with its positions. Everything else is computed here.

const IMAGE_SIZE = 28; // pixels
const TRANSITION = 1100; // milliseconds from one projection to another
const HALF_WIDTH = 1.07; // of the plane, in the units of the positions, which reach 1
const POINTER_RADIUS = 26; // CSS pixels from the pointer to the point that it selects
const pointsByToken = new Map(); // outlives this component's element, as the server relies on it

export default function ({ parentElement, data, setStateValue }) {
  const map = stateOf(parentElement.querySelector(".map"), create);
  if (data.points) {
    pointsByToken.set(data.token, data.points);
    setStateValue("received", data.token);
  }
  if (pointsByToken.has(data.token)) map.update(data, pointsByToken.get(data.token));
  else setStateValue("received", null); // sent to an earlier page: ask for it again
}

function create(root) {
  const plane = root.querySelector(".plane"), imageCanvas = root.querySelector(".image");
  const [dot, name] = ["figcaption i", "figcaption b"].map((each) => root.querySelector(each));
  const ownBox = root.querySelector(".own"), ownRow = root.querySelector(".row");
  const g = plane.getContext("2d");
  let settings = null; // of the latest run: method, show_images, own_image
  let points = null;
  let positions = {}; // per projection a Float32Array x0, y0, x1, y1, ...
  let sheet = null; // all images, as a canvas
  let from = null, started = 0; // positions at the start of a transition; the last two numbers are the own image's
  let selected = 0; // the row of the image that is shown large
  let frame = 0;

  async function update(next, nextPoints) {
    const newPoints = points !== nextPoints;
    if (settings && settings.method !== next.method) [from, started] = [currentPositions(), performance.now()];
    const previousImage = settings?.own_image?.pixels;
    [settings, points] = [next, nextPoints];
    if (newPoints) {
      const arrays = Object.entries(points.positions).map(([method, packed]) => [method, decodeFloats(packed)]);
      positions = Object.fromEntries(arrays);
      sheet = null;
    }
    if (next.own_image && previousImage !== next.own_image.pixels) selected = nearest()[0];
    ownBox.hidden = !next.own_image;
    requestFrame();
    if (newPoints) {
      const decoded = await decodeSheet(points.sheet);
      if (points === nextPoints) sheet = decoded;
    }
    listOwn();
    select(selected);
  }

  const nearest = () => settings.own_image?.nearest[settings.method] ?? [];
  const label = (k) => points.labels.charCodeAt(k) - 48;
  const color = (k) => points.colors[label(k)];
  const progress = () => Math.min(1, (performance.now() - started) / TRANSITION);

  // The points and, at the end, the own image, which is kept within the plane.
  function currentPositions() {
    const limit = HALF_WIDTH * 0.98;
    const own = (settings.own_image?.positions[settings.method] ?? [0, 0]).map((v) => clamp(v, -limit, limit));
    const to = new Float32Array([...positions[settings.method], ...own]);
    const t = progress();
    if (!from || t === 1) return to;
    const eased = t * t * (3 - 2 * t);
    return to.map((v, k) => (1 - eased) * from[k] + eased * v);
  }

  function requestFrame() {
    frame ||= requestAnimationFrame(draw);
  }

  // --- the plane -------------------------------------------------------------------------------

  function draw() {
    frame = 0;
    const size = fitCanvas(plane);
    if (!settings || !size) return;
    const current = currentPositions(), still = progress() === 1;
    const toPixels = (k) => [((current[2 * k] / HALF_WIDTH + 1) / 2) * size, ((1 - current[2 * k + 1] / HALF_WIDTH) / 2) * size];
    const [n, radius, theme] = [points.labels.length, Math.max(2, size / 250), themeColors(plane)];
    const showImages = settings.show_images && still;
    g.globalAlpha = showImages ? 0.4 : 0.8;
    for (let k = 0; k < n; k++) {
      g.fillStyle = color(k);
      disc(g, ...toPixels(k), radius);
    }
    g.globalAlpha = 1;
    if (showImages && sheet) drawImages(g, { n, toPixels, size: size / 27, color, drawImage });
    if (settings.own_image) drawOwnImage(g, toPixels(n), nearest().map(toPixels), radius, theme);
    outlined(g, radius, theme.background, theme.text, () => g.arc(...toPixels(selected), radius * 2.4, 0, 7));
    const position = toPixels(selected).map((v) => (v / devicePixelRatio).toFixed(1)).join();
    Object.assign(plane.dataset, { method: settings.method, still, selected, position });
    if (!still) requestFrame();
  }

  // --- images ----------------------------------------------------------------------------------

  function drawImage(context, k, x, y, size) {
    const column = k % points.columns, row = Math.floor(k / points.columns);
    context.drawImage(sheet, column * IMAGE_SIZE, row * IMAGE_SIZE, IMAGE_SIZE, IMAGE_SIZE, x, y, size, size);
  }

  function select(k) {
    selected = k;
    dot.style.background = color(k);
    name.textContent = points.class_names[label(k)];
    if (sheet) drawImage(imageCanvas.getContext("2d"), k, 0, 0, IMAGE_SIZE);
    imageCanvas.dataset.row = sheet ? k : "";
    requestFrame();
  }

  function listOwn() {
    if (!settings.own_image) return;
    const own = new ImageData(IMAGE_SIZE, IMAGE_SIZE);
    decodeBytes(settings.own_image.pixels).forEach((gray, k) => own.data.set([gray, gray, gray, 255], 4 * k));
    ownRow.replaceChildren(thumbnail("yours", "mine", (context) => context.putImageData(own, 0, 0)), ...nearest().map((k) => {
      const item = thumbnail(points.class_names[label(k)], "", (context) => sheet && drawImage(context, k, 0, 0, IMAGE_SIZE));
      item.querySelector("canvas").style.borderColor = color(k);
      item.onclick = item.onpointerenter = () => select(k);
      return item;
    }));
  }

  function thumbnail(text, className, fill) {
    const item = Object.assign(document.createElement("button"), { type: "button", className });
    const canvas = Object.assign(document.createElement("canvas"), { width: IMAGE_SIZE, height: IMAGE_SIZE });
    fill(canvas.getContext("2d"));
    item.append(canvas, Object.assign(document.createElement("span"), { textContent: text, title: text }));
    return item;
  }

  // --- pointer and keyboard --------------------------------------------------------------------

  // The row whose position is nearest by `distance(dx, dy)`, in the units of the positions; none at `limit` or more.
  function find(x, y, distance, limit) {
    const current = currentPositions();
    let best = null, least = limit;
    for (let k = 0; k < points.labels.length; k++) {
      const d = distance(current[2 * k] - x, current[2 * k + 1] - y);
      if (d < least) [best, least] = [k, d];
    }
    return best;
  }

  plane.onpointermove = plane.onpointerdown = (event) => {
    if (!points) return;
    const [x, y] = pointerPosition(event, plane), radius = (2 * HALF_WIDTH * POINTER_RADIUS) / plane.clientWidth;
    const k = find((2 * x - 1) * HALF_WIDTH, (1 - 2 * y) * HALF_WIDTH, Math.hypot, radius);
    if (k !== null && k !== selected) select(k);
  };
  onArrowKeys(plane, ([right, down]) => {
    if (!points) return;
    const distanceAhead = (dx, dy) => {
      const ahead = dx * right - dy * down, sideways = Math.abs(dx * down) + Math.abs(dy * right);
      return ahead > 1e-6 && sideways <= ahead ? Math.hypot(ahead, 2 * sideways) : Infinity;
    };
    const current = currentPositions(), k = find(current[2 * selected], current[2 * selected + 1], distanceAhead, Infinity);
    if (k !== null) select(k);
  });
  onAppearance(plane, requestFrame);
  return { update };
}

// A WebP in base64 as a canvas.
async function decodeSheet(base64) {
  const image = await loadImage("data:image/webp;base64," + base64);
  const canvas = newCanvas(image.width, image.height);
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas;
}
