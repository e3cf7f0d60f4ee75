// A picture with boxes around its galaxies. A click chooses a box; a drag on the sky draws one, a drag
// on the chosen box moves it, a drag on its corners resizes it. All of that works by keys, too.
// A box is shown as it was left at once; the server says how it stands then.

const START_PX = 4; // from which on a press is a drag
const SMALL_PX = 26; // of the screen: corners of a smaller box stand beside it
const SMALLEST_PX = 2; // of the picture
const SETTLED_MS = 500; // without another arrow key
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export default function (component) {
  const board = standsIn(component, ".board", Board);
  return () => board.stop();
}

class Board {
  constructor(root) {
    this.root = root;
    this.sky = root.querySelector(".sky");
    this.layer = root.querySelector(".boxes");
    this.draft = root.querySelector(".drawing");
    this.press = null;
    this.signature = null;
    root.addEventListener("keydown", (event) => this.onKey(event));
    this.sky.addEventListener("pointerdown", (event) => this.onDown(event));
    this.sky.addEventListener("pointermove", (event) => this.onMove(event));
    this.sky.addEventListener("pointerup", (event) => this.onUp(event));
    this.sky.addEventListener("pointercancel", () => this.drop());
    root.querySelector(".new").addEventListener("click", () => this.add());
    root.querySelector(".remove").addEventListener("click", () => this.remove(this.selected));
    root.querySelector(".undo").addEventListener("click", () => this.undo());
  }

  update({ data, setTriggerValue }) {
    this.tell = (told) => setTriggerValue("told", told);
    if (data.signature === this.signature) return;
    const focused = Number(this.root.getRootNode().activeElement?.closest?.(".box")?.dataset.place ?? -1);
    this.signature = data.signature;
    this.data = data;
    this.boxes = data.boxes.map((box, from) => ({ ...box, from, moved: false }));
    this.selected = data.selected;
    this.root.classList.toggle("may", data.may_draw);
    this.sky.style.setProperty("--ratio", data.width / data.height);
    this.sky.style.setProperty("--most", `${data.most_px}px`);
    const picture = this.root.querySelector(".picture");
    if (picture.src !== data.src) picture.src = data.src;
    picture.alt = data.alt;
    picture.classList.toggle("whole", data.width <= 256);
    this.scale();
    this.draw();
    if (focused >= 0) this.layer.children[this.selected]?.focus({ preventScroll: true });
    this.say(data.message, data.problem);
  }

  stop() {
    clearTimeout(this.timer);
  }

  scale() {
    const bar = this.root.querySelector(".scale");
    const { arcsec_per_px: arcsec, width } = this.data;
    bar.hidden = !arcsec;
    if (!arcsec) return;
    const long = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800].filter((s) => s / arcsec < 0.3 * width).pop();
    bar.hidden = !long;
    bar.querySelector("span").textContent = long >= 60 ? `${long / 60}′` : `${long}″`;
    bar.querySelector("i").style.width = `${((long / arcsec) * this.sky.clientWidth) / width}px`;
  }

  // --- drawing ---

  draw() {
    const { may_draw: may } = this.data;
    this.layer.replaceChildren(...this.boxes.map((box, place) => this.mark(box, place)));
    this.root.querySelector(".remove").disabled = !may || !this.boxes[this.selected];
    this.root.querySelector(".new").disabled = !may;
    this.root.querySelector(".undo").disabled = !may || !this.data.may_undo;
    this.root.querySelector(".hint").textContent = this.data.hint;
  }

  mark(box, place) {
    const chosen = place === this.selected;
    const mark = element("div", `box ${box.ring}`);
    mark.dataset.place = place;
    mark.tabIndex = 0;
    mark.setAttribute("role", "button");
    mark.setAttribute("aria-pressed", String(chosen));
    mark.setAttribute("aria-label", box.alt);
    mark.title = box.alt;
    mark.style.setProperty("--class", box.colour);
    if (box.tag) mark.append(element("span", "tag", box.tag));
    if (chosen && this.data.may_draw)
      for (const corner of ["x0 y0", "x1 y0", "x0 y1", "x1 y1"]) mark.append(element("span", `handle ${corner}`));
    this.put(mark, box);
    return mark;
  }

  put(mark, { x0, y0, x1, y1 }) {
    const { width, height } = this.data;
    const [left, top] = [(100 * x0) / width, (100 * y0) / height];
    mark.style.cssText += `left:${left}%;top:${top}%;width:${(100 * (x1 - x0)) / width}%;height:${(100 * (y1 - y0)) / height}%`;
    mark.classList.toggle("high", top < 6);
    mark.classList.toggle("small", (Math.min(x1 - x0, y1 - y0) * this.sky.clientWidth) / width < SMALL_PX);
  }

  // --- what is done ---

  choose(place) {
    if (!this.boxes[place]) return;
    this.selected = place;
    this.draw();
    this.layer.children[place].focus({ preventScroll: true });
    this.tell({ kind: "pick", place });
  }

  changed(place) {
    this.selected = place;
    this.draw();
    this.layer.children[place]?.focus({ preventScroll: true });
    const boxes = this.boxes.map(({ x0, y0, x1, y1, from, moved }) => ({ x0, y0, x1, y1, from, moved }));
    this.tell({ kind: "change", event_id: newEventId(), shown: this.data.shown, boxes, place });
  }

  undo() {
    if (this.data.may_draw && this.data.may_undo) this.tell({ kind: "undo", event_id: newEventId() });
  }

  remove(place) {
    if (!this.data.may_draw || !this.boxes[place]) return;
    this.boxes.splice(place, 1);
    this.changed(Math.min(place, this.boxes.length - 1));
  }

  add() {
    if (!this.data.may_draw) return;
    const { width, height } = this.data;
    const side = Math.min(width, height) / 4;
    this.place({ x0: (width - side) / 2, y0: (height - side) / 2, x1: (width + side) / 2, y1: (height + side) / 2 });
  }

  place(corners) {
    const said = { ring: "model", colour: "#e7e9ee", tag: "", alt: "New box" };
    this.boxes.push({ ...said, ...corners, from: -1, moved: true });
    this.changed(this.boxes.length - 1);
  }

  say(words, problem = false) {
    const line = this.root.querySelector(".message");
    line.textContent = words || "";
    line.classList.toggle("problem", Boolean(problem));
  }

  // --- mouse and touch ---

  at(event) {
    const area = this.sky.getBoundingClientRect();
    const { width, height } = this.data;
    const inside = (value, most) => Math.min(Math.max(value, 0), most);
    return {
      x: inside(((event.clientX - area.left) / area.width) * width, width),
      y: inside(((event.clientY - area.top) / area.height) * height, height),
    };
  }

  onDown(event) {
    if (event.button !== 0) return;
    const mark = event.target.closest(".box");
    const handle = event.target.closest(".handle");
    const place = mark ? Number(mark.dataset.place) : -1;
    const mine = this.data.may_draw && place === this.selected && !event.shiftKey;
    const does = handle ? "resize" : mine ? "move" : "draw";
    const box = does === "draw" ? null : { ...this.boxes[place] };
    this.press = { does, place, box, from: this.at(event), event, dragged: false, corner: handle?.className ?? "" };
    this.sky.setPointerCapture(event.pointerId);
  }

  onMove(event) {
    const { press } = this;
    if (!press) return;
    const far = Math.hypot(event.clientX - press.event.clientX, event.clientY - press.event.clientY);
    if (!press.dragged && (far < START_PX || !this.data.may_draw)) return;
    press.dragged = true;
    const to = this.at(event);
    if (press.does === "draw") {
      press.drawn = between(press.from, to);
      this.draft.hidden = false;
      this.put(this.draft, press.drawn);
      return;
    }
    const now = press.does === "move" ? this.shifted(press, to) : resized(press, to);
    Object.assign(this.boxes[press.place], now, { moved: true });
    this.put(this.layer.children[press.place], this.boxes[press.place]);
  }

  shifted({ box, from }, to) {
    const { width, height } = this.data;
    const dx = Math.min(Math.max(to.x - from.x, -box.x0), width - box.x1);
    const dy = Math.min(Math.max(to.y - from.y, -box.y0), height - box.y1);
    return { x0: box.x0 + dx, x1: box.x1 + dx, y0: box.y0 + dy, y1: box.y1 + dy };
  }

  onUp() {
    const { press } = this;
    this.drop();
    if (!press) return;
    if (!press.dragged) return press.place >= 0 && this.choose(press.place);
    if (press.does !== "draw") return this.changed(press.place);
    if (large(press.drawn)) this.place(press.drawn);
  }

  drop() {
    this.press = null;
    this.draft.hidden = true;
  }

  // --- keyboard ---

  onKey(event) {
    if (this.act(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  act(event) {
    const mark = event.target.closest?.(".box");
    const place = mark ? Number(mark.dataset.place) : -1;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") return this.undo(), true;
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key.toLowerCase() === "n") return this.add(), true;
    if (place < 0) return false;
    if (STEPS[event.key]) return this.nudge(place, STEPS[event.key], event.shiftKey), true;
    if (event.key === "Delete" || event.key === "Backspace") return this.remove(place), true;
    if (event.key === " " || (event.key === "Enter" && place !== this.selected)) return this.choose(place), true;
    return false;
  }

  // Arrows move a box by a pixel; with Shift they move its right and lower edge.
  nudge(place, [dx, dy], edge) {
    if (!this.data.may_draw) return;
    const { width, height } = this.data;
    const box = this.boxes[place];
    const now = { ...box, x1: box.x1 + dx, y1: box.y1 + dy };
    if (!edge) Object.assign(now, { x0: box.x0 + dx, y0: box.y0 + dy });
    if (now.x0 < 0 || now.y0 < 0 || now.x1 > width || now.y1 > height || !large(now)) return;
    Object.assign(box, now, { moved: true });
    this.put(this.layer.children[place], box);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.changed(place), SETTLED_MS);
  }
}

function between(a, b) {
  return { x0: Math.min(a.x, b.x), x1: Math.max(a.x, b.x), y0: Math.min(a.y, b.y), y1: Math.max(a.y, b.y) };
}

function resized({ box, corner }, { x, y }) {
  const opposite = { x: corner.includes("x0") ? box.x1 : box.x0, y: corner.includes("y0") ? box.y1 : box.y0 };
  const now = between(opposite, { x, y });
  return large(now) ? now : {};
}

function large({ x0, y0, x1, y1 }) {
  return Math.min(x1 - x0, y1 - y0) > SMALLEST_PX;
}
