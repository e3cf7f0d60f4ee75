// The same galaxies under up to four recipes, one column each. Every column arrives as one picture
// with all its stamps below each other; it is decoded first and then drawn, so nothing flickers.
// Text is only ever set as textContent or as an attribute.

export default function (component) {
  standsIn(component, ".board", Board);
}

class Board {
  constructor(root) {
    this.root = root;
    this.shape = "";
    this.columns = [];
    root.addEventListener("keydown", (event) => this.onKey(event));
  }

  update({ data, setTriggerValue }) {
    this.tell = setTriggerValue;
    this.data = data;
    const shape = JSON.stringify([data.tiles, data.tile_px, data.large_px, data.columns.length, data.choosable]);
    if (shape !== this.shape) {
      this.shape = shape;
      this.build();
    }
    this.root.classList.toggle("fixed", !data.choosable);
    data.columns.forEach((column, i) => this.fill(this.columns[i], column));
    this.mark();
    if (data.opened && !this.opened) this.root.scrollIntoView({ block: "nearest" });
    this.opened = data.opened;
  }

  build() {
    this.root.style.gridTemplateColumns = `repeat(${this.data.columns.length}, minmax(0, 1fr))`;
    this.root.style.setProperty("--tile", `${this.data.tile_px}px`);
    this.columns = this.data.columns.map((_, i) => this.column(i));
    this.root.replaceChildren(...this.columns.map((c) => c.box));
  }

  column(index) {
    const box = element("section", "column");
    const head = element("button", "head");
    const letter = element("span", "letter");
    const title = element("span", "title");
    const note = element("p", "note");
    head.append(letter, title);
    head.addEventListener("click", () => this.data.choosable && this.tell("column", index));
    box.append(head, note);
    const large = this.data.large_px ? canvas(this.data.large_px) : null;
    if (large) {
      large.className = "large";
      box.append(large);
    }
    const tiles = element("div", "tiles");
    const stamps = this.data.tiles.map((tile) => this.tile(tile, tiles));
    box.append(tiles);
    return { box, head, letter, title, note, large, stamps, turn: 0, source: null, largeSource: null };
  }

  tile(tile, parent) {
    const button = element("button", "tile");
    const stamp = canvas(this.data.tile_px);
    const caption = element("span", "caption");
    caption.textContent = tile.caption;
    button.title = tile.id;
    button.dataset.id = tile.id;
    button.append(stamp, caption);
    button.addEventListener("click", () => this.tell("opened", tile.id));
    parent.append(button);
    return { button, stamp };
  }

  fill(column, data) {
    column.letter.textContent = data.letter;
    column.title.textContent = data.title;
    column.note.textContent = data.problem || data.note;
    column.note.classList.toggle("problem", Boolean(data.problem));
    column.head.setAttribute("aria-pressed", String(data.active));
    column.head.setAttribute("aria-label", `Recipe ${data.letter} ${data.title}`.trim());
    column.stamps.forEach(({ stamp }, i) => describe(stamp, `${this.data.tiles[i].id} ${this.data.tiles[i].caption}, ${data.title}`));
    if (column.source !== data.source) this.draw(column, data.source);
    if (column.large) {
      describe(column.large, `${this.data.opened}, ${data.title}, enlarged`);
      if (column.largeSource !== data.large) this.drawLarge(column, data.large);
    }
  }

  async draw(column, source) {
    column.source = source;
    const picture = await decoded(source);
    if (column.source !== source) return; // a newer one came meanwhile
    const side = this.data.tile_px;
    column.stamps.forEach(({ stamp }, i) => {
      const context = stamp.getContext("2d");
      context.clearRect(0, 0, side, side);
      if (picture) context.drawImage(picture, 0, i * side, side, side, 0, 0, side, side);
    });
    column.box.dataset.drawn = String(Number(column.box.dataset.drawn || 0) + 1);
  }

  async drawLarge(column, source) {
    column.largeSource = source;
    const picture = await decoded(source);
    if (column.largeSource !== source) return;
    const context = column.large.getContext("2d");
    context.clearRect(0, 0, this.data.large_px, this.data.large_px);
    if (picture) context.drawImage(picture, 0, 0);
  }

  mark() {
    for (const { stamps } of this.columns)
      for (const { button } of stamps) button.setAttribute("aria-pressed", String(button.dataset.id === this.data.opened));
  }

  onKey(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const button = event.target.closest ? event.target.closest(".tile") : null;
    if (event.key === "Escape" && this.data.opened) this.tell("opened", "");
    if (!step || !button) return;
    const next = step > 0 ? button.nextElementSibling : button.previousElementSibling;
    if (!next) return;
    event.preventDefault();
    next.focus();
    if (this.data.opened) this.tell("opened", next.dataset.id);
  }
}


function canvas(side) {
  const made = document.createElement("canvas");
  made.width = side;
  made.height = side;
  return made;
}

function describe(target, text) {
  target.setAttribute("role", "img");
  target.setAttribute("aria-label", text);
}
