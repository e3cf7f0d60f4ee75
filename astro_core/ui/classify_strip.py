"""All pictures of this visit in a row, to go through."""

from __future__ import annotations

import streamlit as st

from astro_core.ui import classify_cached, classify_drop, classify_look
from astro_core.ui import classify_state as state
from astro_core.ui.classify_state import Shown
from astro_core.ui.gallery import Item, gallery
from astro_core.ui.images import square_tile
from astro_core.ui.words import plain
from astro_core.workflows.classified import Classified
from astro_core.workflows.pictures import Picture

TILE_PX = 56
PER_PAGE = 9


def row(shown: Shown) -> None:
    """Draw the pictures, or what is known of the only one, and the way to more."""
    left, right = st.columns([3.6, 1.1], gap="small", vertical_alignment="center")
    with left:
        if len(shown.pictures) > 1:
            _strip(shown)
        else:
            st.caption(plain(classify_look.facts(shown.picture)))
    with right:
        classify_drop.more(shown.workspace)


def _strip(shown: Shown) -> None:
    """Draw a page of pictures, that of the one that is looked at; a click shows another."""
    n = len(shown.pictures)
    page = shown.place // PER_PAGE
    here = shown.pictures[page * PER_PAGE : (page + 1) * PER_PAGE]
    event = gallery(
        [_item(shown, picture) for picture in here], key="classify:strip", label="Pictures",
        selectable=False, tile_px=TILE_PX, has_previous=page > 0,
        has_next=(page + 1) * PER_PAGE < n,
    )  # fmt: skip
    if event.turn:
        first, last = 0, (n - 1) // PER_PAGE
        to = {"first": first, "previous": page - 1, "next": page + 1, "last": last}[event.turn]
        _show(shown.pictures[min(max(to, first), last) * PER_PAGE])
    if event.opened:
        _show(next(picture for picture in here if picture.digest == event.opened))


def _show(picture: Picture) -> None:
    state.look_at(picture)
    st.rerun()


def _item(shown: Shown, picture: Picture) -> Item:
    found = (
        classify_cached.classified(shown, picture)
        if classify_cached.is_done(shown, picture)
        else None
    )
    first = found.found[0] if found and len(found.found) == 1 else None
    name = first.label if first else ""
    return Item(
        object_id=picture.digest,
        image=_tile(picture.digest, picture),
        label=_words(picture, found),
        badge=classify_look.letters(found.head).get(name, "") if found else "",
        colour=classify_look.colours(found.head).get(name) if found else None,
        ring="model" if first else "none",
        caption=picture.name,
    )


def _words(picture: Picture, found: Classified | None) -> str:
    if found is None:
        return f"{picture.name}, not asked yet"
    if len(found.found) == 1:
        return f"{picture.name}, {classify_look.verdict(found, found.found[0])}"
    return f"{picture.name}, {len(found.found):,} galaxies"


@st.cache_resource(max_entries=400, show_spinner=False)
def _tile(digest: str, _picture: Picture) -> bytes:  # noqa: ARG001 - the key
    return square_tile(_picture.image, TILE_PX)
