// Many galaxies at once: all of them are one class, but for the exceptions that were clicked. One
// press is one act; the next galaxies show when the server says that all of it is on its disk. Text
// from catalogues and people is only ever set as textContent or as an attribute.

const AGAIN_MS = 10_000; // an act that nobody answered is sent again under the same id
const MANY = 13; // classes that stand below each other
const ACTS = [
  ["aside", "None: set all aside", "Enter"], ["undo", "Undo", "⌫"], ["suggestion", "Model", "⇧M"],
];

export default function (component) {
  const grid = standsIn(component, ".board", Grid);
  return () => grid.stop();
}

class Grid {
  constructor(root) {
    this.root = root;
    const part = (name) => root.querySelector(`.${name}`);
    this.part = { tiles: part("tiles"), nothing: part("nothing"), lead: part("lead"), classes: part("classes"), acts: part("acts"), message: part("message") };
    this.out = new Set(); // the exceptions
    this.focused = 0;
    this.outstanding = null;
    this.failed = null;
    this.open = false; // whether the model's word is shown
    this.onKey = (event) => this.key(event);
    this.part.tiles.addEventListener("click", (event) => this.clicked(event));
    this.part.tiles.addEventListener("keydown", (event) => this.tileKey(event));
    this.part.acts.append(...ACTS.map(([name, label, key]) => this.button(name, label, key, () => this.do(name))));
  }

  // --- what the server tells ---

  update({ data, setTriggerValue }) {
    this.tell = setTriggerValue;
    if (!this.listening) document.addEventListener("keydown", this.onKey);
    this.listening = true;
    const fresh = data.token !== this.data?.token;
    this.data = data;
    this.heard(fresh);
    this.build();
    this.paint();
  }

  stop() {
    this.listening = false;
    clearTimeout(this.timer);
    document.removeEventListener("keydown", this.onKey);
  }

  heard(fresh) {
    const { ack } = this.data;
    const act = this.outstanding;
    if (act && ack?.event_id === act.event_id) {
      clearTimeout(this.timer);
      this.outstanding = null;
      this.failed = ack.problem ? act : null;
      this.say(ack.problem || ack.words, Boolean(ack.problem));
      if (!ack.problem) this.root.dataset.done = String(Number(this.root.dataset.done || 0) + 1);
    } else if (act && fresh) this.send(act);
  }

  build() {
    const { data } = this;
    this.once("classes", data.classes, () => {
      this.part.classes.replaceChildren(...data.classes.map((one) => this.classButton(one)));
      this.part.classes.classList.toggle("many", data.classes.length > MANY);
    });
    this.once("items", [data.items.map((item) => item.id), data.tile_px], () => {
      const focus = this.part.tiles.contains(this.root.getRootNode().activeElement);
      this.out = new Set();
      this.since = performance.now();
      this.seen = this.open;
      this.root.style.setProperty("--tile", `${data.tile_px}px`);
      this.tiles = data.items.map((item, index) => this.tile(item, index));
      this.part.tiles.replaceChildren(...this.tiles);
      this.focused = 0;
      if (focus) this.tiles[0]?.focus();
    });
  }

  once(name, from, make) {
    const made = JSON.stringify(from);
    this.made = this.made || {};
    if (this.made[name] === made) return;
    this.made[name] = made;
    make();
  }

  // --- pieces ---

  button(name, label, key, does) {
    const button = element("button", name);
    button.type = "button";
    button.append(element("span", "", label), element("kbd", "", key));
    button.addEventListener("click", (event) => {
      if (event.detail) button.blur(); // after a click the keys work as before
      does();
    });
    return button;
  }

  classButton(one) {
    const button = this.button("class", one.label, one.key.toUpperCase(), () => this.answer(one.name));
    button.dataset.name = one.name;
    button.title = one.help || "";
    button.style.setProperty("--class", one.colour);
    button.prepend(element("i"));
    return button;
  }

  tile(item, index) {
    const tile = element("figure", "tile");
    tile.setAttribute("role", "option");
    tile.setAttribute("aria-label", `Galaxy ${item.id}`);
    Object.assign(tile.dataset, { id: item.id, index });
    tile.title = item.id;
    if (item.src) {
      const image = element("img");
      image.alt = "";
      image.draggable = false;
      image.onload = () => image.classList.toggle("fine", image.naturalWidth > this.data.tile_px);
      image.src = item.src;
      tile.append(image);
    } else tile.append(element("div", "missing", "No image"));
    const out = element("div", "out");
    out.append(element("b", "", "✕"), element("span", "", "exception"));
    tile.append(out);
    return tile;
  }

  paint() {
    const { data, part } = this;
    const n = data.items.length - this.out.size;
    const state = this.outstanding ? "storing" : data.items.length ? "ready" : "ended";
    this.root.dataset.state = state;
    part.nothing.hidden = state !== "ended";
    part.nothing.textContent = data.items.length ? "" : "Nothing more is waiting for you in this queue.";
    part.lead.textContent = this.out.size ? `The ${n} others are all …` : `All ${n} of these are …`;
    this.tiles.forEach((tile, index) => {
      const item = data.items[index];
      tile.setAttribute("aria-selected", String(this.out.has(item.id)));
      tile.tabIndex = index === this.focused ? 0 : -1;
      tile.querySelector(".word")?.remove();
      if (this.open && item.suggested) tile.append(element("span", "word", item.suggested));
    });
    const still = String(state !== "ready" || n === 0);
    for (const button of part.classes.children) button.setAttribute("aria-disabled", still);
    const model = part.acts.querySelector(".suggestion");
    model.hidden = !data.items.some((item) => item.suggested);
    model.setAttribute("aria-pressed", String(this.open));
  }

  say(words, problem = false) {
    this.part.message.textContent = words;
    this.part.message.classList.toggle("problem", problem);
  }

  // --- acts ---

  answer(name) {
    const ids = this.data.items.map((item) => item.id).filter((id) => !this.out.has(id));
    if (this.outstanding || !ids.length) return;
    const same = this.failed?.kind === "label" && this.failed.class_name === name && String(this.failed.ids) === String(ids);
    this.send({
      event_id: same ? this.failed.event_id : newEventId(), kind: "label", class_name: name, ids, aside: [...this.out],
      seconds: Math.round(performance.now() - this.since) / 1000, shown: this.seen,
    });
  }

  do(what) {
    if (what === "suggestion") {
      this.open = !this.open && this.data.items.some((item) => item.suggested);
      this.seen = this.seen || this.open;
      this.paint();
    }
    if (this.outstanding) return;
    if (what === "undo") {
      const same = this.failed?.kind === "undo";
      this.send({ event_id: same ? this.failed.event_id : newEventId(), kind: "undo" });
    }
    if (what === "aside" && this.data.items.length) {
      this.send({ event_id: newEventId(), kind: "aside", aside: this.data.items.map((item) => item.id) });
    }
  }

  send(act) {
    this.outstanding = act;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.say("No answer yet; sending it again …", true);
      this.send(act);
    }, AGAIN_MS);
    this.tell("act", { ...act, sent: Date.now() });
    this.paint();
  }

  toggle(index) {
    const id = this.data.items[index]?.id;
    if (!id || this.outstanding) return;
    if (!this.out.delete(id)) this.out.add(id);
    this.paint();
  }

  // --- mouse and keys ---

  clicked(event) {
    const tile = event.target.closest(".tile");
    if (!tile) return;
    this.focus(Number(tile.dataset.index));
    this.toggle(this.focused);
  }

  focus(index) {
    this.focused = Math.min(Math.max(index, 0), this.tiles.length - 1);
    this.paint();
    this.tiles[this.focused]?.focus({ preventScroll: false });
  }

  columns() {
    const second = this.tiles.findIndex((tile) => tile.offsetTop !== this.tiles[0].offsetTop);
    return second === -1 ? this.tiles.length : second;
  }

  tileKey(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.columns(), ArrowUp: -this.columns() }[event.key];
    if (step === undefined && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    if (step === undefined) this.toggle(this.focused);
    else if (this.tiles[this.focused + step]) this.focus(this.focused + step);
  }

  key(event) {
    const asked = meaning(event, this.data.classes, this.root);
    if (!asked || event.repeat) return;
    const does = { comment: "aside", undo: "undo", suggestion: "suggestion" }[asked.does];
    if (asked.class === undefined && !does) return this.enter(event, asked.does);
    event.preventDefault();
    event.stopPropagation();
    if (does) this.do(does);
    else this.answer(this.data.classes[asked.class].name);
  }

  // Arrows and Space find their way to the stamps from anywhere on the page.
  enter(event, what) {
    if (!["forward", "back", "farther", "closer", "skip"].includes(what) || !this.tiles.length) return;
    event.preventDefault();
    this.focus(this.focused);
  }
}
