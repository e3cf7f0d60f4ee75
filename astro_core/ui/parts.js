// What several components need. Text from catalogues and people is only ever set as textContent.

const standing = new WeakMap();

// What stands in a component's place, made when it is first asked for and told all that is new.
function standsIn(component, name, Made) {
  const root = component.parentElement.querySelector(name);
  if (!standing.has(root)) standing.set(root, new Made(root));
  const made = standing.get(root);
  made.update(component);
  return made;
}

async function decoded(source) {
  if (!source) return null;
  const picture = new Image();
  picture.src = source;
  try {
    await picture.decode();
    return picture;
  } catch {
    return null; // replaced before it was decoded, or no picture
  }
}

function element(tag, name = "", text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

function newEventId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
