"""HDBSCAN's condensed tree as icicles: how groups shrink as the density that is asked grows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

UNCHOSEN = -1
MAX_BRANCHES = 150
_STEPS = 24
_GAP = 1.5
_TAIL = 0.02


@dataclass(frozen=True, kw_only=True)
class CondensedLayout:
    """Where branches go; b branches are shown, ascending by node.

    Attributes
    ----------
    nodes : array of int, shape (b,)
        Number of each branch in the tree; the first is the root, which holds everything.
    x : array of float, shape (b,)
        Middle of each branch.
    births, deaths : array of float, shape (b,)
        1 / distance at which it begins, and at which it divides or its last galaxy leaves.
    sizes : array of int, shape (b,)
        Galaxies it begins with.
    groups : array of int, shape (b,)
        Group that it was chosen as; `UNCHOSEN` otherwise.
    outlines : tuple of array, each shape (p, 2)
        Closed polygons; their width is the square root of how many galaxies are left.
    joints : array of float, shape (j, 4)
        Lines x0, y0, x1, y1 where a branch divides.
    reach : float
        1 / distance up to which to draw: beyond, fewer than 2 % of any branch are left.
    n_branches, n_galaxies : int
        Branches there are, drawn or not; galaxies in the tree.
    """

    nodes: NDArray[np.intp]
    x: NDArray[np.float64]
    births: NDArray[np.float64]
    deaths: NDArray[np.float64]
    sizes: NDArray[np.intp]
    groups: NDArray[np.intp]
    outlines: tuple[NDArray[np.float64], ...]
    joints: NDArray[np.float64]
    reach: float
    n_branches: int
    n_galaxies: int


@dataclass(frozen=True)
class _Branch:
    """A branch: who leaves it when. `left` galaxies remain after `levels`, both ascending."""

    node: int
    parent: int
    birth: float
    size: int
    levels: NDArray[np.float64]
    left: NDArray[np.intp]

    @property
    def death(self) -> float:
        return float(self.levels[-1])

    def tail(self, *, divides: bool) -> float:
        """Level up to which more than 2 % are left."""
        if divides:
            return self.death
        return float(self.levels[np.argmax(self.left <= _TAIL * self.size)])

    def outline(self, x: float) -> NDArray[np.float64]:
        before = np.concatenate([[self.size], self.left[:-1]])
        keep = _evenly(before)
        levels, widths = self.levels[keep], np.sqrt(before[keep]) / 2
        from_ = np.concatenate([[self.birth], levels[:-1]])
        right = np.stack([np.repeat(widths, 2), np.stack([from_, levels], axis=1).ravel()], axis=1)
        left = right[::-1] * (-1, 1)
        outline: NDArray[np.float64] = np.vstack([right, left, right[:1]])
        outline[:, 0] += x
        return outline


def _evenly(sizes: NDArray[np.intp]) -> NDArray[np.intp]:
    """Places at which a falling size has lost another part; the last is always among them."""
    step = np.floor(_STEPS * np.sqrt(sizes / sizes[0]))
    last = np.append(np.diff(step) != 0, True)
    return np.flatnonzero(last)


def condensed(
    parent: NDArray[np.integer],
    child: NDArray[np.integer],
    level: NDArray[np.floating],
    size: NDArray[np.integer],
    *,
    selected: NDArray[np.integer],
    labels: NDArray[np.integer] | None = None,
    max_branches: int = MAX_BRANCHES,
) -> CondensedLayout:
    """Lay out a condensed tree.

    Parameters
    ----------
    parent, child, level, size : array, shape (e,)
        Edges as hdbscan writes them: `size` galaxies leave `parent` as `child` at 1 / distance =
        `level`. Where galaxies coincide the level is infinite; the largest finite one is drawn.
    selected : array of int, shape (k,)
        Nodes that were chosen as groups.
    labels : array of int, shape (k,), optional
        Their groups; 0 to k - 1 by default.
    max_branches : int
        The largest are drawn, and whatever leads to a group.

    Returns
    -------
    CondensedLayout
    """
    branches = _branches(parent, child, level, size)
    names = range(len(selected)) if labels is None else labels.tolist()
    group_of = dict(zip(selected.tolist(), names, strict=True))
    shown = _shown(branches, list(group_of), max_branches)
    x = _middles(shown)
    divided = {branch.parent for branch in shown.values()}
    drawn = [shown[node] for node in sorted(shown)]
    return CondensedLayout(
        nodes=np.array([b.node for b in drawn], dtype=np.intp),
        x=np.array([x[b.node] for b in drawn]),
        births=np.array([b.birth for b in drawn]),
        deaths=np.array([b.death for b in drawn]),
        sizes=np.array([b.size for b in drawn], dtype=np.intp),
        groups=np.array([group_of.get(b.node, UNCHOSEN) for b in drawn], dtype=np.intp),
        outlines=tuple(b.outline(x[b.node]) for b in drawn),
        joints=_joints(drawn, x),
        reach=max(b.tail(divides=b.node in divided) for b in drawn),
        n_branches=len(branches),
        n_galaxies=drawn[0].size,
    )


def _branches(
    parent: NDArray[np.integer],
    child: NDArray[np.integer],
    level: NDArray[np.floating],
    size: NDArray[np.integer],
) -> dict[int, _Branch]:
    finite = level[np.isfinite(level)]
    level = np.minimum(level, finite.max() if len(finite) else 1.0)
    inner = size > 1
    above = dict(zip(child[inner].tolist(), parent[inner].tolist(), strict=True))
    birth = dict(zip(child[inner].tolist(), level[inner].tolist(), strict=True))
    order = np.lexsort((level, parent))
    nodes, starts = np.unique(parent[order], return_index=True)
    found = {}
    for node, rows in zip(nodes.tolist(), np.split(order, starts[1:]), strict=True):
        leaving = np.cumsum(size[rows])
        total = int(leaving[-1])
        levels, first = np.unique(level[rows][::-1], return_index=True)
        left = (total - leaving[::-1][first]).astype(np.intp)
        found[node] = _Branch(node, above.get(node, -1), birth.get(node, 0.0), total, levels, left)
    return found


def _shown(branches: dict[int, _Branch], chosen: list[int], most: int) -> dict[int, _Branch]:
    """The largest, whatever leads to a chosen one, and the twin of each."""
    by_size = sorted(branches.values(), key=lambda b: (-b.size, b.node))
    wanted = {b.node for b in by_size[:most]}
    for start in chosen:
        node = start
        while node in branches and node not in wanted:
            wanted.add(node)
            node = branches[node].parent
    divided = {branches[node].parent for node in wanted}
    return {n: b for n, b in branches.items() if n in wanted or b.parent in divided - {-1}}


def _middles(shown: dict[int, _Branch]) -> dict[int, float]:
    """Side by side without touching, each parent in the middle above its parts."""
    parts: dict[int, list[int]] = {}
    for node in sorted(shown):
        parts.setdefault(shown[node].parent, []).append(node)
    room: dict[int, float] = {}
    for node in sorted(shown, reverse=True):  # parts have higher numbers than their parent
        below = sum(room[part] for part in parts.get(node, []))
        room[node] = max(float(np.sqrt(shown[node].size)) + _GAP, below)
    x: dict[int, float] = {}
    root = min(shown)
    waiting = [(root, 0.0)]
    while waiting:
        node, start = waiting.pop()
        mine = parts.get(node, [])
        at = start + (room[node] - sum(room[part] for part in mine)) / 2
        for part in mine:
            waiting.append((part, at))
            at += room[part]
        x[node] = start + room[node] / 2
    return x


def _joints(drawn: list[_Branch], x: dict[int, float]) -> NDArray[np.float64]:
    lines = [(x[b.parent], b.birth, x[b.node], b.birth) for b in drawn if b.parent in x]
    return np.array(lines, dtype=np.float64).reshape(-1, 4)
