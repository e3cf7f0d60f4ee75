// The picture of one galaxy: zoomed, moved and inverted, with its scale bar and compass. What was
// zoomed and moved stays so from galaxy to galaxy. Text is only ever set as textContent.

const BARS_ARCSEC = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600];
const MOST_ZOOM = 16;

class Sky {
  constructor(root) {
    this.root = root;
    this.picture = this.blank = root.querySelector(".picture");
    this.bar = root.querySelector(".bar");
    this.compass = root.querySelector(".compass");
    this.says = root.querySelector(".says");
    this.view = { zoom: 1, x: 0, y: 0, invert: false };
    root.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    root.addEventListener("pointerdown", (event) => this.onGrab(event));
    root.addEventListener("dblclick", () => this.reset());
  }

  size(side) {
    this.side = side;
    this.root.style.setProperty("--side", `${side}px`);
  }

  // Show what was decoded already, as the same element: nothing is decoded twice, nothing flickers.
  show(item, alt) {
    this.item = item;
    this.says.textContent = item ? item.problem || "" : "Fetching the picture …";
    this.says.hidden = !this.says.textContent;
    const image = item?.image || this.blank;
    if (image !== this.picture) {
      image.className = "picture";
      image.draggable = false;
      this.picture.replaceWith(image);
      this.picture = image;
    }
    image.alt = alt;
    this.draw();
  }

  draw() {
    const { zoom, x, y, invert } = this.view;
    this.picture.style.transform = `translate(${x}px, ${y}px) scale(${zoom})`;
    this.picture.classList.toggle("fine", Boolean(this.item?.image) && this.item.image.naturalWidth > this.side * zoom);
    this.root.classList.toggle("inverted", invert);
    this.root.dataset.zoom = zoom.toFixed(2);
    this.drawBar();
    this.drawCompass();
  }

  drawBar() {
    const { item } = this;
    this.bar.hidden = !(item?.image && item.scale);
    if (this.bar.hidden) return;
    const per = (item.scale * item.side_px) / (this.side * this.view.zoom); // arcsec per CSS pixel
    const fitting = BARS_ARCSEC.filter((arcsec) => arcsec / per <= this.side / 4);
    const arcsec = fitting.length ? fitting[fitting.length - 1] : BARS_ARCSEC[0];
    this.bar.querySelector("i").style.width = `${arcsec / per}px`;
    this.bar.querySelector("span").textContent = arcsec >= 60 ? `${arcsec / 60}′` : `${arcsec}″`;
  }

  drawCompass() {
    const { item } = this;
    const known = Boolean(item?.image && item.north && item.east);
    this.compass.toggleAttribute("hidden", !known);
    if (!known) return;
    for (const [name, [dx, dy]] of [["north", item.north], ["east", item.east]]) {
      const arm = this.compass.querySelector(`.${name}`);
      arm.querySelector("line").setAttribute("x2", 17 * dx);
      arm.querySelector("line").setAttribute("y2", 17 * dy);
      arm.querySelector("text").setAttribute("x", 25 * dx);
      arm.querySelector("text").setAttribute("y", 25 * dy);
    }
  }

  // --- zoom and place ---

  zoomBy(factor, at = { x: 0, y: 0 }) {
    const zoom = Math.min(MOST_ZOOM, Math.max(1, this.view.zoom * factor));
    const change = zoom / this.view.zoom;
    this.moveTo(at.x - (at.x - this.view.x) * change, at.y - (at.y - this.view.y) * change, zoom);
  }

  moveBy(dx, dy) {
    this.moveTo(this.view.x + dx, this.view.y + dy, this.view.zoom);
  }

  moveTo(x, y, zoom) {
    const most = (this.side * (zoom - 1)) / 2;
    const within = (value) => Math.min(most, Math.max(-most, value));
    this.view = { ...this.view, zoom, x: within(x), y: within(y) };
    this.draw();
  }

  reset() {
    this.view = { zoom: 1, x: 0, y: 0, invert: false };
    this.draw();
    this.onInvert?.(false);
  }

  invert(on = !this.view.invert) {
    this.view = { ...this.view, invert: on };
    this.draw();
    this.onInvert?.(on);
  }

  onWheel(event) {
    event.preventDefault();
    const area = this.root.getBoundingClientRect();
    const at = { x: event.clientX - area.left - area.width / 2, y: event.clientY - area.top - area.height / 2 };
    this.zoomBy(Math.exp(-event.deltaY / 400), at);
  }

  onGrab(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    let last = event;
    const move = (now) => {
      this.moveBy(now.clientX - last.clientX, now.clientY - last.clientY);
      last = now;
    };
    const drop = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", drop);
      window.removeEventListener("pointercancel", drop);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", drop);
    window.addEventListener("pointercancel", drop);
  }
}
