"""The grid of a self-organising map: cells that are alike lie side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from astro_core.figures.som_map import som_map
from astro_core.ui import charts, cluster_act, cluster_groups, cluster_pick, frame
from astro_core.ui import cluster_state as state
from astro_core.ui.cluster_state import Shown
from astro_core.ui.images import data_uri
from astro_core.ui.words import plain

MEANS, CLASSES = "Mean images", "Classes"
PARTS = {"typical": "Typical", "strangest": "Strangest", "all": "All"}
_VIEW = "som"


@st.fragment
def panel(shown: Shown) -> None:
    """The grid with what each cell holds; a click on a cell shows its members."""
    with frame.in_words():
        plot, beside = st.columns([1.3, 1], gap="medium")
        with plot:
            _grid(shown)
        with beside:
            _cell(shown)


def _grid(shown: Shown) -> None:
    assert shown.result is not None
    labelled = bool(state.overview(shown).agreement)
    ways = [MEANS, CLASSES] if labelled else [MEANS]
    key = f"{shown.key}:{_VIEW}:ways"
    if key not in st.session_state:
        st.session_state[key] = ways
    chosen = st.pills(
        "In each cell", ways, selection_mode="multi", key=key, label_visibility="collapsed",
        help="Without mean images, a dot tells how many galaxies are in a cell",
    )  # fmt: skip
    picked = cluster_pick.kept(shown, _VIEW)
    details = shown.result.details
    hits = details["hits"]
    charts.show(
        som_map(
            details["u_matrix"], hits, selected=() if picked is None else (int(picked),),
            names=shown.group_names, **_parts(shown, chosen),
        ),
        key=f"{shown.key}:{_VIEW}:plot", selectable=True, modes=("points",),
        alt=f"Map of {hits.shape[0]} by {hits.shape[1]} cells with {hits.min():,} to "
        f"{hits.max():,} galaxies each",
        on_pick=cluster_pick.keeper(shown, _VIEW, cluster_pick.first),
    )  # fmt: skip
    st.caption(
        "Shade: mean distance of a cell to its neighbours (U-matrix); bright ridges part regions. "
        f"**Quantisation error {float(details['quantisation_error']):.3g}**: mean distance of a "
        f"galaxy to its cell. **Topographic error {float(details['topographic_error']):.1%}**: "
        "galaxies whose two nearest cells are not neighbours; a high one means a folded map."
    )


def _parts(shown: Shown, chosen: list[str]) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    if MEANS in chosen:
        parts["images"] = {k: data_uri(tile) for k, tile in cluster_groups.means(shown).items()}
    if CLASSES in chosen:
        parts["class_counts"] = state.overview(shown).class_counts
        parts |= {"colours": shown.colours, "patterns": shown.patterns, "letters": shown.letters}
    return parts


def _cell(shown: Shown) -> None:
    picked = cluster_pick.kept(shown, _VIEW)
    if picked is None:
        st.caption("Click a cell to see its galaxies.")
        return
    assert shown.result is not None
    number, columns = int(picked), int(shown.result.details["grid"][1])
    where = f"row {number // columns + 1}, column {number % columns + 1}"
    part = str(
        st.segmented_control(
            "Members", list(PARTS), key=f"{shown.key}:{_VIEW}:part", required=True,
            default="typical", format_func=PARTS.__getitem__, label_visibility="collapsed",
        )
    )  # fmt: skip
    ids = _members(shown, number, part)
    if not ids:
        st.info(f"The cell in {where} is empty.")
        return
    said = shown.said(number)
    cluster_act.selected_panel(
        shown, ids, source=said if part == "all" else f"{PARTS[part].lower()} of {said}",
        reason=plain(f"{PARTS[part]} galaxies of the map's cell in {where}"),
        key=f"{shown.key}:{_VIEW}:{number}:{part}",
    )  # fmt: skip


def _members(shown: Shown, number: int, part: str) -> list[str]:
    """The most typical, the strangest, or all, those that belong most first."""
    assert shown.result is not None
    found = state.overview(shown)
    if part != "all":
        return list((found.typical if part == "typical" else found.strangest).get(number, ()))
    rows = np.flatnonzero(shown.result.labels == number)
    order = rows[np.argsort(-shown.result.strengths[rows], kind="stable")]
    return [shown.result.object_ids[i] for i in order]
