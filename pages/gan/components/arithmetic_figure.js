// A - B + C as in figure 7 of the DCGAN paper: three images and the image of their mean z per group, nine results.

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".figure");
  const parts = data.groups.flatMap((group, k) => (k ? [sign("−+"[k - 1]), operand(group)] : [operand(group)]));
  root.replaceChildren(...parts, sign("="), result(data.result));
}

function operand({ name, title, images, mean }) {
  const group = make("div", "group"), tiles = make("div", "tiles"), middle = make("div", "mean");
  for (let k = 0; k < 3; k++) tiles.append(tile(images[k], `${name}, image ${k + 1}`));
  middle.append(tile(mean, `Mean of ${name}`));
  group.append(heading(name, title), tiles, make("p", "", "mean z"), middle);
  return group;
}

function result({ images, title, note }) {
  const group = make("div", "group result"), tiles = make("div", "tiles");
  for (let k = 0; k < 9; k++) tiles.append(tile(images[k], k === 4 ? "Result" : "Result with noise"));
  tiles.children[4].classList.add("middle");
  group.append(heading(title, ""), tiles, make("p", "", note));
  return group;
}

function heading(name, title) {
  const head = make("h4", "", name);
  head.append(make("span", "", title));
  return head;
}

function tile(source, alt) {
  if (!source) return make("div", "empty");
  return Object.assign(document.createElement("img"), { src: source, alt, draggable: false });
}

function sign(text) {
  return make("div", "sign", text);
}

function make(tag, name, text = "") {
  return Object.assign(document.createElement(tag), { className: name, textContent: text });
}
