"""The tree of a hierarchical grouping: cut it anywhere, look into its branches, keep a cut."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from astro_core.clustering.layouts import DendrogramLayout
from astro_core.clustering.layouts import dendrogram as lay_out
from astro_core.clustering.tree import branch_members, cut, cut_height, n_groups_below
from astro_core.domain import ClusteringResult
from astro_core.figures import dendrogram as figures
from astro_core.ui import charts, cluster_act, cluster_pick, frame
from astro_core.ui import cluster_state as state
from astro_core.ui.address import hold
from astro_core.ui.cluster_state import Shown
from astro_core.workflows import cluster
from astro_core.workflows.cluster_overview import labels_of, measured_agreement

MOST_GROUPS = 60
LEAVES = 60
_VIEW = "tree"
_STEPS = 400


@st.fragment
def panel(shown: Shown) -> None:
    """The tree with a cut beside it; a click on a branch shows its galaxies."""
    with frame.in_words():
        assert shown.result is not None
        plot, beside = st.columns([1.5, 1], gap="medium")
        with beside:
            height = _cut(shown, shown.result.details["linkage"])
            labels = _labels((shown.clustering_key, height), shown.result)
            _kept(shown, labels)
        with plot:
            _tree(shown, height, labels)
        with beside:
            _branch(shown)


def _cut(shown: Shown, linkage: NDArray[Any]) -> float:
    """Height of the cut: as a height, or as the number of groups that it leaves."""
    assert shown.result is not None
    most = min(MOST_GROUPS, len(linkage) + 1)
    low, high = cut_height(linkage, most), float(linkage[-1, 2]) * 1.05
    of = f"{shown.key}:{_VIEW}:{shown.clustering_key}"
    at, number = f"{of}:height", f"{of}:groups"
    if at not in st.session_state:
        begin = float(shown.result.details["cut_height"])
        st.session_state[at] = min(max(begin, low), high)
    hold(number, min(n_groups_below(linkage, st.session_state[at]), most))

    def by_number() -> None:
        st.session_state[at] = cut_height(linkage, st.session_state[number])

    st.slider("Groups", 1, most, key=number, on_change=by_number)
    st.slider(
        "Cut height", low, high, key=at, step=(high - low) / _STEPS, format="%.3g",
        help="Branches that meet above this height are groups of their own.",
    )  # fmt: skip
    return float(st.session_state[at])


@st.cache_resource(max_entries=64, show_spinner=False)
def _labels(at: tuple[str, float], _result: ClusteringResult) -> NDArray[np.intp]:
    linkage = _result.details["linkage"]
    return cut(linkage, _result.details["nearest_leaf"], n_groups_below(linkage, at[1]))


def _kept(shown: Shown, labels: NDArray[np.intp]) -> None:
    """Say what the cut gives, and offer to go on with it."""
    assert shown.result is not None
    sizes = np.bincount(labels)
    same = np.array_equal(labels, shown.result.labels)
    said = f"{len(sizes)} groups of {sizes.min():,} to {sizes.max():,} galaxies."
    st.caption(said + _agrees(shown, labels) + (" They are the groups in use." if same else ""))
    if not same and st.button(
        "Use this cut", key=f"{shown.key}:{_VIEW}:use", type="primary",
        icon=":material/content_cut:",
    ):  # fmt: skip
        state.open_grouping(
            cluster.recut(shown.workspace, shown.clustering_key, n_clusters=len(sizes))
        )
        st.rerun()


def _agrees(shown: Shown, labels: NDArray[np.intp]) -> str:
    """How well a cut agrees with the classes; nothing where there are none."""
    state_of = (shown.dataset.fingerprint, shown.clustering_key, int(labels.max()))
    found = _agreement(state_of, labels, shown)
    if not found:
        return ""
    return f" ARI {found['ari']:.2f}, AMI {found['ami']:.2f} with the classes, n = {found['n']:,}."


@st.cache_data(max_entries=64, show_spinner=False)
def _agreement(
    state_of: tuple[str, str, int],
    _labels: NDArray[np.intp],
    _shown: Shown,
) -> dict[str, float | int]:
    assert _shown.result is not None
    cut_there = replace(_shown.result, labels=_labels, n_clusters=state_of[2] + 1)
    return measured_agreement(cut_there, labels_of(_shown.dataset, cut_there.object_ids))


@st.cache_resource(max_entries=64, show_spinner=False)
def _layout(
    at: tuple[str, float], _result: ClusteringResult, _labels: NDArray[np.intp]
) -> DendrogramLayout:
    details = _result.details
    return lay_out(details["linkage"], at[1], LEAVES, _labels[details["tree_rows"]])


def _tree(shown: Shown, height: float, labels: NDArray[np.intp]) -> None:
    assert shown.result is not None
    drawn = _layout((shown.clustering_key, height), shown.result, labels)
    charts.show(
        figures.dendrogram(
            drawn, selected=cluster_pick.kept(shown, _VIEW),
            names=shown.group_names if np.array_equal(labels, shown.result.labels) else None,
        ),
        key=f"{shown.key}:{_VIEW}:plot", selectable=True, modes=("points",),
        alt=f"Tree of {len(labels):,} galaxies cut at {height:.3g} into {labels.max() + 1} groups",
        on_pick=cluster_pick.keeper(shown, _VIEW, cluster_pick.first),
    )  # fmt: skip
    for note in shown.result.notes:
        st.caption(note)


def _branch(shown: Shown) -> None:
    node = cluster_pick.kept(shown, _VIEW)
    if node is None:
        st.caption("Click a branch to see its galaxies.")
        return
    assert shown.result is not None
    cluster_act.selected_panel(
        shown, _members((shown.clustering_key, int(node)), shown.result),
        source=f"branch {int(node)} of the tree",
        reason=f"Branch {int(node)} of the tree of {shown.method} groups",
        key=f"{shown.key}:{_VIEW}:branch:{int(node)}",
    )  # fmt: skip


@st.cache_resource(max_entries=64, show_spinner=False)
def _members(branch: tuple[str, int], _result: ClusteringResult) -> list[str]:
    return cast("list[str]", list(branch_members(_result, branch[1])))
