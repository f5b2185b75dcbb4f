// A wall of pictures, under each of them what the discriminator thinks of it.
//
// All pictures are cut out of one PNG. A click, or the arrow keys and Enter, says which one: its number.
// Of two messages that come while the page is busy it reads the last, so each tells of the latest clicks again,
// with a time that says which were heard before.

const TOLD = 8; // clicks in a message

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".wall");
  const wall = stateOf(root, () => ({ at: 0, clicks: [] }));
  const { rows, columns, scores } = data;
  root.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
  root.style.setProperty("--sheet", `url("data:image/png;base64,${data.png}")`); // once, for all tiles
  root.style.maxWidth = data.width ? data.width + "px" : "";
  root.classList.toggle("still", data.still);
  root.setAttribute("aria-label", data.label);
  while (root.children.length > scores.length) root.lastChild.remove();
  while (root.children.length < scores.length) root.append(create());
  wall.at = Math.min(data.picked ?? wall.at, scores.length - 1);

  [...root.children].forEach((tile, k) => {
    const [picture, mark, score] = tile.children;
    const row = Math.floor(k / columns), column = k % columns;
    picture.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
    picture.style.backgroundPosition = `${share(column, columns)}% ${share(row, rows)}%`;
    mark.textContent = data.marks[k] ?? "";
    const [bar, number] = score.children;
    score.hidden = scores[k] === null;
    number.textContent = data.texts[k];
    bar.firstChild.style.width = `${100 * (scores[k] ?? 0)}%`;
    bar.firstChild.style.background = scores[k] >= 0.5 ? data.colours.real : data.colours.fake;
    tile.setAttribute("aria-pressed", k === data.picked);
    tile.setAttribute("aria-label", `Picture ${k + 1}, score ${data.texts[k]}${mark.textContent && `, in ${mark.textContent}`}`);
    tile.tabIndex = k === wall.at ? 0 : -1; // one stop for the Tab key, the arrows do the rest
    tile.disabled = data.still;
    tile.onclick = () => {
      wall.at = k;
      for (const other of root.children) other.setAttribute("aria-pressed", other === tile);
      wall.clicks = [...wall.clicks, [performance.timeOrigin + performance.now(), k]].slice(-TOLD);
      setTriggerValue("pick", wall.clicks);
    };
  });

  onArrowKeys(root, ([dx, dy]) => {
    const next = wall.at + dx + dy * columns;
    if (next < 0 || next >= root.children.length) return;
    root.children[wall.at].tabIndex = -1;
    wall.at = next;
    root.children[next].tabIndex = 0;
    root.children[next].focus();
  });
}

// Where a tile lies on the sheet, as background-position counts: the first at 0 %, the last at 100 %.
function share(k, n) {
  return n > 1 ? (100 * k) / (n - 1) : 0;
}

function create() {
  const tile = document.createElement("button");
  tile.type = "button";
  tile.innerHTML = '<i></i><b></b><div class="score"><div class="bar"><span></span></div><output></output></div>';
  return tile;
}
