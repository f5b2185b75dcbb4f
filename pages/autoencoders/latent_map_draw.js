// What the map of codes draws beside its points. Stands before the script that moves them.

function themed(element) {
  const { fontFamily: font } = getComputedStyle(element);
  return { ink: themeColor(element, "text-color"), ground: themeColor(element, "background-color"), font };
}

function disc(g, x, y, r) {
  g.beginPath();
  g.arc(x, y, r, 0, 7);
  g.fill();
}

// A line along `path()` that is seen on whatever lies under it.
function outlined(g, width, ground, colour, path) {
  for (const [wide, stroke] of [[width * 2, ground], [width * 0.8, colour]]) {
    Object.assign(g, { lineWidth: wide, strokeStyle: stroke });
    g.beginPath();
    path();
    g.stroke();
  }
}

// Pictures wherever no earlier one is in the way, framed in the colour of their kind.
function drawPictures(g, { n, put, side, colour, cut }) {
  const taken = [], frame = Math.max(1.5, side / 16);
  for (let k = 0; k < n; k++) {
    const [x, y] = put(k);
    if (taken.some(([u, v]) => Math.max(Math.abs(x - u), Math.abs(y - v)) < side + 3 * frame)) continue;
    taken.push([x, y]);
    g.fillStyle = colour(k);
    g.fillRect(x - side / 2 - frame, y - side / 2 - frame, side + 2 * frame, side + 2 * frame);
    cut(g, k, x - side / 2, y - side / 2, side);
  }
}

// The visitor's picture at (x, y), and lines to the places of those whose codes are nearest.
function drawOwn(g, [x, y], near, radius, { ink, ground, font }) {
  for (const place of near)
    outlined(g, radius * 0.7, ground, ink, () => {
      g.moveTo(x, y);
      g.lineTo(...place);
    });
  outlined(g, radius * 1.4, ground, ink, () => g.arc(x, y, radius * 4.5, 0, 7));
  const right = x < g.canvas.width * 0.8, end = x + (right ? 1 : -1) * radius * 7;
  Object.assign(g, { fillStyle: ink, strokeStyle: ground, lineWidth: radius * 1.6, lineJoin: "round" });
  Object.assign(g, { font: `600 ${Math.round(radius * 6)}px ${font}`, textAlign: right ? "left" : "right", textBaseline: "middle" });
  disc(g, x, y, radius * 1.6);
  g.strokeText("yours", end, y);
  g.fillText("yours", end, y);
}
