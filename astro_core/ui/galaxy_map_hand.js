// Mouse, touch and keys of the map, its legend, and the label of the galaxy under the mouse.

const REACH = 12; // pixels within which the mouse finds a galaxy
const CLICK = 4; // a shorter drag is a click
const STEP = 4; // pixels between the corners of a lasso
const WALK = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function handle(map) {
  const { over } = map;
  over.addEventListener("pointerdown", (event) => begin(map, event));
  over.addEventListener("pointermove", (event) => (map.held ? drag(map, event) : hover(map, event)));
  over.addEventListener("pointerup", (event) => release(map, event));
  over.addEventListener("pointercancel", () => forget(map));
  over.addEventListener("pointerleave", () => map.held || point(map, -1));
  over.addEventListener("wheel", (event) => wheel(map, event), { passive: false });
  over.addEventListener("keydown", (event) => key(map, event));
  over.addEventListener("blur", () => point(map, -1));
  setMode(map, map.mode);
}

function place(event) {
  const box = event.currentTarget.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

function setMode(map, mode) {
  map.mode = mode;
  map.over.classList.toggle("pan", mode === "pan");
  for (const button of map.root.querySelectorAll("[data-mode]")) {
    button.setAttribute("aria-checked", String(button.dataset.mode === mode));
  }
}

function begin(map, event) {
  if (!map.points || event.button > 1) return;
  map.over.setPointerCapture(event.pointerId);
  const mode = event.altKey || event.button === 1 ? "pan" : map.mode;
  map.held = { mode, start: place(event), last: place(event), far: false };
  map.outline = [];
}

function drag(map, event) {
  const { held } = map;
  const at = place(event);
  held.far ||= Math.hypot(at[0] - held.start[0], at[1] - held.start[1]) > CLICK;
  if (!held.far) return;
  point(map, -1);
  if (held.mode === "pan") {
    map.over.classList.add("held");
    map.move(at[0] - held.last[0], at[1] - held.last[1]);
    held.last = at;
  } else if (held.mode === "box") {
    const [[x0, y0], [x1, y1]] = [held.start, at];
    map.outline = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
    map.ask();
  } else {
    if (!map.outline.length) map.outline.push(held.start);
    const [x, y] = map.outline.at(-1);
    if (Math.hypot(at[0] - x, at[1] - y) >= STEP) map.outline.push(at);
    map.ask();
  }
}

function release(map, event) {
  const { held, outline } = map;
  if (!held) return;
  forget(map);
  const more = event.shiftKey || event.ctrlKey || event.metaKey;
  if (!held.far) {
    const row = under(map, place(event));
    if (row >= 0) map.select([row], { toggle: more });
    else if (!more) map.select([]);
  } else if (outline.length > 2) {
    const corners = outline.map((corner) => map.toMap(...corner));
    map.select(map.points.grid.inside(corners, map.allowed), { add: more });
  }
}

function forget(map) {
  map.held = null;
  map.outline = [];
  map.over.classList.remove("held");
  map.ask();
}

function under(map, [px, py]) {
  const reach = (REACH + map.size() / 2) / map.view.scale;
  return map.points.grid.nearest(...map.toMap(px, py), reach, map.allowed);
}

function hover(map, event) {
  if (map.points && map.codes) point(map, under(map, place(event)));
}

function wheel(map, event) {
  if (!map.points) return;
  event.preventDefault();
  const lines = event.deltaMode === 1 ? 16 : 1;
  map.zoom(Math.exp(-event.deltaY * lines * 0.0016), ...place(event));
}

// --- the galaxy in question ---

function point(map, row) {
  if (row === map.hit) return;
  map.hit = row;
  map.over.classList.toggle("hit", row >= 0);
  const tip = map.find(".tip");
  tip.hidden = row < 0;
  map.ask();
  if (row < 0) return;
  const lines = told(map, row);
  tip.replaceChildren(...lines.map((text, i) => element(i ? "span" : "b", "", text)));
  const [x, y] = map.toScreen(map.points.xy[2 * row], map.points.xy[2 * row + 1]);
  const left = x + 16 + tip.offsetWidth > map.view.width ? x - 16 - tip.offsetWidth : x + 16;
  const top = Math.max(6, Math.min(y - tip.offsetHeight / 2, map.view.height - tip.offsetHeight - 6));
  tip.style.transform = `translate(${Math.round(Math.max(6, left))}px, ${Math.round(top)}px)`;
}

function told(map, row) {
  const { look } = map.data;
  const lines = [map.points.ids[row]];
  for (const fact of map.facts) {
    const name = fact.names[fact.codes[row]];
    if (name) lines.push(fact.title ? `${fact.title}: ${name}` : name);
  }
  if (map.values) {
    const value = map.values[row];
    lines.push(`${look.title}: ${Number.isNaN(value) ? "no value" : Number(value.toPrecision(4))}`);
  } else if (!map.facts.some((fact) => fact.of === look.of)) {
    const entry = look.entries.find((e) => e.code === map.codes[row]);
    if (entry) lines.push(`${look.title}: ${entry.name}`);
  }
  return lines;
}

// --- keys ---

function key(map, event) {
  if (map.points && act(map, event)) {
    event.preventDefault();
    event.stopPropagation();
  }
}

function act(map, event) {
  const walk = WALK[event.key];
  if (walk && event.shiftKey) return map.move(-60 * walk[0], 60 * walk[1]), true;
  if (walk) return step(map, walk), true;
  switch (event.key) {
    case "+": case "=": return map.zoom(1.5), true;
    case "-": return map.zoom(1 / 1.5), true;
    case "0": return map.fit(), true;
    case "Escape": return map.select([]), true;
    case "Enter": case " ":
      if (map.hit >= 0) map.select([map.hit], { toggle: event.ctrlKey || event.key === " " });
      return true;
    default: return false;
  }
}

function step(map, [dx, dy]) {
  const { xy, grid } = map.points;
  const from = map.hit >= 0 ? [xy[2 * map.hit], xy[2 * map.hit + 1]] : [map.view.x, map.view.y];
  const row = grid.towards(...from, dx, dy, map.allowed);
  if (row < 0) return;
  const [x, y] = map.toScreen(xy[2 * row], xy[2 * row + 1]);
  const { width, height } = map.view;
  if (x < 20 || y < 20 || x > width - 20 || y > height - 20) map.move(width / 2 - x, height / 2 - y);
  point(map, row);
  map.find(".live").textContent = told(map, row).join(", ");
}

// --- the legend ---

function drawLegendChips(map) {
  const { look } = map.data;
  const legend = map.find(".legend");
  const parts = [element("span", "title", look.title)];
  if (look.ramp) {
    const ramp = element("span", "ramp");
    ramp.style.background = `linear-gradient(90deg, ${look.palette.slice(look.ramp.first).join(",")})`;
    parts.push(element("span", "ends", look.ramp.low), ramp, element("span", "ends", look.ramp.high));
  }
  parts.push(...look.entries.map((entry) => chip(entry)));
  if (look.note) parts.push(element("span", "note", look.note));
  legend.replaceChildren(...parts);
  markLegendChips(map);
}

function chip(entry) {
  const button = element("button", "chip");
  button.dataset.code = entry.code;
  button.style.setProperty("--c", entry.colour);
  button.title = `Show only ${entry.mark} ${entry.name}`;
  button.append(element("span", "dot"));
  if (entry.mark) button.append(element("b", "", entry.mark));
  button.append(element("span", "", entry.name), element("span", "n", String(entry.count)));
  return button;
}

function markLegendChips(map) {
  map.find(".legend").classList.toggle("some", map.isolated.size > 0);
  for (const button of map.root.querySelectorAll(".chip")) {
    button.setAttribute("aria-pressed", String(map.isolated.has(Number(button.dataset.code))));
  }
}
