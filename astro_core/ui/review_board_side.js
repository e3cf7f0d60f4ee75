// The column beside the galaxy: what can be said of it, how it is shown, and what was measured. Text
// from catalogues and people is only ever set as textContent or as an attribute.

const ACTS = [
  ["skip", "Skip", "Space"], ["flag", "Flag", "!"], ["comment", "Comment", "↵"],
  ["back", "Back", "←"], ["undo", "Undo", "⌫"],
];
const SWITCHES = [
  ["invert", "Invert", "⇧I"], ["wide", "Wider", "⇧W"], ["suggestion", "Model", "⇧M"],
  ["reset", "Reset", "Home"], ["help", "Keys", "?"],
];
const HELP = [
  ["1 – 9, 0, letters", "the classes"], ["Space", "skip: you cannot tell"], ["!", "flag for a lead; you go on with the same galaxy"],
  ["↵ Enter", "write a comment"], ["← →", "back to answered galaxies, and forward"], ["⌫ or Ctrl Z", "take your last answer back, as often as you like"],
  ["↑ ↓ or wheel", "zoom"], ["⇧ and arrows, or drag", "move"], ["+ −", "brighter, darker"], [", .", "less, more Q: how strongly bright parts are pressed"],
  ["⇧B", "next band"], ["⇧I", "invert"], ["⇧W", "wider: all of the stored image"], ["⇧M", "show what the model says; it is noted with your answer"],
  ["Home", "as at the start"],
];

class Side {
  constructor(root, board) {
    const one = (name) => root.querySelector(name);
    this.root = root;
    this.board = board;
    this.part = {
      sofar: one(".sofar"), asked: one(".asked"), name: one(".name"), tags: one(".tags"), classes: one(".classes"), acts: one(".acts"), message: one(".message"),
      form: one(".comment"), input: one("#comment"), bands: one(".bands"), switches: one(".switches"),
      brightness: one(".brightness"), q: one(".q"), facts: one(".facts"), links: one(".links"), help: one(".help"),
    };
    this.part.form.addEventListener("submit", (event) => { event.preventDefault(); this.closeComment(true); });
    this.part.input.addEventListener("keydown", (event) => { if (event.key === "Escape") this.closeComment(false); });
    this.dial(this.part.brightness, (value) => board.lookAt({ brightness: value }));
    this.dial(this.part.q, (value) => board.lookAt({ Q: value }));
    this.part.acts.append(...ACTS.map(([name, label, key]) => this.button(name, label, key)));
    this.part.switches.append(...SWITCHES.map(([name, label, key]) => this.button(name, label, key)));
  }

  dial(label, turned) {
    const input = label.querySelector("input");
    input.addEventListener("input", () => turned(Number(input.value)));
    input.addEventListener("pointerup", () => input.blur()); // arrows zoom again
  }

  button(name, label, key) {
    const button = element("button");
    button.type = "button";
    button.dataset.does = name;
    button.append(element("span", "", label), element("kbd", "", key));
    this.onPress(button, () => this.board.do(name));
    return button;
  }

  // After a click the keys work as before; who came by Tab stays where they are.
  onPress(button, does) {
    button.addEventListener("click", (event) => {
      if (event.detail) button.blur();
      does();
    });
  }

  // --- what stays for a queue ---

  build(data) {
    this.ask(data.asked);
    const made = JSON.stringify([data.classes, data.bands, data.dials]);
    if (made === this.made) return;
    this.made = made;
    this.classes = data.classes.map((one) => this.classButton(one));
    this.part.classes.replaceChildren(...this.classes);
    this.part.classes.classList.toggle("many", data.classes.length > 6);
    const [brightness, q] = [this.part.brightness, this.part.q].map((label) => label.querySelector("input"));
    Object.assign(brightness, { min: -data.dials.brightest, max: data.dials.brightest });
    q.max = data.dials.max_Q;
    this.part.q.hidden = !data.dials.Q;
    this.bands = (data.bands.length ? ["", ...data.bands] : []).map((band) => this.bandButton(band));
    this.part.bands.replaceChildren(...this.bands, ...(this.bands.length ? [element("kbd", "", "⇧B")] : []));
    this.part.switches.querySelector("[data-does=wide]").hidden = !data.dials.wide;
  }

  // The question that is asked, and the way to it; classes are asked for without words.
  ask({ name, words, so_far }) {
    this.part.asked.textContent = words;
    this.part.asked.hidden = !words;
    this.part.sofar.replaceChildren(...so_far.map(([question, answer]) => Object.assign(element("li", "", answer), { title: question })));
    this.part.sofar.hidden = !so_far.length;
    this.part.classes.setAttribute("aria-label", words || "What is it?");
    const [back, undo] = ["back", "undo"].map((does) => this.part.acts.querySelector(`[data-does=${does}]`));
    back.hidden = Boolean(name); // one question back is one answer less
    undo.querySelector("span").textContent = name ? "Back a question" : "Undo";
    undo.querySelector("kbd").textContent = name ? "⌫ ←" : "⌫";
  }

  classButton(one) {
    const button = element("button", "class");
    button.type = "button";
    button.dataset.name = one.name;
    button.title = one.help || "";
    button.style.setProperty("--class", one.colour);
    const drawing = element("i", one.icon ? "drawing" : "");
    if (one.icon) drawing.style.setProperty("--drawing", `url(${one.icon})`);
    button.append(drawing, element("span", "", one.label), element("kbd", "", one.key.toUpperCase()));
    this.onPress(button, () => this.board.answer("label", one.name));
    return button;
  }

  bandButton(band) {
    const button = element("button", "band", band || "Colour");
    button.type = "button";
    button.dataset.band = band;
    button.setAttribute("role", "radio");
    this.onPress(button, () => this.board.lookAt({ band }));
    return button;
  }

  // --- what changes with every galaxy ---

  paint({ item, answered, state }) {
    const { board, part } = this;
    const still = state !== "ready";
    part.name.textContent = board.cursor || "";
    this.paintTags(item, answered);
    const answers = part.acts.querySelectorAll("[data-does=skip], [data-does=flag], [data-does=comment]");
    for (const button of [...this.classes, ...answers]) button.setAttribute("aria-disabled", String(still));
    for (const button of this.classes) button.classList.toggle("said", answered?.[2] === button.dataset.name);
    part.switches.querySelector("[data-does=invert]").setAttribute("aria-pressed", String(board.sky.view.invert));
    const model = part.switches.querySelector("[data-does=suggestion]");
    model.hidden = !item?.suggested;
    model.setAttribute("aria-pressed", String(board.open));
    part.facts.replaceChildren(...(item?.facts || []).flatMap(([name, value]) => [element("dt", "", name), element("dd", "", value)]));
    part.links.replaceChildren(...(item?.links || []).map(([label, address]) => this.link(label, address)));
    this.paintLook();
  }

  paintTags(item, answered) {
    const { board, part } = this;
    const tags = [];
    if (answered) tags.push(element("span", "tag", answered[1] ? `you said ${answered[1]}` : "answered before"));
    if (board.flagged === board.cursor && board.cursor) tags.push(element("span", "tag", "flagged"));
    if (board.comment) tags.push(element("span", "tag", `“${board.comment}”`));
    if (board.open && item?.suggested) tags.push(element("span", "tag model", `model: ${item.suggested}`));
    if (item?.note) tags.push(element("span", "tag", item.note));
    if (board.data.simulated) tags.push(element("span", "tag", "simulated"));
    part.tags.replaceChildren(...tags);
  }

  paintLook() {
    const { look } = this.board;
    const shown = [[this.part.brightness, look.brightness, `${look.brightness > 0 ? "+" : ""}${look.brightness}`], [this.part.q, look.Q, `${look.Q}`]];
    for (const [label, value, words] of shown) {
      label.querySelector("input").value = value;
      label.querySelector("output").textContent = words;
    }
    for (const button of this.bands) button.setAttribute("aria-checked", String(button.dataset.band === look.band));
    this.part.switches.querySelector("[data-does=wide]").setAttribute("aria-pressed", String(look.wide));
  }

  link(label, address) {
    const link = element("a", "", label);
    link.href = address;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    return link;
  }

  say(words, problem) {
    this.part.message.textContent = words;
    this.part.message.classList.toggle("problem", problem);
  }

  // --- comment and help ---

  openComment() {
    this.part.form.hidden = false;
    this.part.input.value = this.board.comment;
    this.part.input.focus();
  }

  closeComment(keep) {
    this.part.input.blur();
    this.part.form.hidden = true;
    this.board.write(keep ? this.part.input.value.trim() : "");
  }

  help(show = this.part.help.hidden) {
    this.part.help.hidden = !show;
    const list = element("dl");
    for (const [key, does] of HELP) list.append(element("dt", "", key), element("dd", "", does));
    this.part.help.replaceChildren(element("h4", "", "Keys"), list, element("p", "", "Esc or ? closes this."));
  }
}
