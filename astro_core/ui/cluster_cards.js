// A card per group; one of them can be picked. Text from people is only ever set as textContent
// or as an attribute.

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
const drawn = new WeakMap();

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const root = parentElement.querySelector(".cards");
  root.setAttribute("aria-label", data.label);
  root.onclick = (event) => pick(event.target.closest(".card"), setTriggerValue);
  root.onkeydown = (event) => onKey(event, root, setTriggerValue);
  if (drawn.get(root) !== data.signature) {
    drawn.set(root, data.signature);
    root.replaceChildren(...data.cards.map(card));
  }
  paint(root, data.picked);
}

function pick(card, tell) {
  if (!card) return;
  const already = card.getAttribute("aria-checked") === "true";
  paint(card.parentElement, already ? null : Number(card.dataset.group));
  tell("picked", already ? "none" : card.dataset.group);
}

function onKey(event, root, tell) {
  const cards = [...root.children];
  const here = cards.indexOf(event.target.closest(".card"));
  if (here < 0) return;
  if (event.key === "Enter" || event.key === " ") pick(cards[here], tell);
  else if (event.key in STEPS) cards[here + STEPS[event.key]]?.focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function paint(root, picked) {
  const cards = [...root.children];
  cards.forEach((card, index) => {
    const mine = picked !== null && Number(card.dataset.group) === picked;
    card.setAttribute("aria-checked", String(mine));
    card.tabIndex = mine || (picked === null && index === 0) ? 0 : -1;
  });
  if (cards.length && !cards.some((card) => card.tabIndex === 0)) cards[0].tabIndex = 0;
}

function card(item) {
  const box = element("div", "card");
  box.setAttribute("role", "radio");
  box.setAttribute("aria-label", item.alt);
  box.dataset.group = item.group;
  box.style.setProperty("--group", item.colour);
  const picture = element("div", "picture");
  if (item.src) {
    const image = element("img");
    image.alt = "";
    image.draggable = false;
    image.src = item.src;
    picture.append(image);
  } else picture.append(element("div", "missing", item.missing));
  picture.append(element("span", "number", item.number));
  const size = element("div", "size");
  size.append(element("span", "", item.size), element("span", "share", item.share));
  box.append(picture);
  if (item.name) box.append(element("div", "name", item.name));
  box.append(size);
  if (item.bar.length) box.append(bar(item.bar));
  return box;
}

function bar(parts) {
  const box = element("div", "bar");
  for (const part of parts) {
    const piece = element("span", "", part.letter);
    piece.style.flex = part.n;
    piece.style.background = part.colour;
    piece.title = part.said;
    box.append(piece);
  }
  return box;
}
