"""Many candidates of a detector become one box for each galaxy.

Candidates that overlap vote for where the galaxy ends and for how sure it is (box voting: Gidaris &
Komodakis 2015, ICCV, arXiv:1505.01749). Only neighbours are compared, so that a picture may be as
large and as crowded as it likes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Boxes, no_boxes

SAME = 0.4  # overlap from which two candidates vote for each other
_MOST = 100_000  # candidates, the surest of all; what a network makes of noise may have more
_LEAST_PX = 1.0  # sides of a box


@dataclass(frozen=True)
class _Pairs:
    """Candidates that overlap, each with itself, too: the places of both and the overlap.

    Sorted by the first; those of candidate i lie from `starts[i]` to `starts[i + 1]`.
    """

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    overlap: NDArray[np.float64]
    starts: NDArray[np.intp]


def vote(corners: NDArray[np.float64], scores: NDArray[np.float64], overlap: float) -> Boxes:
    """Merge candidates that mean the same galaxy.

    A box is as sure as its candidates are many and sure: each counts by the square of its score and
    by its overlap. It ends where they end in the mean. Of boxes that overlap the surest stays.

    Parameters
    ----------
    corners : array, shape (n, 4)
        Candidates: x0, y0, x1, y1 in px.
    scores : array, shape (n,)
        0 to 1.
    overlap : float
        Intersection over union from which only one box stays.

    Returns
    -------
    Boxes
        The surest first.
    """
    solid = np.flatnonzero(
        (corners[:, 2:] - corners[:, :2]).min(axis=1, initial=np.inf) >= _LEAST_PX
    )
    order = solid[np.argsort(-scores[solid], kind="stable")][:_MOST]
    if not len(order):
        return no_boxes()
    boxes = corners[order]
    pairs = _pairs(boxes, min(overlap, SAME))
    alike = pairs.overlap > SAME
    first, second = pairs.first[alike], pairs.second[alike]
    votes = pairs.overlap[alike] * scores[order][second] ** 2
    total = np.bincount(first, votes, len(boxes)).astype(np.float64)
    kept = _surest(total, pairs, overlap)
    ends = [np.bincount(first, votes * side[second], len(boxes))[kept] for side in boxes.T]
    sure = total[kept]
    return Boxes(corners=np.stack(ends, axis=1) / sure[:, None], scores=sure / (1 + sure))


def _pairs(boxes: NDArray[np.float64], least: float) -> _Pairs:
    """Pairs that overlap by more than some share.

    Sides of such a pair differ by at most that factor, which bounds how far apart their middles
    are.
    """
    from scipy.spatial import cKDTree

    sides = boxes[:, 2:] - boxes[:, :2]
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    reach = max(1 - least, (1 / least - 1) / 2) * sides.max(axis=1)
    near = cKDTree(middles).query_ball_point(middles, reach, p=np.inf)
    first = np.repeat(np.arange(len(boxes)), [len(each) for each in near])
    second = np.concatenate([np.asarray(each, dtype=np.intp) for each in near])
    shared = np.minimum(boxes[first, 2:], boxes[second, 2:])
    shared -= np.maximum(boxes[first, :2], boxes[second, :2])
    common = shared.clip(0, None).prod(axis=1)
    area = sides.prod(axis=1)
    ratio = common / (area[first] + area[second] - common)
    found = ratio > least
    first = first[found]
    starts = np.searchsorted(first, np.arange(len(boxes) + 1))
    return _Pairs(first, second[found], ratio[found], starts)


def _surest(total: NDArray[np.float64], pairs: _Pairs, overlap: float) -> NDArray[np.intp]:
    """Places of the boxes that stay, the surest first."""
    gone = np.zeros(len(total), dtype=bool)
    kept = []
    for i in np.argsort(-total, kind="stable"):
        if gone[i]:
            continue
        kept.append(i)
        mine = slice(pairs.starts[i], pairs.starts[i + 1])
        gone[pairs.second[mine][pairs.overlap[mine] > overlap]] = True
    return np.array(kept, dtype=np.intp)
