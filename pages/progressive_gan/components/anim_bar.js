// A slider from 0 to 1 with the button "Anim", which moves it from 0 to 1.
//
// bar: an element that holds <button>, <input type="range"> and <output>. steps: positions of the slider, less one.
// duration: of the whole way, in milliseconds. text(value): of the output. onMove(value): at every change.
// onRelease(value): at the end of a change. Returns { move(value), value }.
function animBar(bar, { steps = 100, duration, text, onMove, onRelease }) {
  const button = bar.querySelector("button"), slider = bar.querySelector("input"), output = bar.querySelector("output");
  let animation = 0, timer = 0;
  const value = () => Number(slider.value) / steps;
  Object.assign(slider, { min: 0, max: steps, step: 1 });

  function draw() {
    output.textContent = text(value());
    slider.setAttribute("aria-valuetext", output.textContent);
    onMove(value());
  }

  function stop() {
    cancelAnimationFrame(animation);
    animation = 0;
    button.setAttribute("aria-pressed", "false");
  }

  function move(next) {
    slider.value = Math.round(next * steps);
    draw();
  }

  button.onclick = () => {
    if (animation) {
      stop();
      return onRelease(value());
    }
    const first = value() >= 1 ? 0 : value(), start = performance.now();
    button.setAttribute("aria-pressed", "true");
    const next = (now) => {
      const position = Math.round(Math.min(1, first + (now - start) / duration) * steps);
      if (position !== Number(slider.value)) move(position / steps);
      if (position < steps && bar.isConnected) animation = requestAnimationFrame(next);
      else {
        stop();
        onRelease(value());
      }
    };
    if (first === 0) move(0);
    animation = requestAnimationFrame(next);
  };
  slider.oninput = () => {
    stop();
    draw();
  };
  slider.onchange = () => {
    clearTimeout(timer); // the arrow keys change it often
    timer = setTimeout(() => onRelease(value()), 200);
  };
  keepArrowKeys(bar);
  return { move, get value() { return value(); } };
}
