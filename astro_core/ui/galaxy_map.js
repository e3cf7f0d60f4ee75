// A map of galaxies: move and zoom, circle or click to select, isolate a kind in the legend. The
// positions come from a component of their own (galaxy_map_points.js), once; all that is picked is
// found here, and only which rows were picked goes to the server. Text is only ever textContent.

const shared = (globalThis.tuningForkMaps ??= { points: new Map(), kept: new Map(), news: new EventTarget() });

export default function (component) {
  const map = standsIn(component, ".map", GalaxyMap);
  return () => setTimeout(() => map.root.isConnected || map.stop());
}

class GalaxyMap extends Frame {
  constructor(root) {
    super(root);
    this.outline = [];
    this.hit = -1;
    this.isolated = new Set();
    this.mode = "lasso";
    this.news = () => this.begin();
    shared.news.addEventListener("points", this.news);
    this.resized = new ResizeObserver(() => this.resize());
    this.resized.observe(this.find(".stage"));
    this.canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    this.canvas.addEventListener("webglcontextrestored", () => this.paintAnew());
    root.addEventListener("click", (event) => this.onButton(event.target.closest("button")));
    handle(this);
  }

  update({ data, setStateValue }) {
    this.tell = setStateValue;
    this.data = data;
    this.over.setAttribute("aria-label", data.alt);
    if (this.points && this.map === data.map) this.colour();
    else this.begin();
  }

  stop() {
    shared.news.removeEventListener("points", this.news);
    this.resized.disconnect();
    clearTimeout(this.settling);
    this.painter?.stop();
    this.painter = null;
  }

  // --- a map's points, colours and what a person did with it before ---

  begin() {
    const points = this.data && shared.points.get(this.data.map);
    this.find(".wait").hidden = Boolean(points);
    if (!points || points === this.points) return;
    this.map = this.data.map;
    this.points = points;
    points.grid ??= new Grid(points.xy);
    this.painter ??= makePainter(this.canvas);
    this.root.dataset.painter = this.painter.kind;
    this.painter.setPoints(points.xy);
    this.flags = new Uint8Array(points.ids.length);
    this.hit = -1;
    this.looked = null;
    this.recall();
    this.fit();
    this.colour();
  }

  recall() {
    const before = shared.kept.get(this.data.place);
    if (before) this.points.ids.forEach((id, i) => before.has(id) && (this.flags[i] |= SELECTED));
  }

  paintAnew() {
    this.painter = makePainter(this.canvas);
    this.painter.setPoints(this.points.xy);
    this.looked = null;
    this.colour();
  }

  colour() {
    const { look } = this.data;
    if (look.signature !== this.looked) {
      this.looked = look.signature;
      this.codes = numbers(look.codes, Uint16Array);
      this.facts = this.data.facts.map((fact) => ({ ...fact, codes: numbers(fact.codes, Uint16Array) }));
      this.values = look.values ? numbers(look.values, Float32Array) : null;
      this.isolated.clear();
      this.painter.setColours(this.codes, look.palette);
      drawLegendChips(this);
    }
    this.readInk();
    this.flag();
  }

  readInk() {
    const style = getComputedStyle(this.root);
    const get = (name, other) => style.getPropertyValue(name).trim() || other;
    this.ink = {
      font: style.fontFamily, primary: get("--st-primary-color", "#e8c37e"),
      text: get("--st-text-color", "#e7e9ee"), ground: get("--st-background-color", "#0b0d12"),
    };
  }

  // --- what is selected and what is dimmed ---

  isDimmed(code) {
    return this.isolated.size > 0 && !this.isolated.has(code);
  }

  flag() {
    let n = 0;
    for (let i = 0; i < this.flags.length; i++) {
      const selected = this.flags[i] & SELECTED;
      n += selected;
      this.flags[i] = selected | (this.isDimmed(this.codes[i]) ? DIMMED : 0);
    }
    this.painter.setFlags(this.flags, n > 0);
    this.find('[data-do="none"]').disabled = n === 0;
    const total = this.flags.length.toLocaleString("en");
    this.find(".count").textContent = n ? `${n.toLocaleString("en")} of ${total} selected` : `${total} galaxies`;
    this.drawAnew();
  }

  select(rows, { add = false, toggle = false } = {}) {
    if (!add && !toggle) for (let i = 0; i < this.flags.length; i++) this.flags[i] &= ~SELECTED;
    for (const row of rows) this.flags[row] = toggle ? this.flags[row] ^ SELECTED : this.flags[row] | SELECTED;
    this.flag();
    const ids = this.points.ids.filter((_, i) => this.flags[i] & SELECTED);
    shared.kept.set(this.data.place, new Set(ids));
    this.find(".live").textContent = `${ids.length} selected`;
    this.tell("picked", { map: this.map, mask: encoded(this.flags) });
  }

  selectInSight() {
    const { width, height } = this.view;
    const corners = [[0, 0], [width, 0], [width, height], [0, height]];
    this.select(this.points.grid.inside(corners.map((c) => this.toMap(...c)), this.allowed));
  }

  allowed = (row) => !(this.flags[row] & DIMMED);

  isolate(code, add) {
    const was = this.isolated.has(code);
    if (!add) this.isolated.clear();
    if (was) this.isolated.delete(code);
    else this.isolated.add(code);
    markLegendChips(this);
    this.flag();
  }

  onButton(button) {
    if (!button || !this.points) return;
    const { mode, do: act, code } = button.dataset;
    if (mode) setMode(this, mode);
    else if (code !== undefined) this.isolate(Number(code), false);
    else if (act === "in" || act === "out") this.zoom(act === "in" ? 1.5 : 1 / 1.5);
    else if (act === "fit") this.fit();
    else if (act === "save") savePicture(this);
    else if (act === "all") this.selectInSight();
    else if (act === "none") this.select([]);
  }
}

function numbers(text, kind) {
  return new kind(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
}

// one bit per row, the lowest bit first
function encoded(flags) {
  const bytes = new Uint8Array(Math.ceil(flags.length / 8));
  for (let i = 0; i < flags.length; i++) if (flags[i] & SELECTED) bytes[i >> 3] |= 1 << (i & 7);
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
