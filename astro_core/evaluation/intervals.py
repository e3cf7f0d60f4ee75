"""How far a score would move with other galaxies of the same kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 2000


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A 95 per cent interval; NaN where nothing can be said."""

    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class ScoreIntervals:
    """Bootstrap intervals of what a confusion matrix tells (Efron 1979, Ann. Stat. 7, 1)."""

    draws: int
    accuracy: Interval
    balanced_accuracy: Interval
    macro_f1: Interval


def score_intervals(
    confusion: NDArray[np.int64], *, draws: int = DRAWS, seed: int = 0
) -> ScoreIntervals:
    """Draw the galaxies of a confusion matrix again, with replacement.

    That draws the cells from a multinomial distribution: the time does not grow with n.

    Parameters
    ----------
    confusion : array of int, shape (n_classes, n_classes)
        Row the label, column the answer; at least one galaxy.
    """
    total = int(confusion.sum())
    drawn = np.random.default_rng(seed).multinomial(
        total, confusion.ravel() / total, size=draws
    ).reshape(draws, *confusion.shape)  # fmt: skip
    right = np.diagonal(drawn, axis1=1, axis2=2).astype(float)
    support, given = drawn.sum(axis=2), drawn.sum(axis=1)
    with np.errstate(invalid="ignore"):
        recall, f1 = right / support, 2 * right / (support + given)
    there = confusion.sum(axis=1) > 0
    return ScoreIntervals(
        draws=draws,
        accuracy=_interval(right.sum(axis=1) / total),
        balanced_accuracy=_interval(_mean(recall[:, there])),
        macro_f1=_interval(_mean(f1[:, there])),
    )


def _mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over the classes that a draw has."""
    known = np.isfinite(values)
    mean: NDArray[np.float64] = np.where(known, values, 0.0).sum(axis=1) / known.sum(axis=1)
    return mean


def _interval(values: NDArray[np.float64]) -> Interval:
    low, high = np.quantile(values, [0.025, 0.975])
    return Interval(low=float(low), high=float(high))


def share_interval(hits: int, n: int) -> Interval:
    """Interval of a share (Wilson 1927, JASA 22, 209); NaN of nothing."""
    if not n:
        return Interval(low=float("nan"), high=float("nan"))
    z, share = 1.959964, hits / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return Interval(low=float(max(middle - half, 0.0)), high=float(min(middle + half, 1.0)))
