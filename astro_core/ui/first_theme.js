// Dark is what stamps look best on, so it is the first choice; Streamlit's own would be the
// system's. Whatever a person picks in the menu then holds on every page, not only on this one.

const MENU = '[data-testid="stMainMenu"] button, button[data-testid="stMainMenuButton"]';
const DARK = '[data-testid="stMainMenuItem-theme-Dark"]';
const loadedAt = new URL(performance.getEntriesByType("navigation")[0].name).pathname;

export default function (component) {
  if (window.tuningForkTheme) return;
  window.tuningForkTheme = true;
  const pages = component.data.pages;
  window.addEventListener("pagehide", () => everywhere(pages));
  if (!keyOf(loadedAt)) chooseDark();
}

function keyOf(path) {
  return Object.keys(localStorage).find((key) => key.startsWith(`stActiveTheme-${path}-v`));
}

function everywhere(pages) {
  const key = keyOf(loadedAt);
  if (!key) return;
  for (const path of pages) {
    localStorage.setItem(key.replace(loadedAt, path), localStorage.getItem(key));
  }
}

async function chooseDark() {
  const hide = document.createElement("style");
  hide.textContent = '[data-testid="stMainMenuPopover"], [data-testid="stMainMenuList"] { opacity: 0; }';
  document.head.append(hide);
  const focused = document.activeElement;
  const menu = await find(MENU);
  menu?.click();
  (await find(DARK))?.click();
  if (document.querySelector(DARK)) menu?.click();
  focused?.focus?.();
  setTimeout(() => hide.remove(), 300);
}

async function find(selector) {
  for (let i = 0; i < 40; i += 1) {
    const element = document.querySelector(selector);
    if (element) return element;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return null;
}
