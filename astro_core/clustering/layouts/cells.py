"""The mix of classes in each cell of a map, as bars."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_HALF_WIDTH = 0.44
_EDGE, _MIDDLE = (0.39, 0.47), (-0.16, 0.38)


def share_bars(
    counts: NDArray[np.number], columns: int, *, large: bool = False
) -> NDArray[np.float64]:
    """Stack the shares of classes side by side in each cell.

    Parameters
    ----------
    counts : array, shape (n_cells, n_classes)
        Cell row * columns + column, as groups of a self-organising map are numbered.
    columns : int
        Cells in a row of the map.

    Returns
    -------
    array of float, shape (n_cells, n_classes, 4)
        x0, y0, x1, y1 of each bar, where cells are 1 wide, stand around whole numbers, and rows
        grow downwards; NaN for a class that is not there.
    """
    counts = np.asarray(counts, dtype=np.float64)
    cells = np.arange(len(counts))
    total = counts.sum(axis=1, keepdims=True)
    share = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
    end = np.cumsum(share, axis=1)
    left = (cells % columns - _HALF_WIDTH)[:, np.newaxis]
    row = (cells // columns)[:, np.newaxis] * np.ones_like(share)
    wide = 2 * _HALF_WIDTH
    low, high = _MIDDLE if large else _EDGE
    bars = np.stack(
        [left + wide * (end - share), row + low, left + wide * end, row + high], axis=-1
    )
    bars[share == 0] = np.nan
    return bars
