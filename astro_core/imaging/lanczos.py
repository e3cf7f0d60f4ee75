"""Pillow's Lanczos filter to the last bit, four times as fast.

Resizing is most of the work of a picture survey's pixel stack, so the arithmetic of Pillow's
resampling (integers with 22 bits behind the point, first along rows, then along columns) is done
here by vectorised loops.
"""

from __future__ import annotations

import functools
import math

import numpy as np
from numpy.typing import NDArray

_LOBES = 3.0
Weights = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]


@functools.lru_cache(maxsize=64)
def lanczos_weights(n_in: int, n_out: int) -> Weights:
    """Return which pixels make each new one, and with what integer weights.

    Returns
    -------
    starts, counts : array of int32, shape (n_out,)
        First old pixel of each new one, and how many follow.
    weights : array of int32, shape (n_out, largest count)
        In units of 2**-22; zero beyond the count.
    """
    from astro_core.imaging.lanczos_kernel import BITS

    scale = n_in / n_out
    widen = max(scale, 1.0)
    reach = _LOBES * widen
    centre = (np.arange(n_out) + 0.5) * scale
    first = np.maximum(np.trunc(centre - reach + 0.5), 0).astype(np.int32)
    last = np.minimum(np.trunc(centre + reach + 0.5), n_in).astype(np.int32)
    offset = np.arange(math.ceil(reach) * 2 + 1)
    x = (first[:, None] + offset - centre[:, None] + 0.5) / widen
    inside = (offset < (last - first)[:, None]) & (x >= -_LOBES) & (x < _LOBES)
    weight = np.where(inside, np.sinc(x) * np.sinc(x / _LOBES), 0.0)
    weight /= weight.sum(axis=1, keepdims=True)
    fixed = np.trunc(weight * (1 << BITS) + np.copysign(0.5, weight)).astype(np.int32)
    return first, last - first, fixed


def lanczos_resize(image: NDArray[np.uint8], size_px: int) -> NDArray[np.uint8]:
    """Resize a square 8-bit colour image with the Lanczos filter of three lobes.

    Parameters
    ----------
    image : array of uint8, shape (side, side, 3)
    size_px : int

    Returns
    -------
    array of uint8, shape (size_px, size_px, 3)
    """
    from astro_core.imaging.lanczos_kernel import turned, weigh_rows

    side = image.shape[0]
    weights = lanczos_weights(side, size_px)
    columns = turned(np.ascontiguousarray(image)).reshape(side, side * 3)
    narrow = np.empty((size_px, side * 3), dtype=np.uint8)
    weigh_rows(columns, *weights, narrow)
    rows = turned(narrow.reshape(size_px, side, 3)).reshape(side, size_px * 3)
    out = np.empty((size_px, size_px * 3), dtype=np.uint8)
    weigh_rows(rows, *weights, out)
    return out.reshape(size_px, size_px, 3)
