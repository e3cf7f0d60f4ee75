"""Areas under curves for galaxies drawn again with replacement, all draws at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from astro_core.evaluation.report import Floats

STEPS = 500  # of equal numbers of galaxies, and as many of equal numbers of right ones


def draw_counts(n: int, draws: int, seed: int) -> NDArray[np.uint8]:
    """How often each of `n` galaxies is drawn, shape (draws, n)."""
    rng = np.random.default_rng(seed)
    counts = np.empty((draws, n), dtype=np.uint8)
    for draw in range(draws):
        counts[draw] = np.bincount(rng.integers(0, n, n), minlength=n)
    return counts


def resampled_areas(
    right: NDArray[np.bool_], scores: Floats, counts: NDArray[np.uint8]
) -> tuple[Floats, Floats]:
    """Areas of one class against the others, a value for each draw.

    Scores that lie close together are taken as one (`STEPS`): a curve then has at most a
    thousand points, and an area moves by less than 0.001.

    Parameters
    ----------
    right : array of bool, shape (n,)
        Whether a galaxy is of the class.
    scores : array, shape (n,)
    counts : array, shape (draws, n)
        How often each galaxy was drawn.

    Returns
    -------
    roc, precision : array, shape (draws,)
        Area below the ROC curve, and average precision; NaN where a draw tells nothing.
    """
    group = _groups(right, scores)
    n_groups = int(group.max()) + 1
    cell = 2 * group + right
    drawn = np.stack([np.bincount(cell, one, 2 * n_groups) for one in counts])
    hits, misses = drawn[:, 1::2], drawn[:, ::2]
    return _roc(hits, misses), _precision(hits, misses)


def _groups(right: NDArray[np.bool_], scores: Floats) -> NDArray[np.intp]:
    """Number each galaxy's step on the curve, from the highest score down."""
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    before = np.cumsum(right[order]) - right[order]  # a step ends with a right one
    n, total = len(scores), max(int(right.sum()), 1)
    steps = np.arange(n) * STEPS // n + before * STEPS // total
    begins = np.append(True, np.diff(ranked) != 0)
    same = np.maximum.accumulate(np.where(begins, np.arange(n), 0))  # first of equal scores
    _, numbered = np.unique(steps[same], return_inverse=True)
    group = np.empty(n, dtype=np.intp)
    group[order] = numbered
    return group


def _roc(hits: Floats, misses: Floats) -> Floats:
    below = np.cumsum(hits, axis=1) - hits / 2
    area: Floats = _share((misses * below).sum(axis=1), hits.sum(axis=1) * misses.sum(axis=1))
    return area


def _precision(hits: Floats, misses: Floats) -> Floats:
    found = np.cumsum(hits, axis=1)
    precision = _share(found, found + np.cumsum(misses, axis=1))
    area: Floats = _share((hits * np.nan_to_num(precision)).sum(axis=1), hits.sum(axis=1))
    return area


def _share(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)
