// A sheet of pictures in rows and columns. A click, or the arrow keys and Enter, picks one: [row, column].

const sheets = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".cells");
  let sheet = sheets.get(root);
  if (!sheet) {
    sheet = { at: null };
    sheets.set(root, sheet);
    listen(root, sheet);
  }
  sheet.data = data;
  sheet.pick = (cell) => setTriggerValue("cell", cell);
  if (data.picked !== undefined) sheet.at = data.picked;
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
  cursor.style.display = sheet.at ? "block" : "none";
  if (sheet.at) place(cursor, sheet.at, sheet.data);
}

function listen(root, sheet) {
  root.onclick = (event) => {
    const box = root.getBoundingClientRect();
    const { rows, columns } = sheet.data;
    const inside = (share, n) => Math.min(n - 1, Math.max(0, Math.floor(share * n)));
    sheet.at = [inside((event.clientY - box.top) / box.height, rows), inside((event.clientX - box.left) / box.width, columns)];
    show(root, sheet);
    sheet.pick(sheet.at);
  };
  root.onkeydown = (event) => {
    const way = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!way && event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    const [row, column] = sheet.at ?? [0, 0];
    if (way) sheet.at = [Math.min(sheet.data.rows - 1, Math.max(0, row + way[0])), Math.min(sheet.data.columns - 1, Math.max(0, column + way[1]))];
    else sheet.pick(sheet.at ?? [0, 0]);
    show(root, sheet);
  };
}
