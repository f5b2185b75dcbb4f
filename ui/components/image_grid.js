// A grid of images. A click, or the arrow keys and Enter, picks one: [row, column].

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".cells");
  const grid = stateOf(root, create);
  grid.data = data;
  grid.pick = (cell) => setTriggerValue("cell", cell);
  if (data.picked !== undefined) grid.cell = data.picked;
  root.style.maxWidth = data.width ? data.width + "px" : "";
  root.classList.toggle("smooth", Boolean(data.smooth));
  root.setAttribute("aria-label", data.label);
  const image = root.querySelector("img");
  const source = "data:image/png;base64," + data.png;
  if (image.src !== source) image.src = source;
  root.querySelector(".marks").replaceChildren(...(data.marks ?? []).map((cell) => place(document.createElement("i"), cell, data)));
  show(root, grid);
}

function place(element, [row, column], { rows, columns }) {
  element.style.left = (100 * column) / columns + "%";
  element.style.top = (100 * row) / rows + "%";
  element.style.width = 100 / columns + "%";
  element.style.height = 100 / rows + "%";
  return element;
}

function show(root, grid) {
  const cursor = root.querySelector(".cursor");
  cursor.style.display = grid.cell ? "block" : "none";
  if (grid.cell) place(cursor, grid.cell, grid.data);
}

function create(root) {
  const grid = { cell: null };
  const inside = (cell) => cell.map((k, axis) => clamp(k, 0, (axis ? grid.data.columns : grid.data.rows) - 1));

  root.onclick = (event) => {
    const [x, y] = pointerPosition(event, root);
    grid.cell = inside([Math.floor(y * grid.data.rows), Math.floor(x * grid.data.columns)]);
    show(root, grid);
    grid.pick(grid.cell);
  };
  onArrowKeys(root, ([dx, dy]) => {
    const [row, column] = grid.cell ?? [0, 0];
    grid.cell = inside([row + dy, column + dx]);
    show(root, grid);
  }, { Enter: () => grid.pick(grid.cell ?? [0, 0]) });
  return grid;
}
