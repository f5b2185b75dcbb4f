// Before and after: an invisible range input over both images gives the position of the line between them,
// so that mouse, touch and arrow keys need no code.

export default function ({ parentElement, data }) {
  stateOf(parentElement.querySelector(".compare"), create).update(data);
}

function create(frame) {
  const [input, before, after, left, right] = ["input", ".before", ".after", ".left", ".right"].map((each) => frame.querySelector(each));

  function move() {
    frame.style.setProperty("--at", input.value + "%");
    left.style.opacity = input.value < 14 ? 0 : 1;
    right.style.opacity = input.value > 86 ? 0 : 1;
  }

  function update(data) {
    frame.style.width = data.width + "px";
    frame.style.aspectRatio = data.ratio;
    before.src = data.before;
    after.src = data.after;
    after.alt = right.textContent = data.name;
    move();
  }

  input.oninput = move;
  keepArrowKeys(input);
  return { update };
}
