// A table of images with a header for each row and column: a text, an image, or both. A click on an image sends its
// [row, column] to Python, -1 for a header; the arrow keys move to the next image. Below a row there may be a bar between every two images.

export default function ({ parentElement, data, setTriggerValue }) {
  const table = stateOf(parentElement.querySelector(".image-table"), createTable);
  table.send = (cell) => setTriggerValue("cell", cell);
  table.update(data);
}

function createTable(root) {
  const table = { send: () => {}, update };
  let layout = "", chart = null;
  let cells = []; // { row, column, index in the sheet, element, canvas }

  async function update(next) {
    chart = next;
    const { rows, columns } = next;
    const newLayout = JSON.stringify([rows, columns, next.corner, next.clickable, next.rowImages, next.columnImages, !!next.bars, next.middle, next.offset]);
    if (newLayout !== layout) build();
    if (newLayout !== layout && next.clickable) oneTabStop(cells.map(({ element }) => element), (cellAt(...(next.selected ?? [0, 0])) ?? cells[0]).element);
    layout = newLayout;
    for (const each of cells) {
      const isSelected = next.selected && next.selected[0] === each.row && next.selected[1] === each.column;
      each.element.classList.toggle("is-selected", Boolean(isSelected));
    }
    drawBars();
    const sheet = await loadImage("data:image/png;base64," + next.sheet);
    if (chart !== next) return; // replaced while it was loading
    const size = next.imageSize;
    for (const { index, canvas } of cells) {
      const x = (index % next.sheetColumns) * size, y = Math.floor(index / next.sheetColumns) * size;
      if (canvas.width !== size) canvas.width = canvas.height = size;
      canvas.getContext("2d").drawImage(sheet, x, y, size, size, 0, 0, size, size);
    }
    root.dataset.updates = Number(root.dataset.updates ?? 0) + 1;
  }

  function build() {
    const { rows, columns, rowImages, columnImages, bars } = chart;
    const m = rows.length, n = columns.length, left = rowImages ? 3 : 2, top = columnImages ? 3 : 2;
    const images = n + (rowImages ? 1 : 0), high = m + (columnImages ? 1 : 0);
    root.style.gridTemplateColumns = `max-content repeat(${images}, minmax(0, 1fr))`;
    root.style.setProperty("--width", `calc((100vh - ${chart.offset + (bars ? 4 * m : 0)}rem) * ${images / high} + 6rem)`);
    root.setAttribute("aria-label", chart.label);
    root.classList.toggle("plain", ![...rows, ...columns].some(Boolean));
    cells = [];
    root.replaceChildren();
    place(text("corner", chart.corner), top - 1, 1);
    columns.forEach((each, j) => place(text(j === chart.middle ? "column middle" : "column", each), 1, left + j));
    const row = (i) => top + i * (bars ? 2 : 1);
    rows.forEach((each, i) => place(text("row", each), row(i), 1));
    if (columnImages) columns.forEach((each, j) => place(image(-1, j, m * n + (rowImages ? m : 0) + j, each, "source top"), 2, left + j));
    rows.forEach((name, i) => {
      if (rowImages) place(image(i, -1, m * n + i, name, "source left"), row(i), 2);
      columns.forEach((each, j) => place(image(i, j, i * n + j, `${name}, ${each}`, ""), row(i), left + j));
      for (let j = 0; bars && j < n - 1; j++) {
        const bar = text("bar", "");
        bar.append(document.createElement("i"), document.createElement("span"));
        bar.style.gridArea = `${row(i) + 1} / ${left + j} / auto / span 2`;
        root.append(bar);
      }
    });
  }

  function drawBars() {
    if (!chart.bars) return;
    const values = chart.bars.flat(), largest = Math.max(...values, 1e-9);
    root.querySelectorAll(".bar").forEach((bar, k) => {
      bar.firstChild.style.setProperty("--height", `${(100 * values[k]) / largest}%`);
      bar.lastChild.textContent = values[k].toFixed(2);
    });
  }

  function text(name, content) {
    return Object.assign(document.createElement("div"), { className: name, textContent: content });
  }

  function image(row, column, index, label, name) {
    const canvas = document.createElement("canvas");
    const element = document.createElement(chart.clickable ? "button" : "div");
    element.className = column === chart.middle && row >= 0 ? `${name} middle` : name;
    element.append(canvas);
    (chart.clickable ? element : canvas).setAttribute("aria-label", label.replace("\n", " "));
    if (!chart.clickable) canvas.setAttribute("role", "img");
    if (chart.clickable) {
      element.type = "button";
      element.onclick = () => table.send([row, column]);
      onArrowKeys(element, ([dx, dy]) => cellAt(row + dy, column + dx)?.element.focus());
    }
    element.onpointerenter = () => mark(row, column);
    element.onpointerleave = () => mark(-1, -1);
    cells.push({ row, column, index, element, canvas });
    return element;
  }

  const cellAt = (row, column) => cells.find((each) => each.row === row && each.column === column);

  // The two sources of the image under the pointer.
  function mark(row, column) {
    for (const each of cells) {
      const isSource = row >= 0 && column >= 0 && ((each.row === row && each.column < 0) || (each.column === column && each.row < 0));
      each.element.classList.toggle("is-source", isSource);
    }
  }

  function place(element, row, column) {
    element.style.gridArea = `${row} / ${column}`;
    root.append(element);
  }

  return table;
}
