// Which galaxy is nearest to a place, and which lie inside an outline.

const PER_CELL = 2;

class Grid {
  constructor(xy) {
    this.xy = xy;
    const n = xy.length / 2;
    const [low, high] = [[Infinity, Infinity], [-Infinity, -Infinity]];
    for (let i = 0; i < 2 * n; i++) {
      const axis = i & 1;
      if (xy[i] < low[axis]) low[axis] = xy[i];
      if (xy[i] > high[axis]) high[axis] = xy[i];
    }
    this.low = low;
    this.high = high;
    this.side = Math.max(1, Math.min(512, Math.ceil(Math.sqrt(n / PER_CELL))));
    this.step = [0, 1].map((axis) => (high[axis] - low[axis]) / this.side || 1);
    this.starts = new Uint32Array(this.side * this.side + 1);
    const cells = new Uint32Array(n);
    for (let i = 0; i < n; i++) {
      cells[i] = this.cell(1, xy[2 * i + 1]) * this.side + this.cell(0, xy[2 * i]);
      this.starts[cells[i] + 1]++;
    }
    for (let c = 0; c < this.side * this.side; c++) this.starts[c + 1] += this.starts[c];
    const next = this.starts.slice();
    this.rows = new Uint32Array(n);
    for (let i = 0; i < n; i++) this.rows[next[cells[i]]++] = i;
  }

  cell(axis, value) {
    const cell = Math.floor((value - this.low[axis]) / this.step[axis]);
    return Math.max(0, Math.min(this.side - 1, cell));
  }

  // calls `visit(row)` for every point in the box, and for some around it
  each(x0, y0, x1, y1, visit) {
    const [left, right] = [this.cell(0, x0), this.cell(0, x1)];
    for (let row = this.cell(1, y0); row <= this.cell(1, y1); row++) {
      const line = row * this.side;
      for (let k = this.starts[line + left]; k < this.starts[line + right + 1]; k++) visit(this.rows[k]);
    }
  }

  nearest(x, y, within, allowed) {
    let best = -1;
    let least = within * within;
    this.each(x - within, y - within, x + within, y + within, (i) => {
      const far = (this.xy[2 * i] - x) ** 2 + (this.xy[2 * i + 1] - y) ** 2;
      if (far <= least && allowed(i)) [best, least] = [i, far];
    });
    return best;
  }

  // the nearest point from a place towards a direction, at most 45 degrees off it
  towards(x, y, dx, dy, allowed) {
    let best = -1;
    let least = Infinity;
    for (let i = 0; i < this.xy.length / 2; i++) {
      const [a, b] = [this.xy[2 * i] - x, this.xy[2 * i + 1] - y];
      const [along, aside] = [a * dx + b * dy, Math.abs(a * dy - b * dx)];
      if (along <= 0 || aside > along || !allowed(i)) continue;
      if (along + 2 * aside < least) [best, least] = [i, along + 2 * aside];
    }
    return best;
  }

  inside(outline, allowed) {
    const xs = outline.map((p) => p[0]);
    const ys = outline.map((p) => p[1]);
    const box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
    const found = [];
    this.each(...box, (i) => {
      if (allowed(i) && within(xs, ys, this.xy[2 * i], this.xy[2 * i + 1])) found.push(i);
    });
    return found;
  }
}

function within(xs, ys, x, y) {
  let odd = false;
  for (let i = 0, j = xs.length - 1; i < xs.length; j = i++) {
    if (ys[i] > y !== ys[j] > y && x < ((xs[j] - xs[i]) * (y - ys[i])) / (ys[j] - ys[i]) + xs[i]) odd = !odd;
  }
  return odd;
}
