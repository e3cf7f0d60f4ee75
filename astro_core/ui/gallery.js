// A grid of stamps that is worked by mouse, touch and keyboard. Text from catalogues is only ever
// set as textContent or as an attribute.

const CLICK_MS = 170; // a second click within this time opens instead

export default function (component) {
  const gallery = standsIn(component, ".gallery", Gallery);
  return () => gallery.stop();
}

class Gallery {
  constructor(root) {
    this.root = root;
    this.selected = [];
    this.focused = 0;
    this.anchor = 0;
    this.wanted = null; // which end to focus after a page was turned
    this.version = null;
    this.signature = null;
    root.addEventListener("click", (event) => this.onClick(event));
    root.addEventListener("dblclick", (event) => this.onDoubleClick(event));
    root.addEventListener("keydown", (event) => this.onKey(event));
    root.addEventListener("focusin", (event) => this.onFocus(event));
  }

  update(component) {
    const { data } = component;
    this.setState = component.setStateValue;
    this.trigger = component.setTriggerValue;
    this.data = data;
    this.items = data.items;
    this.ids = data.items.map((item) => item.id);
    if (data.version !== this.version) {
      this.version = data.version;
      this.selected = [...data.selected];
    }
    if (data.signature !== this.signature) {
      this.signature = data.signature;
      this.draw();
    }
    this.paint();
  }

  stop() {
    clearTimeout(this.timer);
  }

  draw() {
    const { root, data } = this;
    root.style.setProperty("--tile", `${data.tile_px}px`);
    root.classList.toggle("selectable", data.selectable);
    root.setAttribute("aria-label", data.label);
    root.replaceChildren(...this.items.map((item, index) => this.tile(item, index)));
    this.focused = Math.min(this.focused, Math.max(this.items.length - 1, 0));
    if (this.wanted !== null && this.items.length) {
      this.focus(this.wanted === "last" ? this.items.length - 1 : 0);
      this.wanted = null;
    }
  }

  tile(item, index) {
    const tile = element("figure", "tile");
    tile.setAttribute("role", "option");
    tile.setAttribute("aria-label", item.alt);
    tile.dataset.index = index;
    tile.dataset.objectId = item.id;
    tile.title = item.alt;
    if (item.colour) tile.style.setProperty("--class", item.colour);
    const frame = element("div", "frame");
    frame.append(item.src ? this.image(item) : element("div", "missing", "No image"));
    frame.append(element("div", `ring ring-${item.ring}`));
    if (item.badge) frame.append(element("span", "badge", item.badge));
    tile.append(frame);
    if (this.data.selectable) {
      const mark = element("span", "mark");
      mark.setAttribute("aria-hidden", "true");
      tile.append(mark);
    }
    if (item.caption) tile.append(element("figcaption", "caption", item.caption));
    return tile;
  }

  image(item) {
    const image = element("img");
    image.alt = item.alt;
    image.draggable = false;
    image.decoding = "async";
    image.onload = () => {
      const shown = this.data.tile_px * (window.devicePixelRatio || 1);
      image.classList.toggle("whole", Number.isInteger(shown / image.naturalWidth));
    };
    image.src = item.src;
    return image;
  }

  paint() {
    const chosen = new Set(this.selected);
    [...this.root.children].forEach((tile, index) => {
      tile.setAttribute("aria-selected", String(chosen.has(tile.dataset.objectId)));
      tile.tabIndex = index === this.focused ? 0 : -1;
    });
  }

  // --- what was chosen ---

  choose(ids) {
    this.selected = ids;
    this.paint();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.setState("selected", this.selected), CLICK_MS);
  }

  toggle(id) {
    const rest = this.selected.filter((other) => other !== id);
    this.choose(rest.length < this.selected.length ? rest : [...this.selected, id]);
  }

  range(index) {
    const [low, high] = [Math.min(this.anchor, index), Math.max(this.anchor, index)];
    const here = new Set(this.ids);
    const elsewhere = this.selected.filter((id) => !here.has(id));
    this.choose([...elsewhere, ...this.ids.slice(low, high + 1)]);
  }

  open(index) {
    clearTimeout(this.timer);
    this.setState("selected", this.selected);
    this.trigger("opened", this.ids[index]);
  }

  turn(to) {
    const allowed = to === "next" || to === "last" ? this.data.has_next : this.data.has_previous;
    if (!allowed) return false;
    this.wanted = to === "previous" ? "last" : "first";
    this.trigger("turn", to);
    return true;
  }

  // --- mouse and touch ---

  indexOf(event) {
    const tile = event.target.closest(".tile");
    return tile ? Number(tile.dataset.index) : null;
  }

  onClick(event) {
    const index = this.indexOf(event);
    if (index === null) return;
    this.focus(index);
    if (!this.data.selectable) return this.open(index);
    const marked = event.target.classList.contains("mark");
    if (event.shiftKey) return this.range(index);
    this.anchor = index;
    if (marked || event.ctrlKey || event.metaKey) return this.toggle(this.ids[index]);
    this.choose([this.ids[index]]);
  }

  onDoubleClick(event) {
    const index = this.indexOf(event);
    if (index !== null && this.data.selectable) this.open(index);
  }

  // --- keyboard ---

  onFocus(event) {
    const index = this.indexOf(event);
    if (index === null || index === this.focused) return;
    this.focused = index;
    this.paint();
  }

  focus(index) {
    this.focused = index;
    this.paint();
    this.root.children[index]?.focus({ preventScroll: false });
  }

  columns() {
    const tops = [...this.root.children].map((tile) => tile.offsetTop);
    const second = tops.findIndex((top) => top !== tops[0]);
    return second === -1 ? Math.max(tops.length, 1) : second;
  }

  onKey(event) {
    const acted = this.act(event);
    if (acted) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  act(event) {
    const step = {
      ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.columns(), ArrowUp: -this.columns(),
    }[event.key];
    if (step !== undefined) return this.move(this.focused + step, event);
    switch (event.key) {
      case "Home": return event.ctrlKey ? this.turn("first") : this.move(0, event);
      case "End": return event.ctrlKey ? this.turn("last") : this.move(this.ids.length - 1, event);
      case "PageDown": return this.turn("next");
      case "PageUp": return this.turn("previous");
      case "Enter": this.open(this.focused); return true;
      case " ": return this.pressSpace(event);
      case "Escape": return this.clear();
      case "a": return event.ctrlKey || event.metaKey ? this.all() : false;
      default: return false;
    }
  }

  move(index, event) {
    if (index >= this.ids.length) return event.key === "ArrowDown" ? true : this.turn("next");
    if (index < 0) return event.key === "ArrowUp" ? true : this.turn("previous");
    this.focus(index);
    if (event.shiftKey && this.data.selectable) this.range(index);
    else this.anchor = index;
    return true;
  }

  pressSpace(event) {
    if (!this.data.selectable) return false;
    if (event.shiftKey) this.range(this.focused);
    else this.toggle(this.ids[this.focused]);
    return true;
  }

  clear() {
    if (!this.data.selectable || !this.selected.length) return false;
    this.choose([]);
    return true;
  }

  all() {
    if (!this.data.selectable) return false;
    this.choose([...new Set([...this.selected, ...this.ids])]);
    return true;
  }
}
