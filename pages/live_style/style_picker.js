// Style thumbnails; a click sends the style's name.

export default function ({ parentElement, data, setTriggerValue }) {
  const picker = stateOf(parentElement.querySelector(".styles"), create);
  picker.pick = (name) => setTriggerValue("style", name);
  picker.update(data);
}

function create(grid) {
  const picker = { pick: () => {}, update };

  function update(data) {
    while (grid.children.length > data.names.length) grid.lastChild.remove();
    data.names.forEach((name, k) => {
      const tile = grid.children[k] ?? grid.appendChild(createTile());
      tile.querySelector("img").src = data.images[k];
      tile.querySelector("span").textContent = name;
      tile.title = name;
      tile.setAttribute("aria-pressed", data.chosen.includes(name));
      tile.onclick = () => picker.pick(name);
    });
  }

  return picker;
}

function createTile() {
  const tile = document.createElement("button");
  const image = document.createElement("img");
  image.alt = "";
  image.draggable = false;
  tile.type = "button";
  tile.append(image, document.createElement("span"));
  return tile;
}
