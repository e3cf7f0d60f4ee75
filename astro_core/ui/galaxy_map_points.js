// Where the galaxies of a map are and what they are called: sent once, kept for as long as the page
// lives, so that what is drawn from them can change without sending them again.

const store = (globalThis.tuningForkMaps ??= {
  points: new Map(), // by map
  kept: new Map(), // ids that are picked, by place on the page
  news: new EventTarget(),
});
const KEPT = 4;

export default function ({ data }) {
  if (store.points.has(data.map)) return;
  const bytes = Uint8Array.from(atob(data.xy), (c) => c.charCodeAt(0));
  store.points.set(data.map, { xy: new Float32Array(bytes.buffer), ids: data.ids.split("\n") });
  while (store.points.size > KEPT) store.points.delete(store.points.keys().next().value);
  store.news.dispatchEvent(new Event("points"));
}
