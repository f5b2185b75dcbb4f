// A sheet of pictures in rows and columns. A click, or the arrow keys and Enter, picks one: [row, column].

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".cells");
  const sheet = stateOf(root, create);
  sheet.data = data;
  sheet.pick = (cell) => setTriggerValue("cell", cell);
  if (data.picked !== undefined) sheet.cell = data.picked;
  root.style.maxWidth = data.width ? data.width + "px" : "";
  root.classList.toggle("smooth", Boolean(data.smooth));
  root.setAttribute("aria-label", data.label);
  const image = root.querySelector("img");
  const source = "data:image/png;base64," + data.png;
  if (image.src !== source) image.src = source;
  root.querySelector(".marks").replaceChildren(...(data.marks ?? []).map((cell) => place(document.createElement("i"), cell, data)));
  show(root, sheet);
}

function place(element, [row, column], { rows, columns }) {
  element.style.left = (100 * column) / columns + "%";
  element.style.top = (100 * row) / rows + "%";
  element.style.width = 100 / columns + "%";
  element.style.height = 100 / rows + "%";
  return element;
}

function show(root, sheet) {
  const cursor = root.querySelector(".cursor");
  cursor.style.display = sheet.cell ? "block" : "none";
  if (sheet.cell) place(cursor, sheet.cell, sheet.data);
}

function create(root) {
  const sheet = { cell: null };
  const inside = (cell) => cell.map((k, axis) => clamp(k, 0, (axis ? sheet.data.columns : sheet.data.rows) - 1));

  root.onclick = (event) => {
    const [x, y] = pointerPosition(event, root);
    sheet.cell = inside([Math.floor(y * sheet.data.rows), Math.floor(x * sheet.data.columns)]);
    show(root, sheet);
    sheet.pick(sheet.cell);
  };
  onArrowKeys(root, ([dx, dy]) => {
    const [row, column] = sheet.cell ?? [0, 0];
    sheet.cell = inside([row + dy, column + dx]);
    show(root, sheet);
  }, { Enter: () => sheet.pick(sheet.cell ?? [0, 0]) });
  return sheet;
}
