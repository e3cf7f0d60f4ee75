"""A Gaussian mixture: its ellipses in the plane, who is between groups, how many to take."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from astro_core.clustering.layouts import Ellipse, ellipses
from astro_core.domain import ClusteringResult
from astro_core.evaluation.calibration import UNDEFINED_BELOW
from astro_core.figures import mixture as figures
from astro_core.figures.scan import information
from astro_core.ui import (
    charts,
    cluster_act,
    cluster_pick,
    cluster_plane,
    cluster_scan,
    frame,
)
from astro_core.ui.address import hold
from astro_core.ui.cluster_state import Shown

PARTS = {"plane": "Ellipses", "ambiguous": "Between groups", "scan": "How many?"}
BEGIN = 50
PLOT_PX = 450
_VIEW = "mixture"


@st.fragment
def panel(shown: Shown) -> None:
    """One of the parts at a time."""
    with frame.in_words():
        with st.container(horizontal=True, vertical_alignment="center"):
            part = st.segmented_control(
                "Part", list(PARTS), key=f"{shown.key}:{_VIEW}:part", required=True,
                default="plane", format_func=PARTS.__getitem__, label_visibility="collapsed",
            )  # fmt: skip
            if part == "plane":
                plane = _which(shown)
        if part == "plane":
            _plane(shown, plane)
        else:
            {"ambiguous": _ambiguous, "scan": _scan}[str(part)](shown)


def _which(shown: Shown) -> str:
    return str(
        st.segmented_control(
            "Plane", list(cluster_plane.PLANES), key=f"{shown.key}:{_VIEW}:plane", required=True,
            default=cluster_plane.LEADING, format_func=cluster_plane.PLANES.__getitem__,
            label_visibility="collapsed", help="Principal: where the features vary most. Where "
            "groups part: where the means of the Gaussians lie farthest apart.",
        )
    )  # fmt: skip


def _plane(shown: Shown, name: str) -> None:
    plot, beside = st.columns([1.5, 1], gap="medium")
    with plot:
        _points(shown, name)
    with beside:
        _picked(shown)


def _points(shown: Shown, name: str) -> None:
    assert shown.result is not None
    placed = cluster_plane.straight(shown, name)
    drawn = _ellipses((shown.clustering_key, name), shown.result, shown)
    charts.show(
        figures.mixture(
            placed.xy, shown.result.labels, drawn, shown.result.object_ids,
            names=shown.group_names, axes=placed.axes, height=PLOT_PX,
        ),
        key=f"{shown.key}:{_VIEW}:plot", selectable=True,
        alt=f"{len(placed.xy):,} galaxies in the plane with {shown.result.n_clusters} ellipses",
        on_pick=cluster_pick.keeper(shown, _VIEW, cluster_pick.every),
    )  # fmt: skip
    st.caption(
        f"Ellipses: 1 and 2 sigma, 39 % and 86 % of each Gaussian. {placed.note} Groups that "
        "overlap here may stand apart in other directions."
    )


@st.cache_resource(max_entries=12, show_spinner=False)
def _ellipses(
    state: tuple[str, str],
    _result: ClusteringResult,
    _shown: Shown,
) -> list[Ellipse]:
    plane, details = cluster_plane.plane_of(_shown, state[1]), _result.details
    return ellipses(details["means"], details["covariances"], plane.axes.T, origin=plane.centre)


def _picked(shown: Shown) -> None:
    ids = cluster_pick.kept(shown, _VIEW)
    if not ids:
        st.caption(
            "Click a galaxy for its probabilities, or take the lasso that shows when you point "
            "at the plot."
        )
        return
    assert shown.result is not None
    if len(ids) == 1:
        _probabilities(shown, ids[0])
    cluster_act.selected_panel(
        shown, ids, source="drawn in the mixture",
        reason="Drawn in the plane of a Gaussian mixture",
        key=f"{shown.key}:{_VIEW}:drawn",
    )  # fmt: skip


def _probabilities(shown: Shown, object_id: str) -> None:
    assert shown.result is not None
    row = shown.result.object_ids.index(object_id)
    probabilities = shown.result.details["probabilities"][row]
    best = int(probabilities.argmax())
    charts.show(
        figures.probabilities(probabilities, object_id, names=shown.group_names),
        key=f"{shown.key}:{_VIEW}:bars",
        alt=f"{object_id} is in group {best} with probability {probabilities[best]:.2f}",
    )  # fmt: skip


def _least(shown: Shown) -> tuple[NDArray[np.intp], NDArray[Any]]:
    """Rows by their top probability, the lowest first, and those probabilities."""
    assert shown.result is not None
    top = shown.result.details["probabilities"].max(axis=1)
    return np.argsort(top, kind="stable"), top


def _ambiguous(shown: Shown) -> None:
    assert shown.result is not None
    order, top = _least(shown)
    n_below = int((top < UNDEFINED_BELOW).sum())
    number, buttons = st.columns([1, 4], vertical_alignment="bottom")
    key = f"{shown.key}:{_VIEW}:least"
    hold(key, min(int(st.session_state.get(key, BEGIN)), len(order)))
    n = int(number.number_input("Least clear to keep", 1, len(order), key=key))
    ids = [shown.result.object_ids[i] for i in order[:n]]
    with buttons.container(horizontal=True, vertical_alignment="center"):
        cluster_act.buttons(
            shown, ids, source=f"{n} least clear of the mixture", key=f"{shown.key}:{_VIEW}:keep",
            reason=f"The {n} lowest top probabilities of {len(order):,} galaxies",
        )  # fmt: skip
    st.markdown(
        f"**{n_below:,}** of {len(order):,} have no group more probable than {UNDEFINED_BELOW:g}; "
        "the least clear first"
    )
    cluster_act.paged(
        shown, ids, key=f"{shown.key}:{_VIEW}:strip", tile_px=112, per_page=24,
        captions=_between(shown.result, order[:n]),
    )  # fmt: skip


def _between(result: ClusteringResult, rows: NDArray[np.intp]) -> dict[str, str]:
    """The two most probable groups of each: "3 45 % · 7 41 %"."""
    said = {}
    for row in rows.tolist():
        probabilities = result.details["probabilities"][row]
        first, second = np.argsort(-probabilities, kind="stable")[:2]
        said[result.object_ids[row]] = (
            f"{first}: {probabilities[first]:.0%} · {second}: {probabilities[second]:.0%}"
        )
    return said


def _scan(shown: Shown) -> None:
    cluster_scan.curves(shown, (information,))
