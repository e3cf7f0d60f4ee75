"""Galaxies on which people differ, one after the other: who said what, and a lead's last word."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from astro_core.ui import (
    browse_detail,
    cluster_act,
    consensus_cached,
    consensus_hidden,
    consensus_settle,
    consensus_stamps,
    consensus_voices,
    gallery,
)
from astro_core.ui.address import hold, keep, parameter
from astro_core.ui.consensus_state import Shown

KIND, GALAXY = "kind", "galaxy"
LARGE_PX, STRIP_PX, STRIP = 336, 72, 6
KINDS = {"open": "In conflict", "disputed": "Outvoted", "flagged": "Flagged", "settled": "Settled"}
_NOTHING = {
    "open": "No two answers lead together anywhere: nothing is in conflict.",
    "disputed": "Wherever there is a label, everybody said the same.",
    "flagged": "Nobody has flagged a galaxy that is not settled.",
    "settled": "No lead has settled anything yet.",
}
_MEANT = {
    "open": "Two answers lead together, so that there is no label.",
    "disputed": "There is a label, and somebody said something else. What is agreed on least "
    "comes first.",
    "flagged": "Somebody asked for a look, the latest first.",
    "settled": "A lead had the last word, the latest first.",
}


def panel(shown: Shown) -> None:
    """Choose a list; the galaxy, what people said of it, and how to settle it."""
    found = consensus_cached.contested(shown.asked, shown.rule)
    lists = {kind: getattr(found, kind) for kind in KINDS}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        kind = _kind(shown, lists)
        st.space("stretch")
        consensus_settle.undo_button(shown)
    ids = consensus_hidden.visible(shown, lists[kind])
    if not ids:
        st.info(_NOTHING[kind] if not lists[kind] else "None of them is for you to see yet.")
        return
    st.caption(_MEANT[kind])
    at = _place(ids)
    _galaxy(shown, ids, at, kind)


def _kind(shown: Shown, lists: dict[str, Sequence[str]]) -> str:
    key = f"{shown.key}:kind"
    hold(key, parameter(KIND, KINDS, "open"))
    st.segmented_control(
        "Which", list(KINDS), key=key, required=True, label_visibility="collapsed",
        format_func=lambda name: f"{KINDS[name]} {len(lists[name]):,}",
        on_change=lambda: _turn_to(st.session_state[key]),
    )  # fmt: skip
    return str(st.session_state[key])


def _turn_to(kind: str) -> None:
    keep(KIND, kind, "open")
    st.query_params.pop(GALAXY, None)


def _place(ids: Sequence[str]) -> int:
    """Where the galaxy of the address stands; the first where it is not among them."""
    wanted = st.query_params.get(GALAXY, "")
    return ids.index(wanted) if wanted in ids else 0


def _go(object_id: str) -> None:
    st.query_params[GALAXY] = object_id


def _galaxy(shown: Shown, ids: Sequence[str], at: int, kind: str) -> None:
    object_id = ids[at]
    picture, voices = st.columns([1, 1.6], gap="medium")
    with picture:
        _large(shown, object_id)
        _steps(shown, ids, at)
    with voices:
        consensus_voices.panel(shown, object_id)
        after = ids[at + 1] if at + 1 < len(ids) else ids[at - 1]
        consensus_settle.panel(shown, object_id, after)
        _strip(shown, ids, at)
    with st.container(horizontal=True, gap="small"):
        source = KINDS[kind].lower()
        cluster_act.buttons(
            shown, ids, source=source, key=f"{shown.key}:{kind}",
            reason=f"{_MEANT[kind]} {len(ids):,} galaxies, combined by {shown.rule}",
        )  # fmt: skip


def _large(shown: Shown, object_id: str) -> None:
    (item,) = cluster_act.items(shown, [object_id], {}, LARGE_PX)
    event = gallery.gallery(
        [item], key=f"{shown.key}:large", label="The galaxy", selectable=False, tile_px=LARGE_PX
    )
    if event.opened:
        st.query_params[browse_detail.PARAMETER] = event.opened
        st.session_state[cluster_act.AMONG] = [event.opened]
        st.rerun()


def _steps(shown: Shown, ids: Sequence[str], at: int) -> None:
    before, where, after = st.columns([1, 1.3, 1], vertical_alignment="center", gap="small")
    for column, label, step, key in ((before, "Back", -1, "Left"), (after, "Next", 1, "Right")):
        there = 0 <= at + step < len(ids)
        column.button(
            label, key=f"{shown.key}:{label}", width="stretch", disabled=not there,
            shortcut=consensus_settle.shortcut(key), on_click=_go,
            args=(ids[at + step],) if there else (),
        )  # fmt: skip
    where.markdown(f"{at + 1:,} of {len(ids):,}", text_alignment="center")


def _strip(shown: Shown, ids: Sequence[str], at: int) -> None:
    """The galaxies around this one; a click turns to one of them."""
    start = max(0, min(at - 1, len(ids) - STRIP))
    some = ids[start : start + STRIP]
    captions = consensus_stamps.tallies(shown, some) | {ids[at]: "this one"}
    items = cluster_act.items(shown, some, captions, STRIP_PX)
    event = gallery.gallery(
        items, key=f"{shown.key}:strip", label="The next galaxies", selectable=False,
        tile_px=STRIP_PX,
    )  # fmt: skip
    if event.opened:
        _go(event.opened)
        st.rerun()
