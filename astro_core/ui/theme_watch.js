// Dark is what stamps look best on, so it is the first choice; Streamlit's own would be the
// system's. Whatever a person picks in the menu then holds on every page, not only on this one,
// and the page is drawn again because figures are coloured in Python.

const CHOSEN = "tuning-fork-theme-chosen";
const MENU = '[data-testid="stMainMenuButton"]';
const ITEMS = '[data-testid^="stMainMenuItem-theme-"]';
const DARK = '[data-testid="stMainMenuItem-theme-Dark"]';
const loadedAt = new URL(performance.getEntriesByType("navigation")[0].name).pathname;

export default function (component) {
  const state = (window.tuningForkTheme ??= start());
  state.pages = component.data.pages;
  state.changed = (name) => component.setTriggerValue("changed", name);
}

function start() {
  const state = { pages: [], changed: () => {} };
  document.addEventListener("click", (event) => {
    const item = event.target.closest?.(ITEMS);
    if (item) setTimeout(() => settle(state, item.dataset.testid), 150);
  }, true);
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  if (!dark && !localStorage.getItem(CHOSEN)) {
    localStorage.setItem(CHOSEN, "yes");
    chooseDark();
  }
  return state;
}

function settle(state, name) {
  const key = keyOf(loadedAt);
  if (key) {
    const choice = localStorage.getItem(key);
    for (const path of state.pages) localStorage.setItem(key.replace(loadedAt, path), choice);
  }
  state.changed(name);
}

function keyOf(path) {
  return Object.keys(localStorage).find((key) => key.startsWith(`stActiveTheme-${path}-v`));
}

async function chooseDark() {
  const hide = document.createElement("style");
  hide.textContent = '[data-testid="stMainMenuPopover"] { opacity: 0; }';
  document.head.append(hide);
  const menu = await find(MENU);
  menu?.click();
  (await find(DARK))?.click();
  if (document.querySelector(DARK)) menu?.click();
  setTimeout(() => {
    hide.remove();
    if (document.activeElement === menu) menu.blur(); // it takes the focus when it closes
  }, 300);
}

async function find(selector) {
  for (let i = 0; i < 40; i += 1) {
    const element = document.querySelector(selector);
    if (element) return element;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return null;
}
