"""Methods that look at a sample, and where the others belong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def sample_rows(n: int, size: int, seed: int) -> NDArray[np.intp]:
    """Rows of a seeded sample, ascending; all of them where there are no more than `size`."""
    if n <= size:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, size, replace=False))


def nearest_of(values: NDArray[np.floating], rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Which of the sampled rows is nearest to each row; a sampled row is its own.

    Parameters
    ----------
    values : array, shape (n, n_features)
    rows : array of int, shape (m,)

    Returns
    -------
    array of int, shape (n,)
        Positions in `rows`.
    """
    if len(rows) == len(values):
        return np.arange(len(values))
    from sklearn.metrics import pairwise_distances_argmin

    nearest: NDArray[np.intp] = pairwise_distances_argmin(values, values[rows])
    nearest[rows] = np.arange(len(rows))
    return nearest


def sample_note(n: int, m: int, what: str) -> tuple[str, ...]:
    """Say that only a sample was looked at, where that is so."""
    if n == m:
        return ()
    note = (
        f"{what} on a sample of {m:,} of {n:,} galaxies; each of the others is in the group of "
        "the sampled galaxy that is most like it."
    )
    return (note,)
