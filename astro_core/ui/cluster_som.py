"""The grid of a self-organising map: cells that are alike lie side by side."""

from __future__ import annotations

import numpy as np
import streamlit as st

from astro_core.figures.som_map import som_map
from astro_core.ui import charts, cluster_act, cluster_groups, cluster_pick, frame
from astro_core.ui import cluster_state as state
from astro_core.ui.cluster_state import Shown
from astro_core.ui.images import data_uri
from astro_core.ui.words import plain

KINDS = {
    "images": "Mean images",
    "u_matrix": "Distances",
    "hits": "Galaxies",
    "class_share": "Classes",
}
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
    counts = state.overview(shown).class_counts if state.overview(shown).agreement else None
    kind = str(
        st.segmented_control(
            "In each cell", [k for k in KINDS if k != "class_share" or counts is not None],
            key=f"{shown.key}:{_VIEW}:kind", required=True, default="images",
            format_func=KINDS.__getitem__, label_visibility="collapsed",
        )
    )  # fmt: skip
    picked = cluster_pick.kept(shown, _VIEW)
    details = shown.result.details
    hits = details["hits"]
    charts.show(
        som_map(
            details["u_matrix"], hits, kind, class_counts=counts,
            images=_images(shown) if kind == "images" else None,
            colours=shown.colours, patterns=shown.patterns, letters=shown.letters,
            selected=None if picked is None else int(picked), names=shown.group_names,
        ),
        key=f"{shown.key}:{_VIEW}:plot", selectable=True, modes=("points",),
        alt=f"Map of {hits.shape[0]} by {hits.shape[1]} cells with {hits.min():,} to "
        f"{hits.max():,} galaxies each",
        on_pick=cluster_pick.keeper(shown, _VIEW, cluster_pick.first),
    )  # fmt: skip
    st.caption(
        f"**Quantisation error {float(details['quantisation_error']):.3g}**: mean distance of a "
        f"galaxy to its cell. **Topographic error {float(details['topographic_error']):.1%}**: "
        "galaxies whose two nearest cells are not neighbours; a high one means a folded map."
    )


def _images(shown: Shown) -> dict[int, str]:
    return {number: data_uri(tile) for number, tile in cluster_groups.means(shown).items()}


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
