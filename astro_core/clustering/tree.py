"""Trees of merges as SciPy writes them: where to cut, who is in a branch.

Of a tree with m leaves, nodes 0 to m - 1 are the leaves and node m + i is the i-th merge, a row
(one node, other node, height, leaves below).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from astro_core.clustering.check import usable
from astro_core.clustering.cluster import as_result, settings_of
from astro_core.clustering.groups import by_size
from astro_core.clustering.registry import CLUSTERERS, Grouping
from astro_core.domain import ClusteringResult, Features
from astro_core.errors import BadInputError


def leaf_groups(linkage: NDArray[np.float64], n_clusters: int) -> NDArray[np.intp]:
    """Group of each leaf when the last merges are undone, shape (m,).

    Exactly `n_clusters` groups, also where merges have the same height.
    """
    n_merges = len(linkage)
    n_leaves = n_merges + 1
    node_group = np.full(n_leaves + n_merges, -1, dtype=np.intp)
    kept = n_merges - (n_clusters - 1)
    children = linkage[:, :2].astype(np.intp)
    tops = np.setdiff1d(np.arange(n_leaves + kept), children[:kept])
    node_group[tops] = np.arange(len(tops))
    pairs = children.tolist()
    groups = node_group.tolist()
    for merge in range(kept - 1, -1, -1):
        group = groups[n_leaves + merge]
        one, other = pairs[merge]
        groups[one] = groups[other] = group
    return np.array(groups[:n_leaves], dtype=np.intp)


def n_groups_below(linkage: NDArray[np.float64], height: float) -> int:
    """How many groups a cut at `height` leaves."""
    return int((linkage[:, 2] > height).sum()) + 1


def cut_height(linkage: NDArray[np.float64], n_clusters: int) -> float:
    """Height halfway between the last merge that is kept and the first that is undone."""
    heights = linkage[:, 2]
    kept = len(linkage) - (n_clusters - 1)
    below = heights[kept - 1] if kept > 0 else 0.0
    above = heights[kept] if kept < len(heights) else heights[-1] * 1.05
    return float((below + above) / 2)


def branch_leaves(linkage: NDArray[np.float64], node: int) -> NDArray[np.intp]:
    """Leaves below a node, ascending.

    Raises
    ------
    BadInputError
        If the tree has no such node.
    """
    n_leaves = len(linkage) + 1
    if not 0 <= node < n_leaves + len(linkage):
        raise BadInputError(
            "The tree has no such branch",
            expected=f"a node from 0 to {n_leaves + len(linkage) - 1}",
            given=str(node),
        )
    found, waiting = [], [int(node)]
    while waiting:
        at = waiting.pop()
        if at < n_leaves:
            found.append(at)
        else:
            one, other = linkage[at - n_leaves, :2]
            waiting += [int(one), int(other)]
    return np.sort(np.array(found, dtype=np.intp))


def tree_of(result: ClusteringResult) -> NDArray[np.float64]:
    """The merges of a result that has a tree, shape (m - 1, 4).

    Raises
    ------
    BadInputError
        If its method builds none.
    """
    if "linkage" not in result.details:
        raise BadInputError(
            "These groups have no tree",
            expected="groups made by the hierarchical method",
            given=result.method,
        )
    linkage: NDArray[np.float64] = result.details["linkage"]
    return linkage


def branch_members(result: ClusteringResult, node: int) -> tuple[str, ...]:
    """Ids of the galaxies in a branch: its leaves, and those assigned to one of them.

    Parameters
    ----------
    result : ClusteringResult
        From the hierarchical method.
    node : int
        A leaf from 0 to m - 1, or m + i for the i-th merge.
    """
    leaves = branch_leaves(tree_of(result), node)
    inside = np.isin(result.details["nearest_leaf"], leaves)
    return tuple(result.object_ids[i] for i in np.flatnonzero(inside))


def cut(
    linkage: NDArray[np.float64], nearest_leaf: NDArray[np.intp], n_clusters: int
) -> NDArray[np.intp]:
    """Group of each galaxy, the largest first, shape (n,)."""
    labels, _ = by_size(leaf_groups(linkage, n_clusters)[nearest_leaf], n_clusters)
    return labels


def _wanted(
    linkage: NDArray[np.float64], height: float | None, n_clusters: int | None
) -> tuple[int, float]:
    """How many groups, and at which height that cuts."""
    if (height is None) == (n_clusters is None):
        raise BadInputError("A tree is cut either at a height or into a number of groups")
    if n_clusters is None:
        assert height is not None
        return n_groups_below(linkage, height), height
    if not 1 <= n_clusters <= len(linkage) + 1:
        raise BadInputError(
            "The tree cannot be cut into so many groups",
            expected=f"1 to {len(linkage) + 1:,}",
            given=f"{n_clusters:,}",
        )
    return n_clusters, cut_height(linkage, n_clusters)


def cut_tree(
    result: ClusteringResult,
    features: Features,
    *,
    height: float | None = None,
    n_clusters: int | None = None,
) -> ClusteringResult:
    """Cut the tree of a result elsewhere; the tree itself is not built again.

    Parameters
    ----------
    result : ClusteringResult
        From the hierarchical method.
    features : Features
        Those that were grouped; needed for centres and strengths.
    height, n_clusters
        Where to cut: one of the two.

    Returns
    -------
    ClusteringResult
        With the new number of groups in its settings; ``details["cut_height"]`` is the new cut.

    Raises
    ------
    BadInputError
        If the result has no tree, belongs to other features, or the cut leaves too many groups.
    """
    linkage = tree_of(result)
    k, at = _wanted(linkage, height, n_clusters)
    spec = CLUSTERERS.get(result.method)
    settings = settings_of(spec, {**result.params, "n_clusters": k})
    rows = usable(features)
    if rows.object_ids != result.object_ids:
        raise BadInputError("The features are not those that were grouped")
    details = {name: result.details[name] for name in ("linkage", "tree_rows", "nearest_leaf")} | {
        "cut_height": np.array(at)
    }
    nearest = result.details["nearest_leaf"]
    found = Grouping(labels=cut(linkage, nearest, k), n_clusters=k, details=details)
    return replace(as_result(spec, settings, features.key, rows, found), notes=result.notes)
