"""The inner loops of resizing, in the subset of Python that numba compiles."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.imaging.compiled import compiled

BITS = 22  # behind the point in a weight; 8 bits of grey and 2 to spare make 32
_HALF = np.int32(1 << (BITS - 1))
_BITS = np.int32(BITS)
_BLACK, _WHITE = np.int32(0), np.int32(255)
_TILE = 16


@compiled
def weigh_rows(
    rows: NDArray[np.uint8],
    starts: NDArray[np.int32],
    counts: NDArray[np.int32],
    weights: NDArray[np.int32],
    out: NDArray[np.uint8],
) -> None:
    """Fill each row of `out` with a weighted sum of neighbouring `rows`."""
    n_out, length = out.shape
    total = np.empty(length, np.int32)
    for i in range(n_out):
        total[:] = _HALF
        for t in range(counts[i]):
            weight = weights[i, t]
            row = rows[starts[i] + t]
            for j in range(length):
                total[j] += weight * np.int32(row[j])
        for j in range(length):
            out[i, j] = np.uint8(min(max(total[j] >> _BITS, _BLACK), _WHITE))


@compiled
def turned(image: Any) -> Any:
    """Return an image (height, width, 3) as (width, height, 3), tile by tile."""
    height, width, _ = image.shape
    out = np.empty((width, height, 3), np.uint8)
    for top in range(0, height, _TILE):
        for x in range(width):
            for y in range(top, min(top + _TILE, height)):
                out[x, y, 0] = image[y, x, 0]
                out[x, y, 1] = image[y, x, 1]
                out[x, y, 2] = image[y, x, 2]
    return out
