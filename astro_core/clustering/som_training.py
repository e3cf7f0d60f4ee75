"""Batch training of a self-organising map, a whole pass at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Progress

SHOWN_AT_LEAST = 20_000
STIR_RATES = (0.5, 0.3)
FEW = 8
MIDDLE_SIGMA = 0.4
LAST_SIGMA = 0.3


def start_weights(
    values: NDArray[np.floating], rows: int, columns: int, start: str, seed: int
) -> NDArray[np.float64]:
    """Where training starts, shape (rows, columns, n_features).

    "pca" spans the plane of the two main directions, two standard deviations wide, the longer
    side of the map along the first; "sample" draws different galaxies.
    """
    n, n_features = values.shape
    if start == "sample":
        drawn = np.random.default_rng(seed).choice(n, rows * columns, replace=False)
        return values[drawn].astype(np.float64).reshape(rows, columns, n_features)
    mean = values.mean(axis=0, dtype=np.float64)
    variances, directions = np.linalg.eigh(np.atleast_2d(np.cov(values, rowvar=False)))
    spans = [np.zeros(n_features), np.zeros(n_features)]
    for i in range(min(2, n_features)):
        direction = directions[:, -1 - i]
        upright = np.sign(direction[np.abs(direction).argmax()])
        spans[i] = upright * direction * np.sqrt(max(variances[-1 - i], 0.0))
    along, across = spans if columns >= rows else spans[::-1]
    x = np.linspace(-1, 1, columns) if columns > 1 else np.zeros(1)
    y = np.linspace(-1, 1, rows) if rows > 1 else np.zeros(1)
    plane = x[None, :, None] * along + y[:, None, None] * across
    weights: NDArray[np.float64] = mean + plane
    return weights


def nearest_cells(values: NDArray[np.floating], flat: NDArray[np.floating]) -> NDArray[np.intp]:
    """Cell whose weights are nearest to each row, shape (n,)."""
    from sklearn.metrics import pairwise_distances_argmin

    nearest: NDArray[np.intp] = pairwise_distances_argmin(values, flat)
    return nearest


def _sums(values: NDArray[np.floating], cells: NDArray[np.intp], k: int) -> NDArray[np.floating]:
    """Sum of the rows in each cell, shape (k, n_features)."""
    from scipy.sparse import csr_array

    n = len(cells)
    ones = np.ones(n, dtype=values.dtype)
    members = csr_array((ones, cells, np.arange(n + 1)), shape=(n, k))
    sums: NDArray[np.floating] = members.T @ values
    return sums


def _apart(rows: int, columns: int) -> NDArray[np.float64]:
    """Squared distance on the map between each two cells, shape (k, k)."""
    places = np.indices((rows, columns)).reshape(2, -1).T
    apart: NDArray[np.float64] = ((places[:, None, :] - places[None, :, :]) ** 2).sum(axis=2) * 1.0
    return apart


def _stir(
    values: NDArray[np.float32],
    flat: NDArray[np.float32],
    apart: NDArray[np.float64],
    sigma: float,
    seed: int,
    progress: Progress,
) -> None:
    """Move the cells, in place, by a few galaxies at a time.

    Positions are taken from the mean, or single precision would not tell them apart.

    Batch training alone leaves cells stranded between groups that stand far apart; galaxies in
    random order shake them free, as in online training.
    """
    starts = [(order, i) for order in _orders(len(values), seed) for i in range(0, len(order), FEW)]
    reaches = np.geomspace(max(sigma, MIDDLE_SIGMA), MIDDLE_SIGMA, len(starts))
    rates = np.geomspace(*STIR_RATES, len(starts))
    mean = values.mean(axis=0, dtype=np.float64).astype(np.float32)
    flat -= mean
    for step, ((order, i), reach, rate) in enumerate(zip(starts, reaches, rates, strict=True)):
        if step % 500 == 0:
            progress(step, len(starts), "Spreading the map")
        few = values[order[i : i + FEW]] - mean
        cells = ((flat * flat).sum(axis=1) - 2 * (few @ flat.T)).argmin(axis=1)
        pull = np.exp(apart[:, cells] / (-2 * reach**2)).astype(np.float32)
        total = pull.sum(axis=1)
        share = rate * np.minimum(total, 1) / np.maximum(total, 1e-12)
        flat += share[:, None] * (pull @ few - total[:, None] * flat)
    flat += mean


def _orders(n: int, seed: int) -> list[NDArray[np.int64]]:
    """Two passes, or as many as it takes to show enough galaxies."""
    rng = np.random.default_rng(seed)
    return [rng.permutation(n) for _ in range(max(2, -(-SHOWN_AT_LEAST // n)))]


def train_batch(
    values: NDArray[np.float32],
    weights: NDArray[np.floating],
    *,
    sigma: float,
    passes: int,
    seed: int,
    progress: Progress,
) -> NDArray[np.float32]:
    """Train by Kohonen's batch rule, after passes by a few galaxies at a time.

    In each batch pass the weights of a cell become the mean of all galaxies, each counted by how
    near its own cell is on the map.

    Parameters
    ----------
    values : array, shape (n, n_features)
    weights : array, shape (rows, columns, n_features)
        Where to start.
    sigma : float
        Reach of the Gaussian neighbourhood at first, in cells. It shrinks by the same factor at
        every step, to 0.4 before the first batch pass and to 0.3 at the last.
    passes, seed : int

    Returns
    -------
    array, shape (rows, columns, n_features)
    """
    rows, columns, n_features = weights.shape
    apart = _apart(rows, columns)
    flat = weights.reshape(-1, n_features).astype(np.float32)
    _stir(values, flat, apart, sigma, seed, progress)
    for done, reach in enumerate(np.geomspace(MIDDLE_SIGMA, LAST_SIGMA, passes)):
        progress(done, passes, "Training the map")
        cells = nearest_cells(values, flat)
        pull = np.exp(-apart / (2 * reach**2))
        counts = pull @ np.bincount(cells, minlength=len(flat))
        sums = pull @ _sums(values, cells, len(flat))
        reached = counts > 1e-12
        flat[reached] = sums[reached] / counts[reached, None]
    return flat.reshape(weights.shape)
