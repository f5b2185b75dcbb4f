// A grid of samples on one canvas, of which one is selected with a click or the arrow keys.
//
// frame: an element that holds <canvas> and <i>, the outline of the selected sample. layout(): { rows, columns } of the
// grid. onSelect(k): the k-th sample was selected. Returns { mark(k) }.
function selectableGrid(frame, layout, onSelect) {
  const outline = frame.querySelector("i");
  let current = 0;

  function mark(k) {
    const { rows, columns } = layout();
    current = k;
    outline.style.width = 100 / columns + "%";
    outline.style.height = 100 / rows + "%";
    outline.style.left = (100 * (k % columns)) / columns + "%";
    outline.style.top = (100 * Math.floor(k / columns)) / rows + "%";
    frame.setAttribute("aria-valuenow", k + 1);
    frame.setAttribute("aria-valuemin", 1);
    frame.setAttribute("aria-valuemax", rows * columns);
    frame.setAttribute("aria-valuetext", `Sample ${k + 1}`);
  }

  function select(row, column) {
    const { rows, columns } = layout();
    if (row < 0 || row >= rows || column < 0 || column >= columns) return;
    const k = row * columns + column;
    if (k === current) return;
    mark(k);
    onSelect(k);
  }

  onPointerDrag(frame, {
    move(event) {
      const { rows, columns } = layout(), [x, y] = pointerPosition(event, frame);
      const cell = (position, n) => clamp(Math.floor(position * n), 0, n - 1);
      select(cell(y, rows), cell(x, columns));
    },
  });
  onArrowKeys(frame, ([x, y]) => {
    const { columns } = layout();
    select(Math.floor(current / columns) + y, (current % columns) + x);
  });
  return { mark };
}

// Draws a tile of gray levels at (left, top) of a canvas.
function putTile(g, tile, left = 0, top = 0) {
  const side = Math.sqrt(tile.length), out = g.createImageData(side, side);
  for (let k = 0; k < tile.length; k++) {
    out.data[4 * k] = out.data[4 * k + 1] = out.data[4 * k + 2] = tile[k];
    out.data[4 * k + 3] = 255;
  }
  g.putImageData(out, left, top);
}
