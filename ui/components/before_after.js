// Before and after: an invisible range input over both images gives the position of the line between them,
// so that mouse, touch and arrow keys need no code.

export default function ({ parentElement, data }) {
  const frame = parentElement.querySelector(".compare");
  const input = frame.querySelector("input");
  const set = () => {
    frame.style.setProperty("--at", input.value + "%");
    frame.querySelector(".left").style.opacity = input.value < 14 ? 0 : 1;
    frame.querySelector(".right").style.opacity = input.value > 86 ? 0 : 1;
  };
  frame.style.width = data.width + "px";
  frame.style.aspectRatio = data.ratio;
  frame.querySelector(".before").src = data.before;
  const after = frame.querySelector(".after");
  after.src = data.after;
  after.alt = frame.querySelector(".right").textContent = data.name;
  input.oninput = set;
  keepArrowKeys(input);
  set();
}
