"""How far vectors are from the nearest of some others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from astro_core.labels.acquisition.registry import Floats

_BLOCK = 1_000_000  # distances at a time: memory stays small


def squared_to_nearest(values: Floats, others: Floats) -> NDArray[np.float32]:
    """Return the squared distance of each vector to the nearest of `others`, shape (n,).

    Parameters
    ----------
    values : array, shape (n, n_features)
    others : array, shape (m, n_features)
        At least one.
    """
    others = np.asarray(others, dtype=np.float32)
    squares = np.einsum("ij,ij->i", others, others)
    step = max(1, _BLOCK // len(others))
    nearest = np.empty(len(values), dtype=np.float32)
    for start in range(0, len(values), step):
        some = np.asarray(values[start : start + step], dtype=np.float32)
        off = squares - 2 * (some @ others.T)
        nearest[start : start + step] = off.min(axis=1) + np.einsum("ij,ij->i", some, some)
    return np.maximum(nearest, 0)
