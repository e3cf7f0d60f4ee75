"""Finding and naming galaxies, judged as one: a box counts where it is right and its class too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from astro_core.detection.scoring import Truth, match_boxes, score_boxes
from astro_core.domain import Boxes


@dataclass(frozen=True, kw_only=True)
class PipelineScores:
    """How many galaxies were found and named rightly, with boxes that overlap by half or more.

    Attributes
    ----------
    n_pictures, n_boxes, n_found : int
        True galaxies, and boxes that were found, right or wrong.
    recall, precision : float
        Share of the galaxies that were found; share of the boxes that hold one.
    accuracy : float
        Share of the galaxies that were found whose class is right.
    right_recall, right_precision, right_f1 : float
        The same shares where the class must be right too, and their harmonic mean.
    map_50 : float
        Average precision by class, the mean over the classes that occur.
    """

    n_pictures: int
    n_boxes: int
    n_found: int
    recall: float
    precision: float
    accuracy: float
    right_recall: float
    right_precision: float
    right_f1: float
    map_50: float


def score_pipeline(truth: Mapping[str, Truth], named: Mapping[str, Boxes]) -> PipelineScores:
    """Score boxes with classes against true ones.

    Parameters
    ----------
    truth, named : Mapping
        By the picture's name; boxes have labels.

    Raises
    ------
    BadInputError
        As `score_boxes`.
    """
    by_class = score_boxes(truth, named, by_label=True)
    pairs = match_boxes(truth, named)
    n_there = by_class.n_boxes
    found = sum(bool(pair.true) for pair in pairs)
    right = sum(pair.said == pair.true for pair in pairs)
    return PipelineScores(
        n_pictures=by_class.n_pictures,
        n_boxes=n_there,
        n_found=len(pairs),
        recall=found / n_there,
        precision=_share(found, len(pairs)),
        accuracy=_share(right, found),
        right_recall=right / n_there,
        right_precision=_share(right, len(pairs)),
        right_f1=2 * right / (n_there + len(pairs)),
        map_50=by_class.map_50,
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
