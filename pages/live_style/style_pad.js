// A place between four styles, over small pictures of what lies there. While a hand drags, the place goes
// to Python a few times a second, and once more when it lets go.

const EVERY = 150; // milliseconds between two messages

export default function ({ parentElement, data, setStateValue }) {
  const pad = stateOf(parentElement.querySelector(".pad"), create);
  pad.send = (at) => setStateValue("at", at);
  pad.update(data);
}

function create(plane) {
  const map = plane.querySelector(".map");
  const dot = plane.querySelector(".dot");
  const pad = { send: () => {}, update };
  let at = [0.5, 0.5];
  let token = null; // changes when Python puts the dot somewhere
  let last = 0;
  let later = 0;

  function update(data) {
    ["tl", "tr", "bl", "br"].forEach((corner, k) => (plane.querySelector(`.${corner}`).textContent = data.names[k]));
    while (map.children.length < data.pictures.length) map.append(Object.assign(new Image(), { alt: "", draggable: false }));
    data.pictures.forEach((picture, k) => map.children[k].src !== picture && (map.children[k].src = picture));
    if (!drag.dragging && data.token !== token) {
      token = data.token;
      put(data.start);
    }
  }

  function put(next) {
    at = next.map((v) => clamp(v, 0, 1));
    dot.style.left = `${100 * at[0]}%`;
    dot.style.top = `${100 * at[1]}%`;
  }

  function tell(wait) {
    clearTimeout(later);
    later = setTimeout(() => {
      last = performance.now();
      pad.send(at);
    }, wait);
  }

  const drag = onPointerDrag(plane, {
    move: (event) => {
      put(pointerPosition(event, plane));
      tell(Math.max(0, EVERY - (performance.now() - last)));
    },
    end: () => tell(0),
  });
  onArrowKeys(plane, ([dx, dy], event) => {
    const step = event.shiftKey ? 0.2 : 0.04;
    put([at[0] + dx * step, at[1] + dy * step]);
    tell(EVERY);
  }, { Home: () => { put([0.5, 0.5]); tell(EVERY); } });
  put(at);
  return pad;
}
