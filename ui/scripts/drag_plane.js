// A point on a square plane whose origin is in the middle: dragged with a pointer, or moved with the arrow keys (with
// Shift in long steps). Stands before the script of a component that has one.
//
// halfWidth(): of the plane, in its units; 0 while there is nothing to drag over. onMove(): the point has moved.
// onRelease(position): it was released at [x, y], x to the right and y upwards.
function onDrag(plane, { halfWidth, onMove, onRelease }) {
  const point = { position: [0, 0], get dragging() { return drag.dragging; } };
  let timer = 0;
  const inside = (v) => clamp(v, -halfWidth(), halfWidth());

  const drag = onPointerDrag(plane, {
    start: () => halfWidth() > 0,
    move: (event) => {
      const [x, y] = pointerPosition(event, plane);
      point.position = [inside((2 * x - 1) * halfWidth()), inside((1 - 2 * y) * halfWidth())];
      onMove();
    },
    end: () => onRelease(point.position),
  });

  function moveTo(position) {
    if (!halfWidth()) return;
    point.position = position;
    onMove();
    clearTimeout(timer);
    timer = setTimeout(() => onRelease(point.position), 250);
  }

  onArrowKeys(plane, ([dx, dy], event) => {
    const step = halfWidth() / (event.shiftKey ? 10 : 60), [x, y] = point.position;
    moveTo([inside(x + dx * step), inside(y - dy * step)]);
  }, { Home: () => moveTo([0, 0]) });
  return point;
}

// A WebP in base64: the image as a canvas, and its pixels, four numbers each.
async function sampleSheet(base64) {
  const image = await loadImage("data:image/webp;base64," + base64);
  const whole = newCanvas(image.width, image.height);
  const g = whole.getContext("2d", { willReadFrequently: true });
  g.drawImage(image, 0, 0);
  return { whole, rgba: g.getImageData(0, 0, image.width, image.height).data };
}
