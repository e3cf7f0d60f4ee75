"""The stamps: pages, sizes, selection."""

from __future__ import annotations

import streamlit as st

from astro_core.ui import browse_selection, cached, gallery
from astro_core.ui import browse_state as state
from astro_core.ui.address import keep, parameter
from astro_core.ui.browse_state import Shown
from astro_core.ui.gallery import Item
from astro_core.workflows.browse import Rows

ROOM = 400  # ids that "select these" hands to the browser at most


def heed(shown: Shown) -> None:
    """Do what was asked for in the grid: turn a page or open an object.

    This comes before anything is drawn: a run that is cut short by the next click has heeded
    the one before.
    """
    done = st.session_state.get(shown.gallery_key) or {}
    if done.get("opened"):
        st.query_params["object"] = done["opened"]
    if done.get("turn"):
        page, last = state.page_number(shown), state.n_pages(shown)
        to = {"first": 1, "previous": page - 1, "next": page + 1, "last": last}[done["turn"]]
        keep("page", str(min(max(to, 1), last)), "1")


def _caption(shown: Shown, values: dict[str, object]) -> str:
    column = shown.filters.sort
    if column and column != "object_id" and values.get(column) is not None:
        value = values[column]
        return f"{value:.4g}" if isinstance(value, float) else str(value)
    return str(values["object_id"])


def _items(shown: Shown, rows: Rows, tile_px: int) -> list[Item]:
    sort = shown.filters.sort
    columns = list(dict.fromkeys(["object_id", "label", *([sort] if sort else [])]))
    page = shown.view.frame(rows, columns).astype(object)
    ids = page["object_id"].tolist()
    images = cached.tiles(shown.workspace, shown.dataset, shown.dataset.recipe, ids, tile_px)
    items = []
    for values in page.where(page.notna(), None).to_dict("records"):
        label = values["label"]
        items.append(
            Item(
                object_id=values["object_id"],
                image=images[values["object_id"]],
                label=label.replace("_", " ") if label else None,
                badge=shown.letters.get(label, "") if label else "",
                colour=shown.colours.get(label) if label else None,
                ring="person" if label else "none",
                caption=_caption(shown, values),
            )
        )
    return items


def _heading(shown: Shown) -> None:
    n, total = len(shown.rows), shown.dataset.n_objects
    said = f"**{n:,}** of {total:,} objects"
    chosen = len(shown.selected)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{said} · **{chosen:,}** selected" if chosen else said, width="content")
        if chosen:
            st.button(
                "Clear", key=f"{shown.key}:none", type="tertiary",
                on_click=gallery.select, args=(shown.gallery_key, ()),
            )  # fmt: skip
            with st.popover("Save selection", icon=":material/bookmark:"):
                browse_selection.save(shown)
        elif 1 < n <= ROOM:
            st.button(
                f"Select these {n:,}", key=f"{shown.key}:all", type="tertiary",
                on_click=lambda: gallery.select(shown.gallery_key, shown.view.ids(shown.rows)),
            )  # fmt: skip
        st.space("stretch")
        _pages(shown)


def _pages(shown: Shown) -> None:
    if state.n_pages(shown) == 1:
        return
    page = state.page_number(shown)
    key = f"{shown.key}:page:{page}"
    st.pagination(
        state.n_pages(shown),
        default=page,
        key=key,
        max_visible_pages=4,
        on_change=lambda: keep("page", str(st.session_state[key]), "1"),
    )


def grid(shown: Shown) -> None:
    """Draw one page of stamps."""
    _heading(shown)
    if not len(shown.rows):
        st.info(
            "No object passes these filters. Take one of them away.",
            icon=":material/filter_alt_off:",
        )
        return
    tile_px, per_page = state.SIZES[parameter("size", state.SIZES, "M")]
    page = state.page_number(shown)
    rows = shown.rows[(page - 1) * per_page : page * per_page]
    gallery.gallery(
        _items(shown, rows, tile_px),
        key=shown.gallery_key,
        label=f"Page {page} of {state.n_pages(shown)}",
        tile_px=tile_px,
        has_previous=page > 1,
        has_next=page < state.n_pages(shown),
    )
