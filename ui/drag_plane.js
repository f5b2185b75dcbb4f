// A hand on a plane whose middle is (0, 0): dragged with a pointer, or moved with the arrow keys, Shift for long steps.
// Stands before the script of a component that has one.
//
// reach(): from the middle to the edge; 0 while there is nothing to drag over. moved(): the hand is elsewhere, draw it.
// left(at): the hand was let go at `at`, [x, y], x to the right and y upwards.
function onDrag(plane, { reach, moved, left }) {
  const hand = { at: [0, 0], dragging: false };
  let later = 0;
  const within = (v) => Math.min(reach(), Math.max(-reach(), v));

  function follow(event) {
    const box = plane.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 2 - 1, y = 1 - ((event.clientY - box.top) / box.height) * 2;
    hand.at = [within(x * reach()), within(y * reach())];
    moved();
  }

  plane.onpointerdown = (event) => {
    if (!reach()) return;
    hand.dragging = true;
    plane.setPointerCapture(event.pointerId);
    follow(event);
  };
  plane.onpointermove = (event) => hand.dragging && follow(event);
  plane.onpointerup = plane.onpointercancel = () => {
    if (!hand.dragging) return;
    hand.dragging = false;
    left(hand.at);
  };
  plane.onkeydown = (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1], Home: [0, 0] }[event.key];
    if (!way || !reach()) return;
    event.preventDefault();
    event.stopPropagation(); // or the presenter's arrow keys would step too
    const step = reach() / (event.shiftKey ? 10 : 60);
    hand.at = event.key === "Home" ? [0, 0] : hand.at.map((v, k) => within(v + way[k] * step));
    moved();
    clearTimeout(later);
    later = setTimeout(() => left(hand.at), 250);
  };
  return hand;
}

// A WebP in base64: the picture as a canvas, and its pixels, four numbers each.
async function sampleSheet(base64) {
  const image = new Image();
  image.src = "data:image/webp;base64," + base64;
  await image.decode();
  const whole = new OffscreenCanvas(image.width, image.height);
  const g = whole.getContext("2d", { willReadFrequently: true });
  g.drawImage(image, 0, 0);
  return { whole, rgba: g.getImageData(0, 0, image.width, image.height).data };
}
