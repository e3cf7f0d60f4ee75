// A map of galaxies: move and zoom, circle or click to select, isolate a kind in the legend. The
// positions come from a component of their own (galaxy_map_points.js), once; all that is picked is
// found here, and only which rows were picked goes to the server. Text is only ever textContent.

const maps = new WeakMap();
const shared = (globalThis.tuningForkMaps ??= { points: new Map(), kept: new Map(), news: new EventTarget() });

export default function (component) {
  const root = component.parentElement.querySelector(".map");
  let map = maps.get(root);
  if (!map) {
    map = new GalaxyMap(root);
    maps.set(root, map);
  }
  map.update(component);
  return () => setTimeout(() => root.isConnected || map.stop());
}

class GalaxyMap {
  constructor(root) {
    this.root = root;
    this.find = (name) => root.querySelector(name);
    this.canvas = this.find(".points");
    this.over = this.find(".over");
    this.view = { x: 0, y: 0, scale: 1, width: 1, height: 1 };
    this.outline = [];
    this.hit = -1;
    this.isolated = new Set();
    this.mode = "lasso";
    this.drawn = 0;
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

  get kept() {
    if (!shared.kept.has(this.data.place)) shared.kept.set(this.data.place, { ids: null, map: "" });
    return shared.kept.get(this.data.place);
  }

  recall() {
    const { kept } = this;
    if (!kept.ids) return;
    this.points.ids.forEach((id, i) => kept.ids.has(id) && (this.flags[i] |= SELECTED));
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
      this.codes = decoded(look.codes, Uint16Array);
      this.facts = this.data.facts.map((fact) => ({ ...fact, codes: decoded(fact.codes, Uint16Array) }));
      this.values = look.values ? decoded(look.values, Float32Array) : null;
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

  // --- drawing ---

  resize() {
    const { clientWidth: width, clientHeight: height } = this.find(".stage");
    if (!width || !height || (width === this.view.width && height === this.view.height)) return;
    const before = this.fitted();
    Object.assign(this.view, { width, height });
    const ratio = window.devicePixelRatio || 1;
    for (const canvas of [this.canvas, this.over]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    if (this.points) {
      this.view.scale *= this.fitted() / before;
      this.draw();
    }
  }

  fitted() {
    if (!this.points) return 1;
    const { low, high } = this.points.grid;
    const spans = [high[0] - low[0] || 1, high[1] - low[1] || 1];
    const room = [this.view.width - 48, this.view.height - 48].map((side) => Math.max(side, 40));
    return Math.min(room[0] / spans[0], room[1] / spans[1]);
  }

  fit() {
    const { low, high } = this.points.grid;
    Object.assign(this.view, { x: (low[0] + high[0]) / 2, y: (low[1] + high[1]) / 2, scale: this.fitted() });
    this.ask();
  }

  size() {
    const base = Math.max(2.6, Math.min(7, 230 / Math.sqrt(this.points.ids.length)));
    return base * Math.min(2.2, (this.view.scale / this.fitted()) ** 0.35);
  }

  ask() {
    this.asked ??= requestAnimationFrame(() => this.draw());
  }

  draw() {
    cancelAnimationFrame(this.asked);
    this.asked = null;
    if (!this.points || !this.painter || !this.codes) return;
    const n = this.points.ids.length;
    this.painter.draw(this.view, this.size(), n > 20_000 ? 0.65 : 0.85);
    drawOver(this, this.over.getContext("2d"), this.over.width / this.view.width);
    this.root.dataset.drawn = String(++this.drawn);
  }

  drawnLarge(ratio) {
    const sides = [this.canvas.width, this.canvas.height];
    const copies = [this.canvas, this.over].map((canvas) => {
      canvas.width = this.view.width * ratio;
      canvas.height = this.view.height * ratio;
      return document.createElement("canvas");
    });
    this.draw();
    [this.canvas, this.over].forEach((canvas, i) => {
      Object.assign(copies[i], { width: canvas.width, height: canvas.height });
      copies[i].getContext("2d").drawImage(canvas, 0, 0);
      [canvas.width, canvas.height] = sides;
    });
    return copies;
  }

  toScreen(x, y) {
    const { view } = this;
    return [(x - view.x) * view.scale + view.width / 2, view.height / 2 - (y - view.y) * view.scale];
  }

  toMap(px, py) {
    const { view } = this;
    return [view.x + (px - view.width / 2) / view.scale, view.y - (py - view.height / 2) / view.scale];
  }

  move(dx, dy) {
    this.view.x -= dx / this.view.scale;
    this.view.y += dy / this.view.scale;
    this.ask();
  }

  zoom(factor, px = this.view.width / 2, py = this.view.height / 2) {
    const [x, y] = this.toMap(px, py);
    const whole = this.fitted();
    this.view.scale = Math.max(whole * 0.5, Math.min(whole * 300, this.view.scale * factor));
    const [x2, y2] = this.toMap(px, py);
    this.view.x += x - x2;
    this.view.y += y - y2;
    this.ask();
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
    this.ask();
  }

  select(rows, { add = false, toggle = false } = {}) {
    if (!add && !toggle) for (let i = 0; i < this.flags.length; i++) this.flags[i] &= ~SELECTED;
    for (const row of rows) this.flags[row] = toggle ? this.flags[row] ^ SELECTED : this.flags[row] | SELECTED;
    this.flag();
    const ids = this.points.ids.filter((_, i) => this.flags[i] & SELECTED);
    Object.assign(this.kept, { ids: new Set(ids) });
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

function decoded(text, kind) {
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
