"""Hierarchical grouping: galaxies are merged two by two, and the tree of merges is cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from astro_core.clustering.check import check_enough
from astro_core.clustering.registry import BETWEEN_CENTRES, CLUSTERERS, ClustererSpec, Grouping
from astro_core.clustering.sampling import nearest_of, sample_note, sample_rows
from astro_core.clustering.tree import cut, cut_height
from astro_core.domain import Progress
from astro_core.params import param

LINKAGES = ("ward", "average", "complete")


@dataclass(frozen=True, kw_only=True)
class HierarchicalParams:
    """Settings of hierarchical grouping."""

    n_clusters: int = param(
        12,
        label="Clusters",
        minimum=1,
        maximum=30_000,
        help="Number of groups to cut the tree into.",
    )
    linkage: str = param(
        "ward",
        label="Linkage",
        choices=LINKAGES,
        help="What is merged next. ward: what adds least scatter; average: the smallest mean "
        "distance; complete: the smallest largest distance.",
    )
    max_tree: int = param(
        15_000,
        label="Largest tree",
        minimum=100,
        maximum=30_000,
        unit="galaxies",
        help="Of a larger sample so many are drawn for the tree, and the others join the group of "
        "the nearest. Memory grows with the square: 15,000 need 1.8 GB.",
    )
    seed: int = param(
        0, label="Seed", minimum=0, maximum=2**31 - 1, help="Same seed, same sample for the tree."
    )


def fit(values: NDArray[np.float32], params: HierarchicalParams, progress: Progress) -> Grouping:
    """Merge, then cut.

    Returns
    -------
    Grouping
        With ``linkage`` (m - 1, 4), ``tree_rows`` (m,), the rows that are leaves of the tree,
        ``nearest_leaf`` (n,), the leaf that each row goes with, and ``cut_height``.

    Raises
    ------
    BadInputError
        If the tree would have fewer leaves than groups.
    """
    from scipy.cluster.hierarchy import linkage

    rows = sample_rows(len(values), params.max_tree, params.seed)
    check_enough(len(rows), params.n_clusters, setting="Clusters")
    kind = cast("Literal['ward', 'average', 'complete']", params.linkage)
    progress(0, 3, "Merging galaxies")
    tree = linkage(values[rows] if len(rows) < len(values) else values, kind)
    progress(1, 3, "Assigning the others")
    nearest = nearest_of(values, rows)
    progress(2, 3, "Cutting the tree")
    return Grouping(
        labels=cut(tree, nearest, params.n_clusters),
        n_clusters=params.n_clusters,
        details={
            "linkage": tree,
            "tree_rows": rows,
            "nearest_leaf": nearest,
            "cut_height": np.array(cut_height(tree, params.n_clusters)),
        },
        notes=sample_note(len(values), len(rows), "The tree was built"),
    )


CLUSTERERS.add(
    ClustererSpec(
        name="hierarchical",
        label="Hierarchical",
        description="A tree of ever larger groups, cut where you like.",
        params=HierarchicalParams,
        fit=fit,
        uses_clusters=True,
        strength_meaning=BETWEEN_CENTRES,
        reference="Ward 1963, J. Am. Stat. Assoc. 58, 236; Müllner 2011, arXiv:1109.2378",
    )
)
