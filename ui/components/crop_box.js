// A photo with a crop box. Inside the box the pointer moves it, a corner resizes it, outside it draws a new one. The box
// is sent when the pointer is released, or a moment after the last key.

export default function ({ parentElement, data, setStateValue }) {
  stateOf(parentElement.querySelector(".crop"), create).update(data, setStateValue);
}

function create(frame) {
  const image = frame.querySelector("img"), element = frame.querySelector(".box");
  const whole = [0, 0, 1, 1];
  let box = whole, smallest = 0.05, token = null, send = () => {}, timer = 0, drag = null;

  function show() {
    const [left, top, right, bottom] = box.map((each) => 100 * each);
    Object.assign(element.style, { left: `${left}%`, top: `${top}%`, width: `${right - left}%`, height: `${bottom - top}%` });
  }

  function moved([left, top, right, bottom], dx, dy) {
    const x = clamp(dx, -left, 1 - right), y = clamp(dy, -top, 1 - bottom);
    return [left + x, top + y, right + x, bottom + y];
  }

  // The corner [x, y] of the box follows the pointer, the opposite one [fixedX, fixedY] stays.
  function spanned(fixed, corner) {
    const sides = [0, 1].map((k) => {
      const to = clamp(corner[k], 0, 1), low = Math.min(fixed[k], to), high = Math.max(fixed[k], to);
      return high - low >= smallest ? [low, high] : low + smallest <= 1 ? [low, low + smallest] : [1 - smallest, 1];
    });
    return [sides[0][0], sides[1][0], sides[0][1], sides[1][1]];
  }

  onPointerDrag(frame, {
    start: (event) => {
      clearTimeout(timer);
      const at = pointerPosition(event, frame), edges = event.target.dataset?.edge;
      if (edges) {
        drag = { fixed: [edges.includes("left") ? box[2] : box[0], edges.includes("top") ? box[3] : box[1]] };
      } else if (event.target === element && box.some((each, k) => each !== whole[k])) {
        drag = { from: at, box };
      } else {
        drag = { fixed: at }; // over the whole photo, which could not be moved, a drag draws a new box
      }
      drag.before = box;
      drag.start = at;
    },
    move: (event) => {
      const at = pointerPosition(event, frame);
      if (Math.hypot(at[0] - drag.start[0], at[1] - drag.start[1]) < 0.01) return; // a click changes nothing
      box = drag.from ? moved(drag.box, at[0] - drag.from[0], at[1] - drag.from[1]) : spanned(drag.fixed, at);
      show();
    },
    end: () => {
      if (box !== drag.before) send(box);
    },
  });

  function byKey(next) {
    box = next;
    show();
    clearTimeout(timer);
    timer = setTimeout(() => send(box), 300);
  }

  onArrowKeys(element, ([dx, dy], event) => {
    const step = 0.02, [left, top, right, bottom] = box;
    if (event.shiftKey) byKey([left, top, clamp(right + dx * step, left + smallest, 1), clamp(bottom + dy * step, top + smallest, 1)]);
    else byKey(moved(box, dx * step, dy * step));
  }, { Home: () => byKey(whole) });

  function update(data, setStateValue) {
    send = (value) => setStateValue("box", value);
    smallest = data.smallest;
    if (image.src !== data.photo) image.src = data.photo;
    if (token !== data.token) {
      token = data.token;
      box = data.box;
    }
    show();
  }

  return { update };
}
