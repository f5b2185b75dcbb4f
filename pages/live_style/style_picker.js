// The styles as small pictures; a click says which one.

export default function ({ parentElement, data, setTriggerValue }) {
  const palette = parentElement.querySelector(".palette");
  const tiles = [...palette.children];
  data.names.forEach((name, k) => {
    const tile = tiles[k] ?? palette.appendChild(create());
    tile.querySelector("img").src = data.pictures[k];
    tile.querySelector("span").textContent = name;
    tile.title = name;
    tile.setAttribute("aria-pressed", data.chosen.includes(name));
    tile.onclick = () => setTriggerValue("style", name);
  });
  tiles.slice(data.names.length).forEach((tile) => tile.remove());
}

function create() {
  const tile = document.createElement("button");
  const picture = document.createElement("img");
  picture.alt = "";
  picture.draggable = false;
  tile.type = "button";
  tile.append(picture, document.createElement("span"));
  return tile;
}
