"""What changes with the threshold: ROC, precision and recall, and the share left undefined."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.evaluation.report import Classes, Floats, check

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
    return _curves(probabilities, truth, class_names, _roc, draws, seed)


def precision_recall(
    probabilities: Floats,
    truth: Classes,
    class_names: tuple[str, ...],
    *,
    draws: int = 200,
    seed: int = 0,
) -> tuple[Curve, ...]:
    """Precision against recall; the area is the average precision."""
    return _curves(probabilities, truth, class_names, _precision_recall, draws, seed)


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


class _Ranked:
    """Galaxies by the score of one class, sorted once: a bootstrap sample only weighs them."""

    def __init__(self, right: NDArray[np.bool_], score: Floats) -> None:
        self.order = np.argsort(-score, kind="stable")
        self.right = right[self.order].astype(float)
        self.last = np.flatnonzero(np.append(np.diff(score[self.order]) != 0, True))

    def cumulated(self, weights: Floats) -> tuple[Floats, Floats]:
        """Right and wrong ones from each distinct score up, beginning with none."""
        weights = weights[self.order]
        hits = np.cumsum(weights * self.right)[self.last]
        every = np.cumsum(weights)[self.last]
        return np.append(0.0, hits), np.append(0.0, every - hits)


def _curves(
    probabilities: Floats,
    truth: Classes,
    class_names: tuple[str, ...],
    points: Callable[[Floats, Floats], Points],
    draws: int,
    seed: int,
) -> tuple[Curve, ...]:
    check(probabilities, truth, len(class_names))
    n, rng = len(truth), np.random.default_rng(seed)
    ranked = [_Ranked(truth == k, probabilities[:, k]) for k in range(len(class_names))]
    areas = np.full((draws, len(class_names)), np.nan)
    for draw in range(draws):
        weights = np.bincount(rng.integers(0, n, n), minlength=n).astype(float)
        for k, one in enumerate(ranked):
            areas[draw, k] = points(*one.cumulated(weights))[2]
    curves = []
    for k, name in enumerate(class_names):
        x, y, area = points(*ranked[k].cumulated(np.ones(n)))
        low, high = _interval(areas[:, k])
        count = int((truth == k).sum())
        curves.append(Curve(name=name, n=count, x=x, y=y, area=area, low=low, high=high))
    return (*curves, _macro(curves, areas, n))


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
    low, high = _interval(areas[:, there].mean(axis=1))
    area = float(np.mean([curves[k].area for k in there]))
    return Curve(name="macro", n=n, x=grid, y=mean, area=area, low=low, high=high)


def threshold_table(probabilities: Floats, truth: Classes) -> pd.DataFrame:
    """Say what each threshold on the top probability costs and brings.

    Returns
    -------
    DataFrame
        threshold, defined (share of galaxies that keep an answer), accuracy of those, and
        macro precision, recall and f1, where an undefined galaxy counts as not found.
    """
    n_classes = probabilities.shape[1]
    check(probabilities, truth, n_classes)
    top, answer = probabilities.max(axis=1), probabilities.argmax(axis=1)
    support = np.bincount(truth, minlength=n_classes)
    rows = []
    for threshold in np.linspace(0, 1, POINTS):
        kept = top >= threshold
        hits = np.bincount(truth[kept & (answer == truth)], minlength=n_classes)
        given = np.bincount(answer[kept], minlength=n_classes)
        there = support > 0
        recall = hits[there] / support[there]
        precision = hits[given > 0] / given[given > 0]
        f1 = 2 * hits[there] / (support[there] + given[there])
        rows.append(
            {
                "threshold": threshold,
                "defined": kept.mean(),
                "accuracy": hits.sum() / kept.sum() if kept.any() else np.nan,
                "precision": precision.mean() if len(precision) else np.nan,
                "recall": recall.mean(),
                "f1": f1.mean(),
            }
        )
    return pd.DataFrame(rows)
