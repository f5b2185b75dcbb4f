// The networks before, during and after the fade-in of a block (Karras et al. 2018, figure 2).

const WIDTH = 880, HEIGHT = 440, CENTERS = [125, 415, 755];
const ROWS = { start: 62, block: 116, output: 160, sum: 203, images: 229, input: 258, block2: 302, sum2: 345, end: 392 };

export default function ({ parentElement }) {
  const root = parentElement.querySelector(".growth-figure");
  if (!root.firstChild) root.append(figure());
}

function figure() {
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": "Generator and discriminator before, during and after the fade-in of the block for 32 x 32 pixels" });
  const tip = shape("marker", { id: "growth_tip", markerWidth: 9, markerHeight: 9, refX: 7, refY: 4, orient: "auto" });
  tip.append(shape("path", { d: "M0 0 L8 4 L0 8 z", class: "tip" }));
  svg.append(tip);
  const box = (x, y, label, kind = "", width = 92) => {
    const group = shape("g", { class: kind });
    group.append(shape("rect", { x: x - width / 2, y: y - 15, width, height: 30, rx: 5 }), text(x, y, label));
    svg.append(group);
  };
  const arrow = (x1, y1, x2, y2) => svg.append(shape("path", { class: "arrow", d: `M${x1} ${y1} L${x2} ${y2}` }));
  const down = (x, from, to) => arrow(x, from + 15, x, to - 17);
  const sum = (x, y) => {
    svg.append(shape("circle", { cx: x, cy: y, r: 12 }), text(x, y, "+"));
  };
  const { start, block, output, sum: plus, images, input, block2, sum2: plus2, end } = ROWS;
  svg.append(text(4, start, "G", "side"), text(4, end, "D", "side"));
  svg.append(shape("line", { class: "images", x1: 0, x2: WIDTH, y1: images, y2: images }));
  ["(a) trained at 16 × 16", "(b) fade-in of 32 × 32", "(c) trained at 32 × 32"].forEach((each, k) => svg.append(text(CENTERS[k], 14, each, "title")));
  for (const x of CENTERS) {
    arrow(x, 32, x, start - 17);
    box(x, start, "16 × 16");
    box(x, end, "16 × 16");
    arrow(x, end + 15, x, end + 38);
  }

  const [a, b, c] = CENTERS;
  down(a, start, output);
  box(a, output, "toRGB");
  down(a, output, input);
  box(a, input, "fromRGB");
  down(a, input, end);

  down(c, start, block);
  box(c, block, "32 × 32", "new");
  down(c, block, output);
  box(c, output, "toRGB", "new");
  down(c, output, input);
  box(c, input, "fromRGB", "new");
  down(c, input, block2);
  box(c, block2, "32 × 32", "new");
  down(c, block2, end);

  const left = b - 82, right = b + 82;
  arrow(b - 20, start + 15, left + 12, block - 17);
  arrow(b + 20, start + 15, right - 12, block - 17);
  box(left, block, "toRGB");
  box(left, output, "2×", "resampling", 60);
  box(right, block, "32 × 32", "new");
  box(right, output, "toRGB", "new");
  down(left, block, output);
  down(right, block, output);
  arrow(left + 14, output + 15, b - 12, plus - 5);
  arrow(right - 14, output + 15, b + 12, plus - 5);
  sum(b, plus);
  arrow(b - 12, plus + 8, left + 12, input - 17);
  arrow(b + 12, plus + 8, right - 12, input - 17);
  box(left, input, "0.5×", "resampling", 60);
  box(left, block2, "fromRGB");
  box(right, input, "fromRGB", "new");
  box(right, block2, "32 × 32", "new");
  down(left, input, block2);
  down(right, input, block2);
  arrow(left + 14, block2 + 15, b - 12, plus2 - 5);
  arrow(right - 14, block2 + 15, b + 12, plus2 - 5);
  sum(b, plus2);
  arrow(b, plus2 + 12, b, end - 17);
  for (const y of [plus, plus2]) svg.append(text(b - 72, y - 4, "1 − α", "weight"), text(b + 62, y - 4, "α", "weight"));
  for (const x of [a, c]) svg.append(text(x + 50, images - 11, "images", "note"));
  svg.append(text(right + 112, input + 4, "real images are", "note"), text(right + 112, input + 22, "faded in, too", "note"));
  return svg;
}

function text(x, y, content, className = "") {
  const element = shape("text", { x, y, class: className });
  element.textContent = content;
  return element;
}

function shape(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
