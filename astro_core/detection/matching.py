"""Which anchors of a detector a galaxy belongs to, and how much boxes overlap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_SAME, _OTHER = 0.5, 0.4  # overlap from which an anchor is the galaxy, below which it is not
_HIDDEN = 0.5  # share of an anchor inside a galaxy that nobody can judge


@dataclass(frozen=True, kw_only=True)
class Marked:
    """What is marked in a window: corners x0, y0, x1, y1 in px.

    Attributes
    ----------
    boxes : array, shape (n, 4)
        Galaxies.
    unsure : array, shape (m, 4)
        Galaxies that are cut off or too small: neither to be found nor to be missed.
    """

    boxes: NDArray[np.float32]
    unsure: NDArray[np.float32]


def targets(marked: Marked, places: NDArray[np.float32]) -> NDArray[np.float32]:
    """What every anchor of a window should say.

    An anchor that overlaps a galaxy by half is that galaxy, and so is the best one of each galaxy;
    those between and those in unsure places learn nothing.

    Parameters
    ----------
    places : array of float32, shape (n_anchors, 4)
        The anchors.

    Returns
    -------
    array of float32, shape (n_anchors, 5)
        1, 0 or -1 for a galaxy, nothing or unsure, and the corners of the galaxy.
    """
    answer = np.zeros((len(places), 5), dtype=np.float32)
    answer[:, 1:] = places
    if len(marked.unsure):
        answer[(shared(places, marked.unsure) >= _HIDDEN).any(axis=1), 0] = -1
    if not len(marked.boxes):
        return answer
    overlap = overlaps(places, marked.boxes)
    best = overlap.argmax(axis=0)
    galaxy, most = overlap.argmax(axis=1), overlap.max(axis=1)
    galaxy[best] = np.arange(len(best))
    answer[most >= _OTHER, 0] = -1
    belongs = most >= _SAME
    belongs[best] = True
    answer[belongs, 0] = 1
    answer[belongs, 1:] = marked.boxes[galaxy[belongs]]
    return answer


def overlaps(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.float64]:
    """Intersection over union of every box of `a` with every one of `b`, shape (len(a), len(b))."""
    return _common(a, b, of_first=False)


def shared(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.float64]:
    """Share of every box of `a` that lies in each of `b`, shape (len(a), len(b))."""
    return _common(a, b, of_first=True)


def _common(
    a: NDArray[np.floating], b: NDArray[np.floating], *, of_first: bool
) -> NDArray[np.float64]:
    from pycocotools.mask import iou

    if not len(a) or not len(b):
        return np.zeros((len(a), len(b)))
    sides = (np.hstack([x[:, :2], x[:, 2:] - x[:, :2]]).astype(np.float64) for x in (a, b))
    return np.asarray(iou(*sides, [of_first] * len(b)))
