"""Columns brought to the same mean and spread, so that no unit decides what is near."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def standardise(
    values: NDArray[Any],
) -> tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.float64]]:
    """Bring every column to mean 0 and standard deviation 1.

    Parameters
    ----------
    values : array, shape (n_objects, n_features)
        NaN stays NaN and counts for nothing. A constant column becomes 0.

    Returns
    -------
    scaled : array of float32, shape (n_objects, n_features)
    mean, scale : arrays of float64, shape (n_features,)
        ``values = scaled * scale + mean``.
    """
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler()
    scaled = scaler.fit_transform(np.asarray(values, dtype=np.float64))
    return scaled.astype(np.float32), scaler.mean_, scaler.scale_


def restore(
    scaled: NDArray[Any], mean: NDArray[np.float64], scale: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Undo `standardise`."""
    return (scaled * scale + mean).astype(np.float32)
