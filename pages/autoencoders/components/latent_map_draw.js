// Drawing functions of the latent map. Stands before latent_map.js.

function themeColors(element) {
  const { fontFamily: font } = getComputedStyle(element);
  return { text: themeColor(element, "text-color"), background: themeColor(element, "background-color"), font };
}

function disc(g, x, y, r) {
  g.beginPath();
  g.arc(x, y, r, 0, 7);
  g.fill();
}

// A line along `path()` with an outline, visible on any background.
function outlined(g, width, background, color, path) {
  for (const [lineWidth, strokeStyle] of [[width * 2, background], [width * 0.8, color]]) {
    Object.assign(g, { lineWidth, strokeStyle });
    g.beginPath();
    path();
    g.stroke();
  }
}

// Images framed in the color of their class; one that would cover an earlier one is left out.
function drawImages(g, { n, toPixels, size, color, drawImage }) {
  const placed = [], frame = Math.max(1.5, size / 16);
  for (let k = 0; k < n; k++) {
    const [x, y] = toPixels(k);
    if (placed.some(([u, v]) => Math.max(Math.abs(x - u), Math.abs(y - v)) < size + 3 * frame)) continue;
    placed.push([x, y]);
    g.fillStyle = color(k);
    g.fillRect(x - size / 2 - frame, y - size / 2 - frame, size + 2 * frame, size + 2 * frame);
    drawImage(g, k, x - size / 2, y - size / 2, size);
  }
}

// The visitor's image at (x, y), with lines to the nearest codes.
function drawOwnImage(g, [x, y], nearest, radius, { text, background, font }) {
  for (const position of nearest)
    outlined(g, radius * 0.7, background, text, () => {
      g.moveTo(x, y);
      g.lineTo(...position);
    });
  outlined(g, radius * 1.4, background, text, () => g.arc(x, y, radius * 4.5, 0, 7));
  const right = x < g.canvas.width * 0.8, end = x + (right ? 1 : -1) * radius * 7;
  Object.assign(g, { fillStyle: text, strokeStyle: background, lineWidth: radius * 1.6, lineJoin: "round" });
  Object.assign(g, { font: `600 ${Math.round(radius * 6)}px ${font}`, textAlign: right ? "left" : "right", textBaseline: "middle" });
  disc(g, x, y, radius * 1.6);
  g.strokeText("yours", end, y);
  g.fillText("yours", end, y);
}
