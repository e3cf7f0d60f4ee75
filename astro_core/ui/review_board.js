// Galaxy after galaxy: pictures wait here before they are wanted, a key is one act, and the next
// galaxy shows when the server says that the answer is on its disk.

const [AROUND_PX, BESIDE_PX] = [190, 340]; // controls above and progress below, classes beside
const LATER_MS = 60; // what comes later is decoded when the galaxy in front is drawn
const AGAIN_MS = 8_000; // an act that nobody answered is sent again under the same id

export default function (component) {
  const board = standsIn(component, ".board", Board);
  return () => board.stop();
}

class Board {
  constructor(root) {
    this.root = root;
    this.sky = new Sky(root.querySelector(".sky"));
    this.sky.onInvert = () => this.paint();
    this.items = new Map();
    this.outstanding = null; // the act that the server has not answered yet
    this.failed = null; // one that was not stored, for pressing its key again
    this.cursor = null;
    this.comment = "";
    this.open = false; // whether the model's word is shown
    this.spent = 0;
    this.since = null;
    this.onKey = (event) => this.key(event);
    this.onHide = () => this.clock();
    this.onSize = () => this.ask();
    this.side = new Side(root, this);
  }

  // --- what the server tells ---

  update({ data, setTriggerValue }) {
    this.tell = setTriggerValue;
    if (!this.listening) {
      this.listening = true;
      document.addEventListener("keydown", this.onKey);
      document.addEventListener("visibilitychange", this.onHide);
      window.addEventListener("resize", this.onSize);
    }
    const fresh = data.token !== this.data?.token;
    this.data = data;
    this.side.build(data);
    for (const [id, item] of Object.entries(data.items)) this.take(id, item);
    if (fresh) this.cursor = data.ack?.go || null;
    this.heard(fresh);
    if (!this.wanted) this.look = { ...data.look };
    this.paint();
    this.ask();
  }

  stop() {
    this.listening = false;
    clearTimeout(this.timer);
    clearTimeout(this.turning);
    document.removeEventListener("keydown", this.onKey);
    document.removeEventListener("visibilitychange", this.onHide);
    window.removeEventListener("resize", this.onSize);
  }

  take(id, item) {
    const kept = this.items.get(id);
    const next = { ...item, image: kept?.image || null, seen: Boolean(kept?.seen), ready: !item.src };
    this.items.set(id, next);
    if (this.items.size > 60) this.items.delete(this.items.keys().next().value);
    if (!item.src) return;
    const near = !this.cursor || id === this.cursor || id === this.data.ahead[0];
    const begun = new Promise((begin) => (near ? begin() : setTimeout(begin, LATER_MS)));
    begun.then(() => decoded(item.src)).then((image) => {
      if (this.items.get(id) !== next) return;
      Object.assign(next, image ? { image, ready: true } : { ready: true, problem: "The picture cannot be decoded." });
      if (id === this.cursor) this.paint();
    });
  }

  // The answer to the act that is outstanding; after a new start of the server it is sent again.
  heard(fresh) {
    const { ack } = this.data;
    const act = this.outstanding;
    if (act && ack?.event_id === act.event_id) {
      clearTimeout(this.timer);
      this.outstanding = null;
      this.say(ack.problem || ack.words, Boolean(ack.problem));
      if (ack.problem) this.failed = act;
      else this.done(act, ack);
    } else if (act && fresh) this.send(act);
    const line = this.line();
    if (!line.includes(this.cursor)) this.cursor = this.data.ahead[0] ?? null;
  }

  done(act, ack) {
    this.failed = null;
    this.root.dataset.done = String(Number(this.root.dataset.done || 0) + 1);
    if (act.kind === "undo") {
      if (ack.go) this.cursor = ack.go;
      return;
    }
    this.comment = "";
    if (act.kind === "flag") {
      this.flagged = act.object_id;
      return;
    }
    const next = ack.go || act.next; // a galaxy that is asked more stays
    this.cursor = next && this.line().includes(next) ? next : null;
  }

  line() {
    const ahead = this.data.ahead;
    return [...this.data.behind.map((one) => one[0]).filter((id) => !ahead.includes(id)), ...ahead];
  }

  // --- what is asked of the server ---

  ask() {
    if (this.outstanding) return;
    if (this.wanted) return this.turn(0);
    const side = this.fitting();
    if (side !== this.data.side) return this.tell("more", { side, need: [this.cursor].filter(Boolean), at: Date.now() });
    const near = [this.cursor, ...this.data.ahead].filter(Boolean);
    const need = [...new Set(near)].filter((id) => this.items.get(id)?.look !== this.data.look.key);
    const short = !this.data.ahead.length && !this.data.ended;
    if (need.length || short) this.tell("more", { need, at: Date.now() });
  }

  // The largest picture that leaves room for what is around it.
  fitting() {
    const area = this.root.getBoundingClientRect();
    if (!area.width) return this.data.side;
    const room = Math.min(window.innerHeight - AROUND_PX, area.width - BESIDE_PX);
    return this.data.sides.findLast((side) => side <= room) ?? this.data.sides[0];
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

  answer(kind, name = "") {
    const item = this.items.get(this.cursor);
    if (this.outstanding || !this.cursor || !item?.ready) return;
    const same = this.failed && this.failed.kind === kind && this.failed.object_id === this.cursor && this.failed.class_name === name;
    const line = this.line();
    this.send({
      event_id: same ? this.failed.event_id : newEventId(),
      kind, object_id: this.cursor, class_name: name, question: this.data.asked.name, comment: this.comment,
      seconds: this.seconds(), shown: Boolean(item.seen), next: line[line.indexOf(this.cursor) + 1],
    });
  }

  undo() {
    if (this.outstanding) return;
    const same = this.failed?.kind === "undo";
    this.send({ event_id: same ? this.failed.event_id : newEventId(), kind: "undo" });
  }

  lookAt(change) {
    this.look = { ...this.look, ...change };
    this.wanted = true;
    this.side.paintLook();
    this.turn(90);
  }

  // Tell the newest look, but not while an answer is on its way.
  turn(wait) {
    clearTimeout(this.turning);
    this.turning = setTimeout(() => {
      if (this.outstanding) return;
      this.wanted = false;
      const { brightness, Q, band, wide } = this.look;
      this.tell("more", { look: { brightness, Q, band, wide }, need: [this.cursor, ...this.data.ahead].filter(Boolean), at: Date.now() });
    }, wait);
  }

  // --- time that a person looks at a galaxy ---

  clock() {
    const now = performance.now();
    if (document.hidden && this.since != null) this.spent += now - this.since;
    this.since = document.hidden ? null : (this.since ?? now);
  }

  seconds() {
    const running = this.since == null ? 0 : performance.now() - this.since;
    return Math.round(this.spent + running) / 1000;
  }

  // --- keys ---

  key(event) {
    const asked = meaning(event, this.data.classes, this.root);
    if (!asked) return;
    event.preventDefault();
    event.stopPropagation();
    const steps = ["closer", "farther", "up", "down", "left", "right", "brighter", "darker", "less", "more"];
    if (event.repeat && !steps.includes(asked.does)) return; // a key that is held says nothing twice
    if (asked.does) this.do(asked.does);
    else this.answer("label", this.data.classes[asked.class].name);
  }

  do(what) {
    const step = this.data.side / 8;
    const q = this.data.dials;
    const does = {
      skip: () => this.answer("skip"), flag: () => this.answer("flag"), undo: () => this.undo(),
      comment: () => this.side.openComment(), back: () => (this.data.asked.name ? this.undo() : this.walk(-1)), forward: () => this.walk(1),
      closer: () => this.sky.zoomBy(1.25), farther: () => this.sky.zoomBy(0.8), up: () => this.sky.moveBy(0, step),
      down: () => this.sky.moveBy(0, -step), left: () => this.sky.moveBy(step, 0), right: () => this.sky.moveBy(-step, 0),
      brighter: () => this.lookAt({ brightness: Math.min(q.brightest, this.look.brightness + 1) }),
      darker: () => this.lookAt({ brightness: Math.max(-q.brightest, this.look.brightness - 1) }),
      more: () => q.Q && this.lookAt({ Q: Math.min(q.max_Q, this.look.Q + 1) }),
      less: () => q.Q && this.lookAt({ Q: Math.max(0, this.look.Q - 1) }),
      band: () => this.nextBand(), wide: () => q.wide && this.lookAt({ wide: !this.look.wide }),
      invert: () => this.sky.invert(), suggestion: () => this.reveal(), reset: () => this.reset(),
      help: () => this.side.help(), close: () => this.side.help(false),
    };
    does[what]();
  }

  walk(step) {
    const line = this.line();
    const at = line.indexOf(this.cursor) + step;
    const last = line.indexOf(this.data.ahead[0]);
    if (this.outstanding || at < 0 || at > (last < 0 ? line.length - 1 : last)) return;
    this.cursor = line[at];
    this.comment = "";
    this.say("");
    this.paint();
    this.ask();
  }

  nextBand() {
    const bands = ["", ...this.data.bands];
    if (bands.length > 1) this.lookAt({ band: bands[(bands.indexOf(this.look.band) + 1) % bands.length] });
  }

  reset() {
    this.sky.reset();
    this.lookAt({ brightness: 0, Q: this.data.dials.own_Q, band: "", wide: false });
  }

  reveal() {
    this.open = !this.open;
    this.paint();
  }

  // --- what is seen ---

  write(comment) {
    this.comment = comment;
    this.paint();
  }

  say(words, problem = false) {
    this.side.say(words, problem);
  }

  // Another galaxy begins when its picture is there: from then on its time counts.
  paint() {
    const item = this.items.get(this.cursor);
    const answered = this.data.behind.find((one) => one[0] === this.cursor);
    const ended = !this.cursor && this.data.ended;
    const state = this.outstanding ? "storing" : item?.ready ? "ready" : ended ? "ended" : "waiting";
    this.root.dataset.state = state;
    this.root.dataset.object = this.cursor || "";
    const asked = `${this.cursor} ${this.data.asked.name}`;
    if (item?.ready && this.timed !== asked) {
      this.timed = asked;
      this.spent = 0;
      this.since = document.hidden ? null : performance.now();
    }
    if (item && this.open && item.suggested) item.seen = true;
    this.sky.size(this.data.side);
    this.sky.show(ended ? { problem: "Nothing more is waiting for you in this queue. Look again later, or take another." } : item?.ready ? item : null, this.alt());
    this.side.paint({ item: ended ? null : item, answered, state });
  }

  alt() {
    const band = this.data.look.band ? `band ${this.data.look.band}` : "in colour";
    return `Galaxy ${this.cursor || ""} of ${this.data.name}, ${band}`;
  }
}
