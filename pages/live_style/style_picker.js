// Style thumbnails; a click sends the style's name.

export default function ({ parentElement, data, setTriggerValue }) {
  const grid = parentElement.querySelector(".styles");
  const tiles = [...grid.children];
  data.names.forEach((name, k) => {
    const tile = tiles[k] ?? grid.appendChild(create());
    tile.querySelector("img").src = data.images[k];
    tile.querySelector("span").textContent = name;
    tile.title = name;
    tile.setAttribute("aria-pressed", data.chosen.includes(name));
    tile.onclick = () => setTriggerValue("style", name);
  });
  tiles.slice(data.names.length).forEach((tile) => tile.remove());
}

function create() {
  const tile = document.createElement("button");
  const image = document.createElement("img");
  image.alt = "";
  image.draggable = false;
  tile.type = "button";
  tile.append(image, document.createElement("span"));
  return tile;
}
