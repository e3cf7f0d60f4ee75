"""Whether two ways to look into a network point at the same places."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.explain.results import Maps

FEWEST = 16


def agreement(one: Maps, other: Maps, output: str) -> float | None:
    """Return the correlation of what speaks for an answer in two maps, -1 to 1.

    Both are first brought to the coarser of the two grids: a map of single pixels and one of
    patches cannot agree pixel by pixel.

    Returns
    -------
    float or None
        None where a map is the same everywhere, or has fewer than `FEWEST` cells: so few are
        alike or opposed by chance.

    Raises
    ------
    NotFoundError
        If one of them has no map of the answer.
    """
    shape = tuple(np.minimum(one.values.shape[1:], other.values.shape[1:]))
    if shape[0] * shape[1] < FEWEST:
        return None
    flat = [coarse(maps.shown(output), (int(shape[0]), int(shape[1]))) for maps in (one, other)]
    if not all(values.std() > 0 for values in flat):
        return None
    return float(np.corrcoef(flat[0].ravel(), flat[1].ravel())[0, 1])


def coarse(values: NDArray[Any], shape: tuple[int, int]) -> NDArray[np.float64]:
    """Return means over a grid of as many rows and columns as `shape` says."""
    rows, columns = (
        np.minimum(np.arange(n) * wanted // n, wanted - 1)
        for n, wanted in zip(values.shape, shape, strict=True)
    )
    place = (rows[:, None] * shape[1] + columns[None, :]).ravel()
    n_cells = shape[0] * shape[1]
    sums = np.bincount(place, weights=np.asarray(values, dtype=float).ravel(), minlength=n_cells)
    counts = np.bincount(place, minlength=n_cells)
    means: NDArray[np.float64] = (sums / np.maximum(counts, 1)).reshape(shape)
    return means


def radial_profile(values: NDArray[Any], n_bins: int = 16) -> NDArray[np.float64]:
    """Return the mean of a square map in rings around its centre, from inside to outside.

    Parameters
    ----------
    values : array, shape (size, size)
    n_bins : int
        Rings of equal width from the centre to the middle of an edge; corners count to none.

    Returns
    -------
    array, shape (n_bins,)
        NaN for a ring that holds no pixel.
    """
    size = values.shape[0]
    at = (np.arange(size) + 0.5) / size - 0.5
    radius = np.hypot(at[:, None], at[None, :]) / 0.5
    ring = np.floor(radius * n_bins).astype(int)
    inside = ring < n_bins
    sums = np.bincount(ring[inside], weights=np.asarray(values)[inside], minlength=n_bins)
    counts = np.bincount(ring[inside], minlength=n_bins)
    with np.errstate(invalid="ignore"):
        profile: NDArray[np.float64] = np.where(counts > 0, sums / counts, np.nan)
    return profile
