"""How well galaxies were found, by the measures of COCO."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from astro_core.domain import Boxes
from astro_core.errors import BadInputError

MAX_FOUND = 100  # boxes of one picture that count; the surest are taken
_ANY = "galaxy"
_HALF = 0  # COCO's thresholds of overlap are 0.5, 0.55, ..., 0.95


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What is known of one picture.

    Attributes
    ----------
    boxes : Boxes
        Galaxies that should be found.
    unsure : Boxes
        Galaxies too faint or small to judge by: finding one is no mistake, missing it neither.
    """

    boxes: Boxes
    unsure: Boxes


@dataclass(frozen=True, kw_only=True)
class DetectionScores:
    """Scores of a finder over some pictures (Lin et al. 2014, arXiv:1405.0312).

    Attributes
    ----------
    n_pictures, n_boxes : int
        What it was judged by.
    map_50 : float
        Average precision where boxes that overlap by half are the same; with classes, the mean
        over those that occur.
    map_50_95 : float
        The mean over overlaps from 0.5 to 0.95.
    ar_1, ar_100 : float
        Share of the boxes found by the surest box, or the 100 surest, of each picture; the mean
        over the same overlaps.
    """

    n_pictures: int
    n_boxes: int
    map_50: float
    map_50_95: float
    ar_1: float
    ar_100: float


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A box that was found, and the true one it overlaps by half or more.

    Attributes
    ----------
    said, true : str
        Their labels; `true` is "" where there is no such galaxy.
    """

    score: float
    said: str
    true: str


def score_boxes(
    truth: Mapping[str, Truth], found: Mapping[str, Boxes], *, by_label: bool = False
) -> DetectionScores:
    """Score what a finder found in some pictures.

    Parameters
    ----------
    truth, found : Mapping
        By the picture's name; a picture without an entry in `found` had nothing in it.
    by_label : bool
        Boxes match only where their labels do.

    Raises
    ------
    BadInputError
        If there is no galaxy to find, or something was found in a picture nobody knows.
    """
    judged = _judged(truth, found, by_label=by_label)
    precision, recall = judged.eval["precision"], judged.eval["recall"]
    return DetectionScores(
        n_pictures=len(truth),
        n_boxes=_n_boxes(truth),
        map_50=_mean(precision[_HALF, ..., 0, -1]),
        map_50_95=_mean(precision[..., 0, -1]),
        ar_1=_mean(recall[..., 0, 0]),
        ar_100=_mean(recall[..., 0, -1]),
    )


def match_boxes(truth: Mapping[str, Truth], found: Mapping[str, Boxes]) -> tuple[Pair, ...]:
    """Pair what was found with what is there, the surest first; each galaxy is found once.

    Boxes of unsure galaxies are left out. Parameters and errors are those of `score_boxes`.
    """
    judged = _judged(truth, found, by_label=False)
    pairs = []
    for picture in filter(None, judged.evalImgs):
        matches, excused = picture["dtMatches"][_HALF], picture["dtIgnore"][_HALF]
        numbers = np.array(picture["dtIds"])
        for number, match in zip(numbers[~excused], matches[~excused], strict=True):
            box = judged.cocoDt.anns[number]
            true = judged.cocoGt.anns[int(match)]["kind"] if match else ""
            pairs.append(Pair(score=box["score"], said=box["kind"], true=true))
    return tuple(sorted(pairs, key=lambda pair: -pair.score))


def _mean(values: Any) -> float:
    known = values[values > -1]  # COCO's way to say that there is none
    return float(known.mean()) if known.size else float("nan")


def _n_boxes(truth: Mapping[str, Truth]) -> int:
    return sum(len(each.boxes) for each in truth.values())


def _judged(truth: Mapping[str, Truth], found: Mapping[str, Boxes], *, by_label: bool) -> Any:
    from pycocotools.cocoeval import COCOeval

    if not _n_boxes(truth):
        raise BadInputError("There is no galaxy to find", expected="at least one true box")
    unknown = sorted(set(found) - set(truth))
    if unknown:
        raise BadInputError("Nobody knows the galaxies of a picture", given=f"'{unknown[0]}'")
    every = [*(t.boxes for t in truth.values()), *found.values()]
    kinds = sorted({kind for boxes in every for kind in _kinds(boxes)})
    known = {name: each.boxes for name, each in truth.items()}
    unsure = {name: each.unsure for name, each in truth.items()}
    anyhow = kinds if by_label else kinds[:1]  # an unsure galaxy excuses a box of any kind
    excused = [{**row, "kind": kind, "iscrowd": 1} for row in _rows(unsure) for kind in anyhow]
    with contextlib.redirect_stdout(io.StringIO()):  # it prints as it goes
        there = _coco(truth, kinds, [*_rows(known), *excused])
        judged = COCOeval(there, _coco(truth, kinds, _rows(found)), "bbox")
        judged.params.useCats = int(by_label)
        judged.params.areaRng, judged.params.areaRngLbl = [[0, np.inf]], ["all"]
        judged.params.maxDets = [1, MAX_FOUND]
        judged.evaluate()
        judged.accumulate()
    return judged


def _kinds(boxes: Boxes) -> Sequence[str]:
    return boxes.labels or [_ANY] * len(boxes)


def _rows(boxes: Mapping[str, Boxes]) -> Iterator[dict[str, Any]]:
    """Every box, in the words of COCO, but for picture and kind, which still have their names."""
    for picture, each in boxes.items():
        for corners, sides, score, kind in zip(
            each.corners, each.sides, each.scores, _kinds(each), strict=True
        ):
            yield {
                "picture": picture,
                "kind": kind,
                "bbox": [*corners[:2].tolist(), *sides.tolist()],
                "area": float(np.prod(sides)),
                "iscrowd": 0,
                "score": float(score),
            }


def _coco(pictures: Iterable[str], kinds: Sequence[str], rows: Iterable[dict[str, Any]]) -> Any:
    from pycocotools.coco import COCO

    images = {name: i for i, name in enumerate(pictures)}
    coco = COCO()
    coco.dataset = {
        "images": [{"id": i, "file_name": name} for name, i in images.items()],
        "categories": [{"id": i, "name": kind} for i, kind in enumerate(kinds)],
        "annotations": [
            {
                **row,
                "id": i,  # from 1: COCO says 0 for no match
                "image_id": images[row["picture"]],
                "category_id": kinds.index(row["kind"]),
            }
            for i, row in enumerate(rows, start=1)
        ],
    }
    coco.createIndex()
    return coco
