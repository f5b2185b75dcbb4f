// A place between four styles, over small pictures of what lies there. While a hand drags, the place goes
// to Python a few times a second, and once more when it lets go.

const EVERY = 150; // milliseconds between two messages
const pads = new WeakMap();

export default function ({ parentElement, data, setStateValue }) {
  let pad = pads.get(parentElement);
  if (!pad) pads.set(parentElement, (pad = create(parentElement.querySelector(".pad"))));
  pad.send = (at) => setStateValue("at", at);
  pad.update(data);
}

function create(plane) {
  const map = plane.querySelector(".map");
  const dot = plane.querySelector(".dot");
  const pad = { send: () => {}, update };
  let at = [0.5, 0.5];
  let token = null; // changes when Python puts the dot somewhere
  let dragging = false;
  let last = 0;
  let later = 0;

  function update(data) {
    ["tl", "tr", "bl", "br"].forEach((corner, k) => (plane.querySelector(`.${corner}`).textContent = data.names[k]));
    while (map.children.length < data.pictures.length) map.append(Object.assign(new Image(), { alt: "", draggable: false }));
    data.pictures.forEach((picture, k) => map.children[k].src !== picture && (map.children[k].src = picture));
    if (!dragging && data.token !== token) {
      token = data.token;
      put(data.start);
    }
  }

  function put(next) {
    at = next.map((v) => Math.min(1, Math.max(0, v)));
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

  function follow(event) {
    const box = plane.getBoundingClientRect();
    put([(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
    tell(Math.max(0, EVERY - (performance.now() - last)));
  }

  plane.onpointerdown = (event) => {
    dragging = true;
    plane.setPointerCapture(event.pointerId);
    follow(event);
  };
  plane.onpointermove = (event) => dragging && follow(event);
  plane.onpointerup = plane.onpointercancel = () => {
    if (dragging) tell(0);
    dragging = false;
  };
  plane.onkeydown = (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], Home: [0, 0] }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation(); // or the presenter's arrow keys would step too
    const step = event.shiftKey ? 0.2 : 0.04;
    put(event.key === "Home" ? [0.5, 0.5] : [at[0] + way[0] * step, at[1] + way[1] * step]);
    tell(EVERY);
  };
  put(at);
  return pad;
}
