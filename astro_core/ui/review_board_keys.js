// Which key does what. Letters and digits alone belong to the classes; everything else takes signs,
// arrows, or Shift and a letter, so that no set of classes can collide with it.

const PLAIN_KEYS = {
  " ": "skip", "!": "flag", Enter: "comment", Backspace: "undo", ArrowLeft: "back", ArrowRight: "forward",
  ArrowUp: "closer", ArrowDown: "farther", "+": "brighter", "=": "brighter", "-": "darker", "_": "darker",
  ",": "less", ".": "more", Home: "reset", "?": "help", Escape: "close",
};
const SHIFT_KEYS = {
  b: "band", i: "invert", w: "wide", m: "suggestion",
  arrowup: "up", arrowdown: "down", arrowleft: "left", arrowright: "right",
};
const OTHERS = "button, a, input, textarea, select, [contenteditable], [role=radio], [role=option], [role=tab], [role=slider], [role=combobox]";
const OPEN_ABOVE = '[role="dialog"], [data-testid="stPopoverBody"], [data-baseweb="menu"]';

// What a key press asks for: { class: index }, { does: name }, or null where it is not for us.
function meaning(event, classes, board) {
  const typed = event.composedPath()[0];
  const altGr = event.getModifierState?.("AltGraph");
  if (event.defaultPrevented || event.metaKey || ((event.ctrlKey || event.altKey) && !altGr)) {
    return event.ctrlKey && !event.altKey && event.key.toLowerCase() === "z" && !writes(typed) ? { does: "undo" } : null;
  }
  if (writes(typed) || document.querySelector(OPEN_ABOVE)) return null;
  const key = event.key.toLowerCase();
  if (event.shiftKey && SHIFT_KEYS[key]) return busy(typed, board, event.key) ? null : { does: SHIFT_KEYS[key] };
  const index = event.shiftKey ? -1 : classes.findIndex((one) => one.key && one.key === key);
  if (index >= 0) return { class: index };
  const does = PLAIN_KEYS[event.key];
  return does && !busy(typed, board, event.key) ? { does } : null;
}

function writes(target) {
  if (!(target instanceof Element)) return false;
  if (target instanceof HTMLInputElement) return !["range", "checkbox", "radio", "button"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target.isContentEditable;
}

// A control that has the focus keeps the keys that work it: arrows, Space and Enter.
function busy(target, board, key) {
  if (!(target instanceof Element) || !target.closest(OTHERS)) return false;
  if (key.startsWith("Arrow") || key === "Home") return !board.contains(target) || target instanceof HTMLInputElement;
  return key === " " || key === "Enter";
}
