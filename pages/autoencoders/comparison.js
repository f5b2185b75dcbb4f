// A table of pictures and numbers: a heading sorts by its column, a row opens what it is about.

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector("table");
  const table = stateOf(root, () => ({ by: "name", way: 1 }));
  const { columns, rows } = data;
  root.caption.textContent = "One picture through every autoencoder";

  const longest = {};
  for (const { key, kind } of columns) if (kind === "bar") longest[key] = Math.max(...rows.map((row) => row[key]));

  const draw = () => {
    root.tHead.rows[0].replaceChildren(...columns.map(heading));
    const { by } = columns.find(({ key }) => key === table.by);
    const value = (row) => row[by];
    const sorted = [...rows].sort((a, b) => table.way * (value(a) - value(b)) || a.place - b.place);
    root.tBodies[0].replaceChildren(...sorted.map(line));
  };

  function heading({ key, title, help }) {
    const cell = document.createElement("th");
    cell.scope = "col";
    const inside = document.createElement("button");
    inside.textContent = title;
    inside.title = help;
    cell.append(inside);
    if (table.by === key) cell.ariaSort = table.way > 0 ? "ascending" : "descending";
    inside.onclick = () => {
      table.way = table.by === key ? -table.way : 1;
      table.by = key;
      draw();
      [...root.tHead.rows[0].cells][columns.findIndex((each) => each.key === key)].firstChild.focus();
    };
    return cell;
  }

  function line(row) {
    const tr = document.createElement("tr");
    tr.append(...columns.map((column) => cell(column, row)));
    if (!row.opens) return tr;
    const open = () => setTriggerValue("pick", row.name);
    tr.className = "opens";
    tr.tabIndex = 0;
    tr.title = `Look inside: ${row.name}`;
    tr.onclick = open;
    tr.onkeydown = (event) => event.key === "Enter" && open();
    return tr;
  }

  function cell({ key, kind, title }, row) {
    const td = document.createElement("td");
    if (kind === "picture") {
      const image = document.createElement("img");
      image.src = row[key];
      image.alt = `${title}, ${row.name}`;
      td.append(image);
    } else if (kind === "text") {
      const name = document.createElement("b"), says = document.createElement("small");
      name.textContent = row.name;
      says.textContent = row.says;
      td.append(name, says);
    } else {
      const number = document.createElement("output");
      number.textContent = row[key] < 1 ? row[key].toFixed(4) : row[key].toLocaleString("en");
      td.append(number);
      if (kind === "bar") {
        td.className = "meter";
        const bar = document.createElement("i");
        bar.style.width = `${(100 * row[key]) / longest[key]}%`;
        td.append(bar);
      }
    }
    return td;
  }

  draw();
}
