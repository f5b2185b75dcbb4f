// A - B + C as the DCGAN paper draws it: three pictures and their mean, three times, and nine answers.

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".equation");
  const parts = data.groups.flatMap((group, k) => (k ? [sign("−+"[k - 1]), block(group)] : [block(group)]));
  root.replaceChildren(...parts, sign("="), answer(data.result));
}

function block({ name, title, pictures, mean }) {
  const group = make("div", "group"), tiles = make("div", "tiles"), middle = make("div", "mean");
  for (let k = 0; k < 3; k++) tiles.append(tile(pictures[k], `${name}, picture ${k + 1}`));
  middle.append(tile(mean, `Mean of ${name}`));
  group.append(heading(name, title), tiles, make("p", "", "mean"), middle);
  return group;
}

function answer({ pictures, title, note }) {
  const group = make("div", "group result"), tiles = make("div", "tiles");
  for (let k = 0; k < 9; k++) tiles.append(tile(pictures[k], k === 4 ? "The answer" : "Close to the answer"));
  tiles.children[4].classList.add("middle");
  group.append(heading(title, ""), tiles, make("p", "", note));
  return group;
}

function heading(name, title) {
  const head = make("h4", "", name);
  head.append(Object.assign(make("span", "", title), { title }));
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
