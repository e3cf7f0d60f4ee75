// Sliders that send their values while they are dragged, one message at a time: the next leaves
// when the answer to the last is here, so that a slow machine drops steps instead of lagging.

const ANSWER_MS = 1500; // an answer that takes longer is not waited for

const SCALES = {
  linear: { to: (v, d) => (v - d.minimum) / (d.maximum - d.minimum), from: (t, d) => d.minimum + t * (d.maximum - d.minimum) },
  log: {
    to: (v, d) => (v > 0 ? Math.log(v / d.minimum) / Math.log(d.maximum / d.minimum) : 0),
    from: (t, d) => d.minimum * Math.pow(d.maximum / d.minimum, t),
  },
  square: {
    to: (v, d) => Math.sqrt(Math.max(0, v - d.minimum) / (d.maximum - d.minimum)),
    from: (t, d) => d.minimum + t * t * (d.maximum - d.minimum),
  },
  // fine near the top: 50, 90, 99, 99.9
  tail: {
    to: (v, d) => 1 - Math.log(Math.max(d.finest, 100 - v) / d.finest) / Math.log((100 - d.minimum) / d.finest),
    from: (t, d) => (t >= 1 ? 100 : 100 - d.finest * Math.pow((100 - d.minimum) / d.finest, 1 - t)),
  },
};
const STEPS = 1000;

export default function (component) {
  const panel = standsIn(component, ".dials", Dials);
  return () => panel.stop();
}

class Dials {
  constructor(root) {
    this.root = root;
    this.rows = new Map();
    this.shape = "";
    this.sent = 0;
    this.acknowledged = 0;
    this.pending = null;
    this.held = null;
  }

  update({ data, setStateValue }) {
    this.send = setStateValue;
    const shape = JSON.stringify([data.owner, data.groups.map((g) => [g.name, g.help, g.dials.map((d) => [d.name, d.label, d.minimum, d.maximum, d.scale])])]);
    if (shape !== this.shape) {
      this.shape = shape;
      this.owner = data.owner;
      this.build(data.groups);
    }
    for (const group of data.groups) for (const dial of group.dials) this.show(dial);
    this.acknowledged = Math.max(this.acknowledged, data.ack || 0);
    this.sent = Math.max(this.sent, this.acknowledged);
    if (this.acknowledged >= this.sent) this.flush();
  }

  stop() {
    clearTimeout(this.timer);
  }

  build(groups) {
    this.rows.clear();
    this.held = null;
    this.root.replaceChildren(...groups.map((group) => this.group(group)));
  }

  group(group) {
    const box = element("fieldset", "group");
    const name = element("legend", "name");
    name.textContent = group.name;
    box.append(name);
    for (const dial of group.dials) box.append(this.row(dial, group));
    const help = element("p", "help");
    help.textContent = group.help;
    box.append(help);
    return box;
  }

  row(dial, group) {
    const row = element("div", dial.label ? "dial" : "dial plain");
    const label = element("label");
    const range = element("input");
    const number = element("input");
    label.textContent = dial.label;
    if (dial.mark) row.style.setProperty("--mark", dial.mark);
    const spoken = [group.name, dial.label].filter(Boolean).join(" ");
    Object.assign(range, { type: "range", min: 0, max: STEPS, step: 1 });
    Object.assign(number, { type: "text", inputMode: "decimal", autocomplete: "off" });
    range.setAttribute("aria-label", spoken);
    number.setAttribute("aria-label", `${spoken}, number`);
    const state = { dial, range, number };
    range.addEventListener("pointerdown", () => (this.held = dial.name));
    for (const end of ["pointerup", "pointercancel", "blur"]) range.addEventListener(end, () => (this.held = null));
    range.addEventListener("input", () => this.dragged(state));
    number.addEventListener("change", () => this.typed(state));
    row.append(label, range, number);
    this.rows.set(dial.name, state);
    return row;
  }

  show(dial) {
    const state = this.rows.get(dial.name);
    state.dial = dial;
    const busy = this.held === dial.name || (this.pending && dial.name in this.pending.values);
    const unanswered = this.sent > this.acknowledged && this.last && dial.name in this.last;
    if (busy || unanswered) return;
    state.range.value = Math.round(STEPS * SCALES[dial.scale].to(dial.value, dial));
    const edited = state.number === this.root.getRootNode().activeElement && state.number.value !== state.shown;
    if (!edited) {
      state.shown = format(dial.value);
      state.number.value = state.shown;
      state.number.classList.remove("wrong");
    }
    state.range.setAttribute("aria-valuetext", format(dial.value));
  }

  dragged(state) {
    const value = Number(SCALES[state.dial.scale].from(state.range.value / STEPS, state.dial).toPrecision(4));
    state.number.value = format(value);
    state.range.setAttribute("aria-valuetext", format(value));
    this.queue(state.dial.name, value);
  }

  typed(state) {
    const value = Number(state.number.value.replace(",", "."));
    const { lowest, highest } = state.dial;
    const good = state.number.value.trim() !== "" && Number.isFinite(value) && value >= lowest && value <= highest;
    state.number.classList.toggle("wrong", !good);
    state.number.title = good ? "" : `A number from ${lowest} to ${highest}`;
    if (good) this.queue(state.dial.name, value);
  }

  queue(name, value) {
    this.pending = { values: { ...(this.pending ? this.pending.values : {}), [name]: value } };
    if (this.acknowledged >= this.sent) this.flush();
  }

  flush() {
    clearTimeout(this.timer);
    if (!this.pending) return;
    const { values } = this.pending;
    this.pending = null;
    this.last = values;
    this.sent += 1;
    this.send("turned", { seq: this.sent, owner: this.owner, values });
    this.timer = setTimeout(() => {
      this.acknowledged = this.sent;
      this.flush();
    }, ANSWER_MS);
  }
}


function format(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(2).replace("e+", "e");
  return String(Number(value.toPrecision(4)));
}
