"""The grid of a self-organising map: cells that are alike lie side by side."""

from __future__ import annotations

from typing import Any

import streamlit as st

from astro_core.figures.som_map import som_map
from astro_core.ui import charts, cluster_act, cluster_groups, cluster_pick, frame
from astro_core.ui import cluster_state as state
from astro_core.ui.cluster_state import Shown
from astro_core.ui.words import plain

KINDS = {"images": "Mean images", "u_matrix": "Distances", "hits": "Hits", "class_share": "Classes"}
_EXPLAINED = {
    "images": "Mean image of the galaxies in each cell.",
    "u_matrix": "U-matrix: mean distance of a cell to its neighbours. Bright ridges part regions.",
    "hits": "Galaxies in each cell.",
    "class_share": "The most frequent class of each cell and its share.",
}
PARTS = {"typical": "Typical", "strangest": "Strangest", "all": "All"}
_VIEW = "som"


@st.fragment
def panel(shown: Shown) -> None:
    """The grid in one of four ways; a click on a cell shows its members."""
    with frame.in_words():
        plot, beside = st.columns([1.3, 1], gap="medium")
        with plot:
            _grid(shown)
        with beside:
            _cell(shown)


def _grid(shown: Shown) -> None:
    assert shown.result is not None
    labelled = bool(state.overview(shown).agreement)
    kinds = [k for k in KINDS if k != "class_share" or labelled]
    kind = str(
        st.segmented_control(
            "Shown", kinds, key=f"{shown.key}:{_VIEW}:kind", required=True, default="images",
            format_func=KINDS.__getitem__, label_visibility="collapsed",
        )
    )  # fmt: skip
    details = shown.result.details
    rows, columns = (int(v) for v in details["grid"])
    charts.show(
        som_map(_values(shown, kind), kind, images=_images(shown, kind)),
        key=f"{shown.key}:{_VIEW}:{kind}", selectable=True, modes=("points",),
        alt=f"Map of {rows} by {columns} cells: {KINDS[kind].lower()}",
        on_pick=cluster_pick.keeper(shown, _VIEW, cluster_pick.first),
    )  # fmt: skip
    st.caption(_EXPLAINED[kind])
    st.caption(
        f"Quantisation error {float(details['quantisation_error']):.3g}: mean distance of a galaxy "
        f"to its cell. Topographic error {float(details['topographic_error']):.1%}: galaxies whose "
        "two nearest cells are not neighbours; high means the map is folded."
    )


def _values(shown: Shown, kind: str) -> Any:
    assert shown.result is not None
    return shown.result.details["u_matrix" if kind == "u_matrix" else "hits"]


def _images(shown: Shown, kind: str) -> Any:
    return cluster_groups.means(shown) if kind == "images" else None


def _cell(shown: Shown) -> None:
    number = cluster_pick.kept(shown, _VIEW)
    if number is None:
        st.caption("Click a cell to see its galaxies.")
        return
    number = int(number)
    found = state.overview(shown)
    part = str(
        st.segmented_control(
            "Members", list(PARTS), key=f"{shown.key}:{_VIEW}:part", required=True,
            default="typical", format_func=PARTS.__getitem__, label_visibility="collapsed",
        )
    )  # fmt: skip
    assert shown.result is not None
    columns = int(shown.result.details["grid"][1])
    where = f"row {number // columns + 1}, column {number % columns + 1}"
    listed = {"typical": found.typical, "strangest": found.strangest}.get(part, {})
    ids = list(listed.get(number, ())) if part != "all" else list(shown.result.members(number))
    if not ids:
        st.info(f"The cell in {where} is empty.")
        return
    said = shown.said(number)
    cluster_act.selected_panel(
        shown, ids, source=f"{PARTS[part].lower()} of {said}, {where}",
        reason=plain(f"{PARTS[part]} members of the map's cell in {where}"),
        key=f"{shown.key}:{_VIEW}:{number}:{part}",
    )  # fmt: skip
