// The image of the sheet: zoom, move, turn, light; follows the field that is typed. Places are px of the upright
// picture. The form and this file speak by events: "look" carries the corners of a figure.
"use strict";
(() => {
  const pane = document.getElementById("pane");
  const paper = document.getElementById("paper");
  const picture = document.getElementById("picture");
  if (!pane || !paper || !picture) return;
  const mark = document.getElementById("mark");
  const tools = document.getElementById("tools");
  const view = { scale: 1, turns: 0, x: 0, y: 0, chosen: false, follow: true };
  const light = { contrast: 100, brightness: 100, invert: 0 };
  const STEP = 1.25;
  const LARGEST = 8;
  // Height of a figure on the screen, px, when the view jumps to it.
  const LEGIBLE_PX = 34;

  const size = () => ({ w: picture.naturalWidth || 1, h: picture.naturalHeight || 1 });
  const turned = () => {
    const { w, h } = size();
    return view.turns % 2 ? { w: h, h: w } : { w, h };
  };
  const whole = () => Math.min(pane.clientWidth / turned().w, pane.clientHeight / turned().h);
  const wide = () => pane.clientWidth / turned().w;
  // Turns a step on the screen into a step on the picture.
  const back = (dx, dy) => {
    const angle = (-view.turns * Math.PI) / 2;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    return [(dx * c - dy * s) / view.scale, (dx * s + dy * c) / view.scale];
  };

  function draw() {
    const { w, h } = size();
    view.x = Math.min(Math.max(view.x, 0), w);
    view.y = Math.min(Math.max(view.y, 0), h);
    const middle = `translate(${pane.clientWidth / 2}px, ${pane.clientHeight / 2}px)`;
    paper.style.transform =
      `${middle} scale(${view.scale}) rotate(${view.turns * 90}deg) translate(${-view.x}px, ${-view.y}px)`;
    picture.style.filter =
      `contrast(${light.contrast}%) brightness(${light.brightness}%) invert(${light.invert})`;
  }

  function fit(scale) {
    const { w, h } = size();
    view.scale = scale;
    view.x = w / 2;
    view.y = h / 2;
    // A long strip of paper is read from its head.
    const shown = pane.clientHeight / scale;
    if (turned().h > shown) {
      const [dx, dy] = back(0, ((turned().h - shown) / 2) * scale);
      view.x -= dx;
      view.y -= dy;
    }
    draw();
  }

  function zoom(factor, dx = 0, dy = 0) {
    const before = back(dx, dy);
    view.scale = Math.min(Math.max(view.scale * factor, whole() / 2), LARGEST);
    view.chosen = true;
    const after = back(dx, dy);
    view.x += before[0] - after[0];
    view.y += before[1] - after[1];
    draw();
  }

  function move(dx, dy) {
    const [x, y] = back(dx, dy);
    view.x += x;
    view.y += y;
    draw();
  }

  function turn() {
    view.turns = (view.turns + 1) % 4;
    draw();
  }

  const corners = (text) => {
    const n = (text || "").split(",").map(Number);
    return n.length === 8 && n.every(Number.isFinite) ? [0, 2, 4, 6].map((i) => [n[i], n[i + 1]]) : null;
  };

  // Which way up the print is: from the top left to the top right corner of a figure.
  function upright() {
    const known = document.querySelector("[data-crop]");
    const at = known && corners(known.dataset.crop);
    if (!at) return;
    const angle = Math.atan2(at[1][1] - at[0][1], at[1][0] - at[0][0]);
    view.turns = (4 - Math.round((2 * angle) / Math.PI)) % 4;
  }

  function look(text) {
    const at = corners(text);
    if (mark) mark.toggleAttribute("hidden", !at);
    if (!at) return;
    const ring = mark && mark.firstElementChild;
    if (ring) ring.setAttribute("points", at.map((p) => p.join(",")).join(" "));
    if (!view.follow || !picture.complete) return;
    const high = Math.hypot(at[3][0] - at[0][0], at[3][1] - at[0][1]) || 1;
    if (!view.chosen) {
      const legible = Math.min(Math.max(LEGIBLE_PX / high, whole()), LARGEST);
      // A sheet that is legible nearly as wide as the window is shown that wide: with the labels.
      view.scale = legible > wide() && legible < 1.5 * wide() ? wide() : legible;
    }
    const x = at.reduce((sum, p) => sum + p[0], 0) / 4;
    const y = at.reduce((sum, p) => sum + p[1], 0) / 4;
    // The label stands left of its figure, so the figure goes to the right of the middle.
    const aside = turned().w * view.scale > pane.clientWidth ? pane.clientWidth * 0.2 : 0;
    const [dx, dy] = back(aside, 0);
    view.x = x - dx;
    view.y = y - dy;
    inside();
    draw();
  }

  // Shows no more beside the picture than must be.
  function inside() {
    const { w, h } = size();
    const [across, down] = view.turns % 2
      ? [pane.clientHeight, pane.clientWidth] : [pane.clientWidth, pane.clientHeight];
    const kept = (at, length, shown) => {
      const half = shown / view.scale / 2;
      return half * 2 >= length ? length / 2 : Math.min(Math.max(at, half), length - half);
    };
    view.x = kept(view.x, w, across);
    view.y = kept(view.y, h, down);
  }

  const limited = (value, low, high) => Math.min(Math.max(value, low), high);
  const DEEDS = {
    larger: () => zoom(STEP),
    smaller: () => zoom(1 / STEP),
    fit: () => { view.chosen = false; fit(whole()); },
    width: () => { view.chosen = true; fit(wide()); },
    turn,
    left: () => move(-80, 0),
    right: () => move(80, 0),
    up: () => move(0, -80),
    down: () => move(0, 80),
    contrast: () => { light.contrast = light.contrast >= 250 ? 100 : light.contrast + 50; draw(); },
    brighter: () => { light.brightness = limited(light.brightness + 20, 20, 240); draw(); },
    darker: () => { light.brightness = limited(light.brightness - 20, 20, 240); draw(); },
    invert: () => { light.invert = 1 - light.invert; draw(); },
    follow: () => { view.follow = !view.follow; },
  };
  // By the key's place, since Alt changes what it types on some systems.
  const KEYS = {
    Equal: "larger", NumpadAdd: "larger", Minus: "smaller", NumpadSubtract: "smaller",
    Digit0: "fit", Numpad0: "fit", Digit9: "width", KeyR: "turn", KeyI: "invert", KeyC: "contrast",
    KeyL: "brighter", KeyK: "darker", KeyJ: "follow",
    ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down",
  };
  const SIGNS = { "+": "larger", "=": "larger", "-": "smaller", "−": "smaller", 0: "fit" };

  function act(name) {
    const deed = DEEDS[name];
    if (!deed) return false;
    deed();
    for (const button of tools ? tools.querySelectorAll("[data-toggle]") : []) {
      const on = { invert: light.invert === 1, follow: view.follow }[button.dataset.deed];
      button.setAttribute("aria-pressed", String(on));
    }
    return true;
  }

  document.addEventListener("keydown", (event) => {
    const here = pane.contains(event.target);
    const wanted = event.altKey && !event.ctrlKey && !event.metaKey ? SIGNS[event.key] || KEYS[event.code]
      : here && !event.ctrlKey && !event.metaKey
        ? SIGNS[event.key] || (event.code.startsWith("Arrow") ? KEYS[event.code] : undefined)
        : undefined;
    if (wanted && act(wanted)) event.preventDefault();
  });
  if (tools) {
    tools.hidden = false;
    tools.addEventListener("click", (event) => {
      const button = event.target.closest("[data-deed]");
      if (button) act(button.dataset.deed);
    });
  }
  pane.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = pane.getBoundingClientRect();
    const [dx, dy] = [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
    zoom(event.deltaY < 0 ? STEP : 1 / STEP, dx, dy);
  }, { passive: false });
  let held = null;
  pane.addEventListener("pointerdown", (event) => {
    held = [event.clientX, event.clientY];
    pane.setPointerCapture(event.pointerId);
  });
  pane.addEventListener("pointermove", (event) => {
    if (!held) return;
    move(held[0] - event.clientX, held[1] - event.clientY);
    held = [event.clientX, event.clientY];
  });
  for (const end of ["pointerup", "pointercancel"]) pane.addEventListener(end, () => { held = null; });
  picture.addEventListener("dragstart", (event) => event.preventDefault());

  let last = "";
  document.addEventListener("look", (event) => {
    last = event.detail || "";
    look(last);
  });
  function begin() {
    const { w, h } = size();
    pane.classList.add("live");
    paper.style.width = `${w}px`;
    paper.style.height = `${h}px`;
    if (mark) mark.setAttribute("viewBox", `0 0 ${w} ${h}`);
    upright();
    fit(turned().h > 1.6 * turned().w ? wide() : whole());
    look(last);
  }
  if (picture.complete && picture.naturalWidth) begin();
  else picture.addEventListener("load", begin);
  new ResizeObserver(() => { if (picture.naturalWidth) draw(); }).observe(pane);
})();
