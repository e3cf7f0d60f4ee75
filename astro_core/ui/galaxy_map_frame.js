// Which part of the map is seen and how it comes on the screen, frame by frame.

const BEYOND = 0.25; // how far points are drawn past each edge, for the side that is seen
const STRETCH = 1.25;
const STILL = "none";
const SETTLE_MS = 140;

class Frame {
  constructor(root) {
    this.root = root;
    this.find = (name) => root.querySelector(name);
    this.canvas = this.find(".points");
    this.over = this.find(".over");
    this.view = { x: 0, y: 0, scale: 1, width: 1, height: 1 }; // middle of the map, pixels per unit
    this.frames = 0;
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.find(".stage");
    if (!width || !height || (width === this.view.width && height === this.view.height)) return;
    const before = this.fitted();
    Object.assign(this.view, { width, height });
    this.layOut(window.devicePixelRatio || 1);
    if (this.points) {
      this.view.scale *= this.fitted() / before;
      this.picture = null;
      this.draw();
    }
  }

  // whole pixels, or the browser would blur the points
  layOut(ratio) {
    const { width, height } = this.view;
    const [left, top] = [width, height].map((side) => Math.round(side * BEYOND));
    this.wide = { width: width + 2 * left, height: height + 2 * top };
    for (const side of ["width", "height"]) this.canvas.style[side] = `${this.wide[side]}px`;
    Object.assign(this.canvas.style, { left: `${-left}px`, top: `${-top}px` });
    sized(this.canvas, this.wide.width * ratio, this.wide.height * ratio);
    sized(this.over, width * ratio, height * ratio);
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
    this.drawAnew();
  }

  size() {
    const base = Math.max(2.6, Math.min(7, 230 / Math.sqrt(this.points.ids.length)));
    return base * Math.min(2.2, (this.view.scale / this.fitted()) ** 0.35);
  }

  ask() {
    this.asked ??= requestAnimationFrame(() => this.draw());
  }

  drawAnew() {
    this.picture = null;
    this.ask();
  }

  // Points are drawn beyond the edges; moving shifts that picture until it no longer reaches, and
  // zooming stretches it a little. Where WebGL is done by software that is ten times faster.
  draw() {
    cancelAnimationFrame(this.asked);
    this.asked = null;
    if (!this.points || !this.painter || !this.codes) return;
    clearTimeout(this.settling);
    if (!this.picture || !this.shifted()) this.paint();
    else if (this.canvas.style.transform !== STILL) this.settling = setTimeout(() => this.settle(), SETTLE_MS);
    drawOver(this, this.over.getContext("2d"), this.over.width / this.view.width);
    this.root.dataset.drawn = String(++this.frames);
  }

  settle() {
    if (this.held) this.settling = setTimeout(() => this.settle(), SETTLE_MS);
    else this.drawAnew();
  }

  paint() {
    const { view } = this;
    this.painter.draw({ ...view, ...this.wide }, this.size(), this.points.ids.length > 20_000 ? 0.65 : 0.85);
    this.picture = { ...view };
    this.canvas.style.transform = STILL;
  }

  shifted() {
    const { picture, view } = this;
    const grown = view.scale / picture.scale;
    if (grown > STRETCH || grown < 1 / STRETCH) return false;
    const dx = Math.round((picture.x - view.x) * view.scale);
    const dy = Math.round((view.y - picture.y) * view.scale);
    if (Math.abs(dx) > (this.wide.width * grown - view.width) / 2) return false;
    if (Math.abs(dy) > (this.wide.height * grown - view.height) / 2) return false;
    this.canvas.style.transform = `translate(${dx}px, ${dy}px) scale(${grown})`;
    return true;
  }

  // the map without what lies past its edges, at another number of pixels
  drawnLarge(ratio) {
    const { width, height } = this.view;
    this.layOut(ratio);
    this.picture = null;
    this.draw();
    const copies = [this.canvas, this.over].map((canvas, i) => {
      const copy = sized(document.createElement("canvas"), width * ratio, height * ratio);
      const edges = [this.wide.width - width, this.wide.height - height].map((both) => (-both / 2) * ratio);
      copy.getContext("2d").drawImage(canvas, ...(i ? [0, 0] : edges));
      return copy;
    });
    this.layOut(window.devicePixelRatio || 1);
    this.picture = null;
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
}

function sized(canvas, width, height) {
  canvas.width = Math.round(width);
  canvas.height = Math.round(height);
  return canvas;
}
