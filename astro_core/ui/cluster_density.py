"""What HDBSCAN saw: its condensed tree, the spanning tree, how firmly galaxies belong, outliers."""

from __future__ import annotations

import numpy as np
import streamlit as st

from astro_core.clustering.condensed import node_members
from astro_core.clustering.layouts import CondensedLayout, condensed
from astro_core.clustering.registry import CLUSTERERS
from astro_core.domain import ClusteringResult
from astro_core.figures.condensed_tree import condensed_tree
from astro_core.figures.distribution import histogram
from astro_core.figures.spanning_tree import spanning_tree
from astro_core.ui import charts, cluster_act, cluster_odd, cluster_pick, cluster_plane, frame
from astro_core.ui.cluster_state import Shown
from astro_core.ui.words import plain

PARTS = {
    "condensed": "Condensed tree",
    "spanning": "Spanning tree",
    "strengths": "Strengths",
    "outliers": "Outliers",
}
FIRM = 0.5
PLOT_PX = 450


@st.fragment
def panel(shown: Shown) -> None:
    """One of the parts at a time; a click shows the galaxies meant."""
    with frame.in_words():
        part = st.segmented_control(
            "Part", list(PARTS), key=f"{shown.key}:density:part", required=True,
            default="condensed", format_func=PARTS.__getitem__, label_visibility="collapsed",
        )  # fmt: skip
        if part == "outliers":
            cluster_odd.ranking(shown, "hdbscan")
            return
        draw, beside = _DRAW[str(part)]
        left, right = st.columns([1.5, 1], gap="medium")
        with left:
            draw(shown)
        with right:
            beside(shown)


@st.cache_resource(max_entries=16, show_spinner=False)
def _layout(key: str, _result: ClusteringResult) -> CondensedLayout:  # noqa: ARG001 - the key
    parent, child, level, size = (
        _result.details[f"condensed_{name}"] for name in ("parent", "child", "lambda", "size")
    )
    selected, labels = _result.details["selected_nodes"], _result.details["node_labels"]
    return condensed(parent, child, level, size, selected=selected, labels=labels)


def _condensed(shown: Shown) -> None:
    assert shown.result is not None
    charts.show(
        condensed_tree(
            _layout(shown.clustering_key, shown.result),
            selected=cluster_pick.kept(shown, "condensed"), names=shown.group_names,
        ),
        key=f"{shown.key}:condensed", selectable=True, modes=("points",),
        alt=f"Condensed tree with {shown.result.n_clusters} groups selected",
        on_pick=cluster_pick.keeper(shown, "condensed", cluster_pick.first),
    )  # fmt: skip
    st.caption(
        "With every step only denser places are left: a branch thins as galaxies drop out of it "
        "and divides where it falls apart. The branches that last longest are the groups."
    )


def _node(shown: Shown) -> None:
    node = cluster_pick.kept(shown, "condensed")
    if node is None:
        st.caption("Click a branch to see its galaxies, the most densely packed first.")
        return
    assert shown.result is not None
    cluster_act.selected_panel(
        shown, _members((shown.clustering_key, int(node)), shown.result),
        source=f"branch {int(node)} of the condensed tree",
        reason=f"Branch {int(node)} of the condensed tree of HDBSCAN",
        key=f"{shown.key}:condensed:{int(node)}",
    )  # fmt: skip


@st.cache_resource(max_entries=64, show_spinner=False)
def _members(branch: tuple[str, int], _result: ClusteringResult) -> list[str]:
    return list(node_members(_result, branch[1]))


def _spanning(shown: Shown) -> None:
    assert shown.result is not None
    placed = cluster_plane.choose(shown, "spanning")
    ids, edges = shown.result.object_ids, shown.result.details["spanning_tree"]
    charts.show(
        spanning_tree(
            placed.xy, edges, shown.result.labels, ids, names=shown.group_names, axes=placed.axes,
            height=PLOT_PX,
        ),
        key=f"{shown.key}:spanning:{placed.name}", selectable=True,
        alt=f"Minimum spanning tree of {len(ids):,} galaxies",
        on_pick=cluster_pick.keeper(shown, "spanning", cluster_pick.every),
    )  # fmt: skip
    st.caption(
        "Lines join each galaxy to its nearest by mutual reachability; groups are what is left "
        f"when the long ones are cut. {placed.note}"
    )


def _points(shown: Shown) -> None:
    ids = cluster_pick.kept(shown, "spanning")
    if ids is None:
        st.caption("Click a galaxy, or take the lasso that shows when you point at the plot.")
        return
    cluster_act.selected_panel(
        shown, ids, source="drawn in the spanning tree",
        reason="Drawn in the minimum spanning tree of HDBSCAN", key=f"{shown.key}:spanning:drawn",
    )  # fmt: skip


def _strengths(shown: Shown) -> None:
    assert shown.result is not None
    values = shown.result.strengths[shown.result.labels >= 0]
    firm = float((values > FIRM).mean())
    charts.show(
        histogram(values, f"{firm:.0%} of the members belong firmly", x="strength", height=320),
        key=f"{shown.key}:strengths", selectable=True, modes=("points",),
        alt=f"Strengths of {len(values):,} members, {firm:.0%} above one half",
        on_pick=cluster_pick.keeper(shown, "strengths", cluster_pick.span),
    )  # fmt: skip
    meaning = plain(CLUSTERERS.get(shown.method).strength_meaning)
    st.caption(f"{meaning} Noise is left out.")


def _range(shown: Shown) -> None:
    ends = cluster_pick.kept(shown, "strengths")
    if ends is None:
        st.caption("Click a bar to see its galaxies, the weakest first.")
        return
    assert shown.result is not None
    strengths, (low, high) = shown.result.strengths, ends
    inside = (shown.result.labels >= 0) & (strengths >= low) & (strengths <= high)
    rows = np.flatnonzero(inside)
    rows = rows[np.argsort(strengths[rows], kind="stable")]
    ids = [shown.result.object_ids[i] for i in rows]
    cluster_act.selected_panel(
        shown, ids, source=f"strength {low:.2f} to {high:.2f}",
        reason=f"Members of HDBSCAN groups with a strength from {low:.2f} to {high:.2f}",
        key=f"{shown.key}:strengths:{low:.4f}:{high:.4f}",
        captions={i: f"{strengths[row]:.2f}" for i, row in zip(ids, rows, strict=True)},
    )  # fmt: skip


_DRAW = {
    "condensed": (_condensed, _node),
    "spanning": (_spanning, _points),
    "strengths": (_strengths, _range),
}
