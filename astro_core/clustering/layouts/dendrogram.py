"""The upper branches of a tree of merges, laid out for drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ABOVE = -1  # in place of a group: the branch holds more than one
_WEDGE = 0.34


@dataclass(frozen=True, kw_only=True)
class DendrogramLayout:
    """Where branches go; b branches are shown, those that are not drawn further are ends.

    Attributes
    ----------
    nodes : array of int, shape (b,)
        Number of each branch in the tree: a leaf below m, or m + i for the i-th merge.
    x : array of float, shape (b,)
        Ends stand at 0, 1, 2 and so on; a merge is in the middle of its two branches.
    heights : array of float, shape (b,)
        Distance at which the branch was merged; 0 for a single galaxy.
    sizes : array of int, shape (b,)
        Galaxies in the branch.
    groups : array of int, shape (b,)
        Group that the branch lies in; `ABOVE` for one that the cut divides.
    ends : array of bool, shape (b,)
        Whether it is not drawn further.
    tops : array of bool, shape (b,)
        Whether the branch is a whole group.
    strokes : array of float, shape (s, 4)
        Lines from (x0, y0) to (x1, y1).
    stroke_branches, stroke_groups : array of int, shape (s,)
        Which branch, by its place here, a line belongs to, and its group.
    wedges : array of float, shape (b, 3, 2)
        Corners of the triangle that stands for all that is not drawn below an end; NaN elsewhere.
    parents : array of int, shape (b,)
        Place of the branch above; -1 for the root.
    spans : array of float, shape (g, 3)
        Group, and x of its first and its last end, for each group of which something is drawn.
    cut_height : float
    n_groups, n_galaxies : int
        Groups below the cut, leaves of the tree.
    """

    nodes: NDArray[np.intp]
    x: NDArray[np.float64]
    heights: NDArray[np.float64]
    sizes: NDArray[np.intp]
    groups: NDArray[np.intp]
    ends: NDArray[np.bool_]
    tops: NDArray[np.bool_]
    strokes: NDArray[np.float64]
    stroke_branches: NDArray[np.intp]
    stroke_groups: NDArray[np.intp]
    wedges: NDArray[np.float64]
    parents: NDArray[np.intp]
    spans: NDArray[np.float64]
    cut_height: float
    n_groups: int
    n_galaxies: int

    def below(self, node: int) -> NDArray[np.bool_]:
        """Which of the shown branches are in the branch of a node, itself included."""
        inside: NDArray[np.bool_] = self.nodes == node
        for place in np.argsort(-self.heights, kind="stable"):
            if self.parents[place] >= 0:
                inside[place] |= inside[self.parents[place]]
        return inside


def dendrogram(
    linkage: NDArray[np.float64],
    cut_height: float,
    max_leaves: int = 60,
    labels: NDArray[np.integer] | None = None,
) -> DendrogramLayout:
    """Lay out the last merges of a tree, and tell which branch is which group.

    Parameters
    ----------
    linkage : array of float, shape (m - 1, 4)
        As `scipy.cluster.hierarchy.linkage` writes it, from a method whose heights grow (ward,
        average, complete).
    cut_height : float
        Merges above it are undone; what is left are the groups, as those of
        ``fcluster(linkage, cut_height, "distance")``.
    max_leaves : int
        At most so many ends are drawn.
    labels : array of int, shape (m,), optional
        Group of each leaf. Where it fits the cut its numbers are used; otherwise groups are
        numbered by size, the largest 0.

    Returns
    -------
    DendrogramLayout
        Branches from left to right are in SciPy's order.
    """
    m = len(linkage) + 1
    children = linkage[:, :2].astype(np.intp)
    heights = np.concatenate([np.zeros(m), np.maximum.accumulate(linkage[:, 2])])
    sizes = np.concatenate([np.ones(m, dtype=np.intp), linkage[:, 3].astype(np.intp)])
    parents = np.full(len(heights), -1, dtype=np.intp)
    parents[children] = np.arange(m, len(heights))[:, np.newaxis]

    n_merges = min(max(max_leaves, 1), m) - 1
    nodes, x = _places(children, m, n_merges)
    tops = _whole_groups(heights, parents, cut_height)
    numbers = _numbers(tops, sizes, _first_leaf(children, m), labels)
    shown = _place_of(parents[nodes], nodes)
    groups = _groups_of(nodes, shown, dict(zip(tops.tolist(), numbers.tolist(), strict=True)))
    ends = nodes < m + len(linkage) - n_merges
    drawn = {"x": x, "heights": heights[nodes], "groups": groups, "parents": shown}
    strokes, owners, colours = _strokes(**drawn, cut_height=cut_height)
    return DendrogramLayout(
        nodes=nodes,
        sizes=sizes[nodes],
        ends=ends,
        tops=np.isin(nodes, tops),
        strokes=strokes,
        stroke_branches=owners,
        stroke_groups=colours,
        spans=_spans(x[ends], groups[ends]),
        wedges=_wedges(x, heights[nodes], ends),
        cut_height=float(cut_height),
        n_groups=len(tops),
        n_galaxies=m,
        **drawn,
    )


def _places(
    children: NDArray[np.intp], m: int, n_merges: int
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Shown nodes, ascending, and where they stand."""
    first = m + len(children) - n_merges
    x: dict[int, float] = {}
    waiting, n_ends = [m + len(children) - 1], 0
    while waiting:
        node = waiting.pop()
        if node < first:
            x[node], n_ends = float(n_ends), n_ends + 1
        else:
            waiting += children[node - m, ::-1].tolist()
    for node in range(first, m + len(children)):
        one, other = children[node - m].tolist()
        x[node] = (x[one] + x[other]) / 2
    nodes = np.array(sorted(x), dtype=np.intp)
    return nodes, np.array([x[node] for node in nodes.tolist()])


def _whole_groups(
    heights: NDArray[np.float64], parents: NDArray[np.intp], cut_height: float
) -> NDArray[np.intp]:
    """Nodes that the cut leaves whole while it divides what is above them."""
    above = np.where(parents >= 0, heights[parents], np.inf)
    found: NDArray[np.intp] = np.flatnonzero((heights <= cut_height) & (above > cut_height))
    return found


def _first_leaf(children: NDArray[np.intp], m: int) -> NDArray[np.intp]:
    first = list(range(m))
    for one, other in children.tolist():
        first.append(min(first[one], first[other]))
    return np.array(first, dtype=np.intp)


def _numbers(
    tops: NDArray[np.intp],
    sizes: NDArray[np.intp],
    first: NDArray[np.intp],
    labels: NDArray[np.integer] | None,
) -> NDArray[np.intp]:
    """Number of the group of each top."""
    if labels is not None:
        given = np.asarray(labels, dtype=np.intp)[first[tops]]
        counts = np.bincount(np.maximum(labels, 0))
        if len(set(given.tolist())) == len(tops) and np.array_equal(counts[given], sizes[tops]):
            return given
    numbers = np.empty(len(tops), dtype=np.intp)
    numbers[np.lexsort((first[tops], -sizes[tops]))] = np.arange(len(tops))
    return numbers


def _place_of(wanted: NDArray[np.intp], nodes: NDArray[np.intp]) -> NDArray[np.intp]:
    """Place of each wanted node among `nodes`, ascending; -1 stays -1."""
    return np.where(wanted < 0, -1, np.searchsorted(nodes, wanted))


def _groups_of(
    nodes: NDArray[np.intp], parents: NDArray[np.intp], numbers: dict[int, int]
) -> NDArray[np.intp]:
    groups = np.full(len(nodes), ABOVE, dtype=np.intp)
    for place in range(len(nodes) - 1, -1, -1):
        above = groups[parents[place]] if parents[place] >= 0 else ABOVE
        groups[place] = numbers.get(int(nodes[place]), above)
    return groups


def _strokes(
    *,
    x: NDArray[np.float64],
    heights: NDArray[np.float64],
    groups: NDArray[np.intp],
    parents: NDArray[np.intp],
    cut_height: float,
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.intp]]:
    """A stem from each branch up to where it is merged, and a bar to below its parent's middle."""
    rows: list[tuple[float, float, float, float]] = []
    owners: list[int] = []
    colours: list[int] = []
    for place in range(len(x)):
        above = parents[place]
        if above < 0:
            continue
        top, joint = heights[above], groups[above]
        turn = min(cut_height, top) if joint == ABOVE and groups[place] != ABOVE else top
        parts = [(x[place], heights[place], x[place], turn, groups[place])]
        if turn < top:
            parts.append((x[place], turn, x[place], top, joint))
        parts.append((x[place], top, x[above], top, joint))
        for *line, group in parts:
            rows.append((line[0], line[1], line[2], line[3]))
            owners.append(place)
            colours.append(int(group))
    return np.array(rows).reshape(-1, 4), np.array(owners, np.intp), np.array(colours, np.intp)


def _spans(x: NDArray[np.float64], groups: NDArray[np.intp]) -> NDArray[np.float64]:
    found = []
    for group in np.unique(groups[groups != ABOVE]):
        mine = x[groups == group]
        found.append((group, mine.min(), mine.max()))
    return np.array(found, dtype=np.float64).reshape(-1, 3)


def _wedges(
    x: NDArray[np.float64], heights: NDArray[np.float64], ends: NDArray[np.bool_]
) -> NDArray[np.float64]:
    flat = np.zeros_like(x)
    corners = np.stack(
        [
            np.stack([x, heights], axis=1),
            np.stack([x - _WEDGE, flat], axis=1),
            np.stack([x + _WEDGE, flat], axis=1),
        ],
        axis=1,
    )
    corners[~(ends & (heights > 0))] = np.nan
    return corners
