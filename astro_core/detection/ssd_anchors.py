"""Anchors of the single-shot detector.

Liu et al. 2016 (ECCV, arXiv:1512.02325): every cell of several maps of features guesses a
handful of boxes, the anchors, and learns which of them hold something and how to move them.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

STRIDES_PX = (4, 8, 16, 32)  # of the maps of features
_SIDES_PX = ((7.0, 11.0), (17.0, 26.0), (39.0, 58.0), (82.0, 112.0))
_RATIOS = (1.0, 2.0, 0.5)  # width over height
PER_CELL = len(_SIDES_PX[0]) * len(_RATIOS)


@cache
def anchors(size_px: int) -> NDArray[np.float32]:
    """Anchors of a window, level by level, row by row.

    Parameters
    ----------
    size_px : int
        Side of the window, a multiple of the largest stride.

    Returns
    -------
    array of float32, shape (n, 4)
        x0, y0, x1, y1 in px.
    """
    levels = []
    for stride, sides in zip(STRIDES_PX, _SIDES_PX, strict=True):
        shapes = [(s * np.sqrt(r), s / np.sqrt(r)) for s in sides for r in _RATIOS]
        half = np.array(shapes) / 2
        middles = (np.arange(size_px // stride) + 0.5) * stride
        y, x = np.meshgrid(middles, middles, indexing="ij")
        centre = np.stack([x, y], axis=-1)[:, :, None, :]
        levels.append(np.concatenate([centre - half, centre + half], axis=-1).reshape(-1, 4))
    found = np.concatenate(levels).astype(np.float32)
    found.flags.writeable = False
    return found
