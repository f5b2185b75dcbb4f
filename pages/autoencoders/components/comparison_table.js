// A table of images and numbers: a click on a heading sorts by its column, a click on a row, or the arrow keys and
// Enter, selects it.

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector("table");
  const order = stateOf(root, () => ({ key: "name", direction: 1 }));
  const { columns, rows } = data;
  root.caption.textContent = "One image through every autoencoder";

  const maxima = {};
  for (const { key, type } of columns) if (type === "bar") maxima[key] = Math.max(...rows.map((row) => row[key]));

  const render = () => {
    root.tHead.rows[0].replaceChildren(...columns.map(heading));
    const { sort_by: by } = columns.find(({ key }) => key === order.key);
    const sorted = [...rows].sort((a, b) => order.direction * (a[by] - b[by]) || a.position - b.position);
    const focused = root.getRootNode().activeElement?.dataset.name; // a row, which is created again
    root.tBodies[0].replaceChildren(...sorted.map(tableRow));
    const selectable = [...root.querySelectorAll(".selectable")];
    const current = selectable.find((each) => each.dataset.name === focused);
    oneTabStop(selectable, current ?? selectable[0]);
    current?.focus();
  };

  function heading({ key, title, help }) {
    const cell = document.createElement("th");
    cell.scope = "col";
    const button = document.createElement("button");
    button.textContent = title;
    button.title = help;
    cell.append(button);
    if (order.key === key) cell.ariaSort = order.direction > 0 ? "ascending" : "descending";
    button.onclick = () => {
      order.direction = order.key === key ? -order.direction : 1;
      order.key = key;
      render();
      [...root.tHead.rows[0].cells][columns.findIndex((each) => each.key === key)].firstChild.focus();
    };
    return cell;
  }

  function tableRow(row) {
    const tr = document.createElement("tr");
    tr.append(...columns.map((column) => cell(column, row)));
    if (!row.selectable) return tr;
    const select = () => setTriggerValue("selected", row.name);
    tr.className = "selectable";
    tr.dataset.name = row.name;
    tr.title = `Weights and codes: ${row.name}`;
    tr.onclick = select;
    const move = (direction) => () => {
      const selectable = [...root.querySelectorAll(".selectable")];
      selectable[selectable.indexOf(tr) + direction]?.focus();
    };
    onKeys(tr, { ArrowUp: move(-1), ArrowDown: move(1), Enter: select });
    return tr;
  }

  function cell({ key, type, title }, row) {
    const td = document.createElement("td");
    if (type === "image") {
      const image = document.createElement("img");
      image.src = row[key];
      image.alt = `${title}, ${row.name}`;
      td.append(image);
    } else if (type === "text") {
      const name = document.createElement("b"), description = document.createElement("small");
      name.textContent = row.name;
      description.textContent = row.description;
      td.title = row.description;
      td.append(name, description);
    } else {
      const number = document.createElement("output");
      number.textContent = row[key] < 1 ? row[key].toFixed(4) : row[key].toLocaleString("en");
      td.append(number);
      if (type === "bar") {
        td.className = "bar";
        const bar = document.createElement("i");
        bar.style.width = `${(100 * row[key]) / maxima[key]}%`;
        td.append(bar);
      }
    }
    return td;
  }

  render();
}
