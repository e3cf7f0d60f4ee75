"""Choose galaxies that show what a class means."""

from __future__ import annotations

import numpy as np
import streamlit as st

from astro_core.ui import cached, gallery
from astro_core.ui.gallery import Item
from astro_core.ui.review_draft import Desk
from astro_core.ui.review_state import Shown
from astro_core.ui.words import plain, readable
from astro_core.workflows.explain_lists import ids_with

MOST, _CHOICE, _TILE_PX = 6, 36, 80


def dialog(shown: Shown, at: Desk, number: str) -> None:
    """Ask for the examples of one class."""
    name = readable(at.draft().row("classes", number)["name"]) or "the new class"
    key = f"{at.key}:{number}:gallery"
    gallery.select(key, at.draft().row("classes", number)["example_ids"])
    st.dialog(f"Galaxies that show {plain(name)}", width="large")(_choose)(shown, at, number, key)


def _choose(shown: Shown, at: Desk, number: str, key: str) -> None:
    row = at.draft().row("classes", number)
    text = st.text_input("Find by id", key=f"{key}:find", placeholder="Part of an object id")
    ids = _ids(shown, row["name"], row["example_ids"], text.strip())
    tiles = cached.tiles(shown.workspace, shown.dataset, shown.dataset.recipe, ids, _TILE_PX)
    done = gallery.gallery(
        [Item(object_id=i, image=tiles[i], caption=i) for i in ids],
        key=key, label="Galaxies to choose from", tile_px=_TILE_PX,
    )  # fmt: skip
    chosen = list(done.selected)
    over = len(chosen) > MOST
    said = f"{len(chosen)} chosen" + (f"; at most {MOST} are shown" if over else "")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{said}. Ctrl and a click adds one.", width="content")
        st.space("stretch")
        if st.button("Take these", key=f"{key}:take", type="primary", disabled=over):
            at.change(lambda d: d.row("classes", number).update(example_ids=chosen))
            st.rerun()


def _ids(shown: Shown, name: str, chosen: list[str], text: str) -> tuple[str, ...]:
    """Those chosen, then what the catalogue calls so, or what was looked for."""
    view = cached.view(shown.dataset)
    if text:
        found = view.ids(ids_with(view, text)[:_CHOICE])
    else:
        codes, names = view.codes("label")
        same = np.flatnonzero(codes == names.index(name)) if name in names else ()
        found = view.ids(same[:_CHOICE]) if len(same) else cached.sample_ids(shown.dataset, _CHOICE)
    return tuple(dict.fromkeys([*chosen, *map(str, found)]))[: _CHOICE + MOST]
