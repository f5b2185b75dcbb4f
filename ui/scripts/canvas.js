// What components with a canvas or their own keys share. `component()` puts it before the script of each.

const STATES = new WeakMap();

// The object that create(element) returned for this element: Streamlit calls a component's function at every rerun,
// with the same element. An error in create(element), or in the object's update(...), is shown as a sentence: the
// component of a browser that lacks a function is not just empty.
function stateOf(element, create) {
  if (!STATES.has(element)) {
    const reportError = (error) => {
      showError(element, error);
      throw error;
    };
    try {
      const state = create(element), { update } = state;
      if (update) state.update = async (...values) => {
        try {
          await update(...values);
        } catch (error) {
          reportError(error);
        }
      };
      STATES.set(element, state);
    } catch (error) {
      reportError(error);
    }
    onEscape(element);
  }
  return STATES.get(element);
}

function showError(element, error) {
  if (element.querySelector(".browser-error")) return;
  const sentence = Object.assign(document.createElement("p"), { className: "browser-error" });
  sentence.setAttribute("role", "alert");
  sentence.textContent = `This browser cannot draw this figure (${error.message ?? error}). Update the browser, or open the page in another one.`;
  sentence.style.cssText = "margin: 0 0 0.6rem; font-family: var(--st-font); color: var(--st-text-color);";
  element.prepend(sentence);
}

// A canvas outside the page. Safari has no OffscreenCanvas before its version 16.4.
function newCanvas(width, height) {
  return Object.assign(document.createElement("canvas"), { width, height });
}

// Gives a canvas one pixel per device pixel and clears it; ratio: height per width. Returns the width in pixels, 0
// while the canvas is hidden.
function fitCanvas(canvas, ratio = 1) {
  const width = Math.round(canvas.clientWidth * devicePixelRatio), height = Math.round(width * ratio);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  else canvas.getContext("2d").clearRect(0, 0, width, height);
  return width;
}

// A color of Streamlit's theme: "text-color", "background-color", "primary-color".
function themeColor(element, name) {
  return getComputedStyle(element).getPropertyValue(`--st-${name}`).trim();
}

// Calls draw() when the element's width or, checked twice per second, the color scheme has changed.
function onAppearance(element, draw) {
  let width = 0, ink = themeColor(element, "text-color");
  new ResizeObserver(() => {
    if (Math.abs(element.clientWidth - width) <= 1) return; // the drawing itself may change the height
    width = element.clientWidth;
    draw();
  }).observe(element);
  const timer = setInterval(() => {
    if (!element.isConnected) return clearInterval(timer);
    const now = themeColor(element, "text-color");
    if (now !== ink) draw();
    ink = now;
  }, 500);
}

// Where a pointer event is in an element: [x, y] from the upper left corner, each from 0 to 1 inside it.
function pointerPosition(event, element) {
  const box = element.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}

// One pointer that drags over an element, also beyond its edges; further fingers are ignored. start(event) may return
// false to ignore it; move(event) follows start and each movement. Returns { dragging, cancel() }.
function onPointerDrag(element, { start = () => {}, move, end = () => {} }) {
  let pointer = null;
  element.onpointerdown = (event) => {
    if (pointer !== null || event.button !== 0 || start(event) === false) return;
    pointer = event.pointerId;
    element.setPointerCapture(pointer);
    move(event);
  };
  element.onpointermove = (event) => event.pointerId === pointer && move(event);
  element.onpointerup = element.onpointercancel = element.onlostpointercapture = (event) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    end(event);
  };
  return { get dragging() { return pointer !== null; }, cancel: () => { pointer = null; } };
}

// Keys. Escape leaves the element that has the focus; Tab, like every key that is not listed, is left to the browser,
// and so is a key together with Alt, Control or Command ("Alt + left arrow" goes back), unless it is listed with it.
const MOVING_KEYS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"]);

function onEscape(element) {
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") event.target.blur();
  });
}

// Keys that an element handles itself: an object of functions by event.key, or "Control+" and the key (on a Mac
// Command). They do not scroll the page, and in presentation mode the arrow keys do not change the preset.
function onKeys(element, actions) {
  element.onkeydown = (event) => {
    const modifier = event.altKey ? "Alt+" : event.ctrlKey || event.metaKey ? "Control+" : "";
    const action = actions[modifier + event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action(event);
  };
}

// The arrow keys as move([x, y], event), x to the right and y downwards; `others`: further keys, as in onKeys.
function onArrowKeys(element, move, others = {}) {
  const direction = (x, y) => (event) => move([x, y], event);
  const arrows = { ArrowLeft: direction(-1, 0), ArrowRight: direction(1, 0), ArrowUp: direction(0, -1), ArrowDown: direction(0, 1) };
  onKeys(element, { ...arrows, ...others });
}

// For inputs whose keys the browser handles: presentation mode (arrow keys) and tabs (Home, End) do not react to them.
function keepArrowKeys(element) {
  element.onkeydown = (event) => {
    if (MOVING_KEYS.has(event.key)) event.stopPropagation();
  };
}

// One of the elements takes the focus with Tab: the one that had it last, at first `first`.
function oneTabStop(elements, first) {
  for (const element of elements) {
    element.tabIndex = element === first ? 0 : -1;
    element.onfocus = () => {
      for (const other of elements) other.tabIndex = other === element ? 0 : -1;
    };
  }
}

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

const decodeBytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

const decodeFloats = (base64) => new Float32Array(decodeBytes(base64).buffer);

async function loadImage(source) {
  const image = new Image();
  image.src = source;
  await image.decode();
  return image;
}
