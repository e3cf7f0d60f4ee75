"""HDBSCAN: groups are where galaxies crowd; what stands alone is noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.clustering.check import check_enough
from astro_core.clustering.groups import by_size
from astro_core.clustering.registry import CLUSTERERS, ClustererSpec, Grouping
from astro_core.domain import Progress
from astro_core.errors import BadInputError
from astro_core.params import param


@dataclass(frozen=True, kw_only=True)
class HdbscanParams:
    """Settings of HDBSCAN."""

    min_cluster_size: int = param(
        10,
        label="Smallest group",
        minimum=2,
        maximum=100_000,
        unit="galaxies",
        help="Fewer galaxies together are noise, not a group.",
    )
    min_samples: int = param(
        2,
        label="Neighbours",
        minimum=1,
        maximum=10_000,
        unit="galaxies",
        help="How many must be near for a place to count as crowded. Larger makes more noise.",
    )
    n_features: int = param(
        10,
        label="Features compared",
        minimum=0,
        maximum=10_000,
        help="The first so many, which for principal components tell most; 0 takes all. In many "
        "dimensions distances are all alike, and nothing looks crowded.",
    )
    selection: str = param(
        "eom",
        label="Groups are",
        choices=("eom", "leaf"),
        help="eom: the most lasting groups, of any size (excess of mass); leaf: the finest.",
    )
    epsilon: float = param(
        0.0,
        label="Join within",
        minimum=0.0,
        maximum=1e6,
        help="Groups that part below this distance stay one; 0 parts them all.",
    )
    one_group: bool = param(
        False,
        label="Allow one group",
        help="Lets all galaxies be one group with noise around it.",
    )
    seed: int = param(
        0,
        label="Seed",
        minimum=0,
        maximum=2**31 - 1,
        help="HDBSCAN draws nothing at random: every seed gives the same groups.",
    )


def _fitted(values: NDArray[np.float32], params: HdbscanParams) -> Any:
    """Run the hdbscan package, in this process only."""
    from hdbscan import HDBSCAN

    return HDBSCAN(
        min_cluster_size=params.min_cluster_size,
        min_samples=params.min_samples,
        cluster_selection_method=params.selection,
        cluster_selection_epsilon=params.epsilon,
        allow_single_cluster=params.one_group,
        gen_min_span_tree=True,
        core_dist_n_jobs=1,
    ).fit(values)


def _all_noise(n: int, params: HdbscanParams) -> BadInputError:
    return BadInputError(
        "No place is crowded enough to be a group: all galaxies are noise",
        expected=f"at least {params.min_cluster_size} galaxies close together",
        given=f"{n:,} galaxies of which none are so close; Neighbours is {params.min_samples}",
        todo="Lower Features compared, Smallest group or Neighbours",
    )


def fit(values: NDArray[np.float32], params: HdbscanParams, progress: Progress) -> Grouping:
    """Group by density.

    Returns
    -------
    Grouping
        With ``spanning_tree`` (n - 1, 3) of row, row and mutual reachability distance, shortest
        first. The condensed tree is ``condensed_parent``, ``condensed_child``,
        ``condensed_lambda``, 1 / distance and infinite for galaxies with the same features, and
        ``condensed_size``; nodes below n are rows and n is the root. ``selected_nodes`` (k,) is
        the node of each group, ``node_labels`` (k,) its number, ``persistence`` (k,) how lasting
        it is, from 0 to 1. ``outlier_scores`` (n,) is GLOSH of Campello et al. 2015 (TKDD 10, 5),
        from 0 to 1, higher is odder.

    Raises
    ------
    BadInputError
        If all is noise, or there are fewer galaxies than the smallest group.
    """
    check_enough(
        len(values), params.min_cluster_size, setting="Smallest group", what="the smallest group"
    )
    progress(0, 2, "Measuring crowding")
    compared = values[:, : params.n_features] if params.n_features else values
    model = _fitted(compared, params)
    progress(1, 2, "Reading the tree")
    k = int(model.labels_.max()) + 1
    if k == 0:
        raise _all_noise(len(values), params)
    labels, order = by_size(model.labels_, k)
    tree = model._condensed_tree
    return Grouping(
        labels=labels,
        n_clusters=k,
        strengths=model.probabilities_,
        details={
            "spanning_tree": model._min_spanning_tree,
            "condensed_parent": tree["parent"],
            "condensed_child": tree["child"],
            "condensed_lambda": tree["lambda_val"],
            "condensed_size": tree["child_size"],
            "selected_nodes": nodes_of_groups(tree, labels, k),
            "node_labels": np.arange(k),
            "persistence": model.cluster_persistence_[order],
            "outlier_scores": np.nan_to_num(model.outlier_scores_, nan=1.0),
        },
        notes=_notes(labels, k, compared.shape[1], values.shape[1]),
    )


def nodes_of_groups(tree: NDArray[Any], labels: NDArray[np.intp], k: int) -> NDArray[np.intp]:
    """Node of the condensed tree that each group is, shape (k,).

    It is the highest above a member that holds no more galaxies than the group. Where there is
    none the group is the root, of which HDBSCAN takes the densest galaxies only.
    """
    root = int(tree["parent"].min())
    above = dict(zip(tree["child"].tolist(), tree["parent"].tolist(), strict=True))
    size = dict(zip(tree["child"].tolist(), tree["child_size"].tolist(), strict=True))
    size[root] = len(labels)
    nodes = np.full(k, root)
    for group, count in enumerate(np.bincount(labels[labels >= 0], minlength=k).tolist()):
        node = above[int(np.argmax(labels == group))]
        while node != root and size[above[node]] <= count:
            node = above[node]
        if size[node] == count:
            nodes[group] = node
    return nodes


def _notes(labels: NDArray[np.intp], k: int, compared: int, n_features: int) -> tuple[str, ...]:
    notes: tuple[str, ...] = ()
    if compared < n_features:
        notes = (f"The first {compared} of {n_features} features were compared.",)
    share = float((labels < 0).mean())
    if share < 0.5:
        return notes
    groups = "1 group was" if k == 1 else f"{k} groups were"
    note = (
        f"{share:.0%} of the galaxies are noise and {groups} found; lower Features compared, "
        "Smallest group or Neighbours for less noise."
    )
    return (*notes, note)


CLUSTERERS.add(
    ClustererSpec(
        name="hdbscan",
        label="HDBSCAN",
        description="Groups of any shape where galaxies crowd; the rest is noise.",
        params=HdbscanParams,
        fit=fit,
        uses_clusters=False,
        strength_meaning="1 in the densest part of its group, 0 where it would be noise.",
        reference="Campello, Moulavi & Sander 2013, PAKDD, 160; McInnes, Healy & Astels 2017, "
        "JOSS 2, 205",
    )
)
