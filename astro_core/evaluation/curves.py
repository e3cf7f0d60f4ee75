"""Each class against the others as the threshold changes: ROC, and precision against recall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from astro_core.evaluation.report import Classes, Floats, check
from astro_core.evaluation.resampling import draw_counts, resampled_areas

POINTS = 201  # of a drawn curve


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One class against the others, or their macro mean.

    Attributes
    ----------
    x, y : array
        False against true positive rate, or recall against precision.
    area : float
        NaN where the class has no objects, or nothing else does.
    low, high : float
        95 per cent bootstrap interval of the area, galaxies drawn with replacement.
    """

    name: str
    n: int
    x: Floats
    y: Floats
    area: float
    low: float = float("nan")
    high: float = float("nan")


def roc(
    probabilities: Floats,
    truth: Classes,
    class_names: tuple[str, ...],
    *,
    draws: int = 200,
    seed: int = 0,
) -> tuple[Curve, ...]:
    """ROC curve of every class against the others, and last their macro mean.

    Parameters
    ----------
    probabilities : array, shape (n, n_classes)
    truth : array of int, shape (n,)
    draws : int
        Bootstrap samples for the intervals.
    """
    return both_curves(probabilities, truth, class_names, draws=draws, seed=seed)[0]


def precision_recall(
    probabilities: Floats,
    truth: Classes,
    class_names: tuple[str, ...],
    *,
    draws: int = 200,
    seed: int = 0,
) -> tuple[Curve, ...]:
    """Precision against recall; the area is the average precision."""
    return both_curves(probabilities, truth, class_names, draws=draws, seed=seed)[1]


def both_curves(
    probabilities: Floats,
    truth: Classes,
    class_names: tuple[str, ...],
    *,
    draws: int = 200,
    seed: int = 0,
) -> tuple[tuple[Curve, ...], tuple[Curve, ...]]:
    """ROC, and precision against recall, with intervals from the same draws."""
    check(probabilities, truth, len(class_names))
    counts = draw_counts(len(truth), draws, seed)
    areas = np.full((2, draws, len(class_names)), np.nan)
    curves: tuple[list[Curve], list[Curve]] = ([], [])
    for k, name in enumerate(class_names):
        right, score = truth == k, probabilities[:, k]
        hits, misses = _cumulated(right, score)
        if draws:
            areas[:, :, k] = resampled_areas(right, score, counts)
        for which, points in enumerate((_roc, _precision_recall)):
            x, y, area = points(hits, misses)
            low, high = _interval(areas[which, :, k])
            curve = Curve(name=name, n=int(right.sum()), x=x, y=y, area=area, low=low, high=high)
            curves[which].append(curve)
    first, second = (
        (*found, _macro(found, areas[which], len(truth))) for which, found in enumerate(curves)
    )
    return first, second


Points = tuple[Floats, Floats, float]


def _roc(hits: Floats, misses: Floats) -> Points:
    if not hits[-1] or not misses[-1]:
        return np.array([]), np.array([]), float("nan")
    x, y = misses / misses[-1], hits / hits[-1]
    return x, y, float(np.trapezoid(y, x))


def _precision_recall(hits: Floats, misses: Floats) -> Points:
    if not hits[-1]:
        return np.array([]), np.array([]), float("nan")
    recall = hits / hits[-1]
    precision = np.divide(hits, hits + misses, out=np.ones_like(hits), where=hits + misses > 0)
    area = float((np.diff(recall) * precision[1:]).sum())
    return recall, precision, area


def _cumulated(right: NDArray[np.bool_], score: Floats) -> tuple[Floats, Floats]:
    """Right and wrong ones from each distinct score up, beginning with none."""
    order = np.argsort(-score, kind="stable")
    last = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))
    hits = np.cumsum(right[order])[last].astype(float)
    return np.append(0.0, hits), np.append(0.0, last + 1 - hits)


def _interval(values: Floats) -> tuple[float, float]:
    good = values[np.isfinite(values)]
    if not len(good):
        return float("nan"), float("nan")
    low, high = np.quantile(good, [0.025, 0.975])
    return float(low), float(high)


def _macro(curves: list[Curve], areas: Floats, n: int) -> Curve:
    there = [place for place, curve in enumerate(curves) if np.isfinite(curve.area)]
    grid = np.linspace(0, 1, POINTS)
    if not there:
        return Curve(name="macro", n=n, x=grid, y=np.full(POINTS, np.nan), area=float("nan"))
    mean = np.mean([np.interp(grid, curves[k].x, curves[k].y) for k in there], axis=0)
    known = np.isfinite(areas[:, there])  # a draw may lack a rare class
    sums = np.where(known, areas[:, there], 0.0).sum(axis=1)
    counts = np.where(known.any(axis=1), known.sum(axis=1), np.nan)
    low, high = _interval(sums / counts)
    area = float(np.mean([curves[k].area for k in there]))
    return Curve(name="macro", n=n, x=grid, y=mean, area=area, low=low, high=high)
