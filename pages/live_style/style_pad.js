// A position between four styles, over a grid of thumbnails. During a drag the position goes to Python a few times
// per second, and once more at the end.

const INTERVAL = 150; // milliseconds between two messages

export default function ({ parentElement, data, setStateValue }) {
  const pad = stateOf(parentElement.querySelector(".pad"), create);
  pad.send = (position) => setStateValue("position", position);
  pad.update(data);
}

function create(plane) {
  const map = plane.querySelector(".map");
  const dot = plane.querySelector(".dot");
  const pad = { send: () => {}, update };
  let position = [0.5, 0.5];
  let token = null; // changes when Python moves the dot
  let lastSent = 0;
  let timer = 0;

  function update(data) {
    ["tl", "tr", "bl", "br"].forEach((corner, k) => (plane.querySelector(`.${corner}`).textContent = data.names[k]));
    while (map.children.length < data.images.length) map.append(Object.assign(new Image(), { alt: "", draggable: false }));
    data.images.forEach((image, k) => map.children[k].src !== image && (map.children[k].src = image));
    if (!drag.dragging && data.token !== token) {
      token = data.token;
      move(data.start);
    }
  }

  function move(next) {
    position = next.map((v) => clamp(v, 0, 1));
    dot.style.left = `${100 * position[0]}%`;
    dot.style.top = `${100 * position[1]}%`;
  }

  function sendAfter(wait) {
    clearTimeout(timer);
    timer = setTimeout(() => {
      lastSent = performance.now();
      pad.send(position);
    }, wait);
  }

  const drag = onPointerDrag(plane, {
    move: (event) => {
      move(pointerPosition(event, plane));
      sendAfter(Math.max(0, INTERVAL - (performance.now() - lastSent)));
    },
    end: () => sendAfter(0),
  });
  onArrowKeys(plane, ([dx, dy], event) => {
    const step = event.shiftKey ? 0.2 : 0.04;
    move([position[0] + dx * step, position[1] + dy * step]);
    sendAfter(INTERVAL);
  }, { Home: () => { move([0.5, 0.5]); sendAfter(INTERVAL); } });
  move(position);
  return pad;
}
