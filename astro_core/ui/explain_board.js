// A galaxy as the network sees it, and maps over it. A map comes as a grey picture; its colours and
// its opacity are made here, so that the slider answers at once. Text is only ever set as
// textContent or as an attribute.

const KEPT = "tuning-fork:explain-map"; // the opacity outlives the page

export default function (component) {
  standsIn(component, ".board", Board);
}

class Board {
  constructor(root) {
    this.root = root;
    this.signature = null;
    this.panels = [];
    this.slider = root.querySelector("#opacity");
    this.line = root.querySelector(".line");
    const kept = remembered();
    this.slider.value = kept.opacity;
    this.line.checked = kept.line;
    for (const input of [this.slider, this.line]) input.addEventListener("input", () => this.turned());
  }

  update({ data, setTriggerValue }) {
    this.tell = setTriggerValue;
    if (data.signature === this.signature) return;
    this.signature = data.signature;
    this.table = colours(data.stops);
    this.root.querySelector(".bar").style.background = `linear-gradient(90deg, ${data.stops.join(",")})`;
    const box = this.root.querySelector(".panels");
    box.style.gridTemplateColumns = data.columns.map((side) => `${side}px`).join(" ");
    this.panels = data.panels.map((panel) => this.panel(panel));
    box.replaceChildren(...this.panels.map((panel) => panel.box));
    this.panels.forEach((panel) => this.load(panel));
  }

  panel(data) {
    const box = element("figure", `panel${data.large ? " large" : ""}${data.pick ? " pick" : ""}`);
    box.style.setProperty("--side", `${data.side}px`);
    box.dataset.name = data.name;
    const head = element("div", "head");
    const title = element(data.pick ? "button" : "span", "title", data.title);
    head.append(title);
    const frame = element("div", "frame");
    const canvas = element("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", data.alt);
    const ring = element("div", "ring");
    frame.append(canvas, ring);
    const note = element("p", "note", data.note);
    box.append(head, frame, note);
    const panel = { data, box, frame, canvas, ring, note, stamp: null, heat: null };
    if (data.saying) frame.append(element("div", "said", data.saying));
    if (data.pick) for (const part of [title, frame]) part.addEventListener("click", () => this.tell("picked", data.name));
    else head.append(this.save(panel));
    frame.addEventListener("pointermove", (event) => this.point(panel, event));
    frame.addEventListener("pointerleave", () => this.point(null));
    return panel;
  }

  save(panel) {
    const button = element("button", "save", "PNG");
    button.title = `Save "${panel.data.title}" as shown`;
    button.setAttribute("aria-label", button.title);
    button.addEventListener("click", () => {
      panel.canvas.toBlob((blob) => {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(blob);
        link.download = panel.data.file;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      });
    });
    return button;
  }

  async load(panel) {
    const [stamp, heat] = await Promise.all([decoded(panel.data.image), decoded(panel.data.heat)]);
    panel.stamp = stamp;
    panel.heat = heat && values(heat);
    panel.outline = panel.heat && panel.data.line ? outline(panel.heat) : [];
    this.draw(panel);
  }

  draw(panel) {
    const { canvas, stamp, heat } = panel;
    const side = Math.round(panel.data.side * Math.max(1, window.devicePixelRatio || 1));
    canvas.width = canvas.height = side;
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false; // stamps are never blurred
    if (stamp) context.drawImage(stamp, 0, 0, side, side);
    if (heat) {
      context.imageSmoothingEnabled = true;
      context.imageSmoothingQuality = "high";
      context.drawImage(this.coloured(panel), 0, 0, side, side);
      if (this.line.checked && this.slider.value > 0) stroke(context, panel.outline, side / heat.side);
    }
    panel.box.dataset.drawn = String(this.slider.value);
  }

  coloured({ heat }) {
    const opacity = this.slider.value / 100;
    const picture = document.createElement("canvas");
    picture.width = picture.height = heat.side;
    const context = picture.getContext("2d");
    const pixels = context.createImageData(heat.side, heat.side);
    heat.grey.forEach((value, at) => {
      const low = 2 * opacity * (value / 255); // up to the middle only where the map is strong
      const alpha = opacity <= 0.5 ? low : value / 255 + (1 - value / 255) * (2 * opacity - 1);
      pixels.data.set(this.table[value], 4 * at);
      pixels.data[4 * at + 3] = Math.round(255 * Math.min(alpha, 1));
    });
    context.putImageData(pixels, 0, 0);
    return picture;
  }

  turned() {
    remember({ opacity: Number(this.slider.value), line: this.line.checked });
    this.slider.setAttribute("aria-valuetext", `${this.slider.value} %`);
    this.panels.forEach((panel) => this.draw(panel));
  }

  // The same place in every picture, and what each map says there.
  point(panel, event) {
    const area = panel && panel.frame.getBoundingClientRect();
    const x = panel ? (event.clientX - area.left) / area.width : -1;
    const y = panel ? (event.clientY - area.top) / area.height : -1;
    const inside = x >= 0 && x < 1 && y >= 0 && y < 1;
    for (const one of this.panels) {
      one.ring.style.display = inside ? "block" : "none";
      one.ring.style.left = `${100 * x}%`;
      one.ring.style.top = `${100 * y}%`;
      const { heat } = one;
      const at = heat && Math.floor(y * heat.side) * heat.side + Math.floor(x * heat.side);
      one.note.textContent = inside && heat ? `here ${(heat.grey[at] / 255).toFixed(2)}` : one.data.note;
    }
  }
}

function remembered() {
  try {
    return { opacity: 30, line: true, ...JSON.parse(sessionStorage.getItem(KEPT) || "{}") };
  } catch {
    return { opacity: 30, line: true };
  }
}

function remember(what) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(what));
  } catch {
    // a browser that keeps nothing still shows everything
  }
}

function values(picture) {
  const side = picture.naturalWidth;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, side, side);
  return { side, grey: Uint8Array.from({ length: side * side }, (_, i) => data[4 * i]) };
}

// Where the map crosses half of its range: marching squares between the middles of pixels.
function outline({ side, grey }) {
  const level = 127.5;
  const pieces = [];
  const edge = (xa, ya, xb, yb) => {
    const a = grey[ya * side + xa];
    const b = grey[yb * side + xb];
    if (a > level === b > level) return null;
    const t = (level - a) / (b - a);
    return [xa + 0.5 + t * (xb - xa), ya + 0.5 + t * (yb - ya)];
  };
  for (let y = 0; y + 1 < side; y++)
    for (let x = 0; x + 1 < side; x++) {
      const cut = [edge(x, y, x + 1, y), edge(x + 1, y, x + 1, y + 1), edge(x + 1, y + 1, x, y + 1), edge(x, y + 1, x, y)];
      const found = cut.filter(Boolean);
      for (let i = 0; i + 1 < found.length; i += 2) pieces.push([found[i], found[i + 1]]);
    }
  return pieces;
}

function stroke(context, pieces, scale) {
  for (const [colour, width] of [["rgb(0 0 0 / 60%)", 3], ["#ffffff", 1.3]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.lineCap = "round";
    context.beginPath();
    for (const [from, to] of pieces) {
      context.moveTo(from[0] * scale, from[1] * scale);
      context.lineTo(to[0] * scale, to[1] * scale);
    }
    context.stroke();
  }
}

function colours(stops) {
  const rgb = stops.map((stop) => [1, 3, 5].map((at) => parseInt(stop.slice(at, at + 2), 16)));
  return Array.from({ length: 256 }, (_, value) => {
    const place = (value / 255) * (rgb.length - 1);
    const low = Math.min(Math.floor(place), rgb.length - 2);
    return rgb[low].map((part, i) => Math.round(part + (place - low) * (rgb[low + 1][i] - part)));
  });
}
