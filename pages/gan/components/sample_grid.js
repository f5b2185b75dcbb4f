// A grid of samples, the discriminator score below each.
//
// All samples are cut out of one PNG. A click, or the arrow keys and Enter, sends the index of a sample. While the page is
// rerunning, only the last message arrives: so each message repeats the latest clicks, with their times.

const MAX_CLICKS = 8; // in one message

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".sample-grid");
  const grid = stateOf(root, () => ({ current: 0, clicks: [] }));
  const { rows, columns, scores } = data;
  root.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
  root.style.setProperty("--columns", columns);
  root.style.setProperty("--sheet", `url("data:image/png;base64,${data.png}")`); // one image for all tiles
  root.classList.toggle("still", !data.selectable);
  root.setAttribute("aria-label", data.label);
  while (root.children.length > scores.length) root.lastChild.remove();
  while (root.children.length < scores.length) root.append(createTile());
  grid.current = Math.min(data.selected ?? grid.current, scores.length - 1);

  [...root.children].forEach((tile, k) => {
    const [image, mark, score] = tile.children;
    const row = Math.floor(k / columns), column = k % columns;
    image.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
    image.style.backgroundPosition = `${offset(column, columns)}% ${offset(row, rows)}%`;
    mark.textContent = data.marks[k] ?? "";
    const [bar, number] = score.children;
    score.hidden = scores[k] === null;
    number.textContent = data.texts[k];
    bar.firstChild.style.width = `${100 * (scores[k] ?? 0)}%`;
    bar.firstChild.style.background = scores[k] >= 0.5 ? data.colors.real : data.colors.fake;
    tile.setAttribute("aria-pressed", k === data.selected);
    tile.setAttribute("aria-label", `Sample ${k + 1}${data.texts[k] && `, ${data.texts[k]}`}${mark.textContent && `, in ${mark.textContent}`}`);
    tile.tabIndex = k === grid.current ? 0 : -1; // one stop for the Tab key; the arrow keys move inside
    tile.disabled = !data.selectable;
    tile.onclick = () => {
      grid.current = k;
      for (const other of root.children) other.setAttribute("aria-pressed", other === tile);
      grid.clicks = [...grid.clicks, [performance.timeOrigin + performance.now(), k]].slice(-MAX_CLICKS);
      setTriggerValue("select", grid.clicks);
    };
  });

  onArrowKeys(root, ([x, y]) => {
    const next = grid.current + x + columns * y;
    if (next < 0 || next >= root.children.length) return;
    root.children[grid.current].tabIndex = -1;
    grid.current = next;
    root.children[next].tabIndex = 0;
    root.children[next].focus();
  });
}

// The background-position of a tile on the sheet: the first at 0 %, the last at 100 %.
function offset(k, n) {
  return n > 1 ? (100 * k) / (n - 1) : 0;
}

function createTile() {
  const tile = document.createElement("button");
  tile.type = "button";
  tile.innerHTML = '<i></i><b></b><div class="score"><div class="bar"><span></span></div><output></output></div>';
  return tile;
}
