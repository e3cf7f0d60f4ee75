"""How well a finder finds the galaxies that a simulation knows, or that people boxed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import pandas as pd

from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.splits import stratified_folds
from astro_core.detection import FinderSpec
from astro_core.detection.scoring import Truth, score_boxes
from astro_core.domain import Boxes, Dataset, Progress, no_progress
from astro_core.params import describe
from astro_core.workflows.marked_pictures import MarkedPicture, marked_pictures

FOLDS = 5
Find = Callable[[MarkedPicture], Boxes]


@dataclass(frozen=True, kw_only=True)
class Searched:
    """What is known of the pictures of a dataset, and what was found in them, by object_id."""

    truth: Mapping[str, Truth]
    found: Mapping[str, Boxes]


def finds(spec: FinderSpec, *, measured: bool = False) -> Find:
    """Return a finder as it is judged: every box, however unlikely, in pictures or bands.

    Parameters
    ----------
    measured : bool
        Look at measured values, not at the picture made of them.
    """
    params = judged_params(spec)

    def find(picture: MarkedPicture) -> Boxes:
        if measured and spec.measure is not None:
            return picture.shown(spec.measure(picture.pixels, params))
        return spec.find(picture.image, params)

    return find


def judged_params(spec: FinderSpec) -> Any:
    """Return a finder's defaults with the smallest score that it may be asked for."""
    least = next(info.minimum for info in describe(spec.params) if info.name == "least_score")
    return replace(spec.params(), least_score=least)


def search(dataset: Dataset, find: Find, progress: Progress = no_progress) -> Searched:
    """Look for the galaxies of every picture whose galaxies are known.

    Raises
    ------
    NotFoundError
        If nobody knows where the galaxies of the dataset are.
    """
    truth, found = {}, {}
    for done, picture in enumerate(marked_pictures(dataset)):
        progress(done, dataset.n_objects, f"Looking at {dataset.name}")
        truth[picture.object_id] = picture.truth
        found[picture.object_id] = find(picture)
    return Searched(truth=truth, found=found)


def deal_pictures(dataset: Dataset, n_folds: int = FOLDS, seed: int = 0) -> Mapping[str, int]:
    """Deal the pictures of a dataset into folds, by object_id; groups stay together.

    Raises
    ------
    BadInputError
        If there are fewer pictures than folds.
    """
    catalogue = read_catalogue(dataset, ["object_id", "label", "group"])
    folds = stratified_folds(list(catalogue["label"]), list(catalogue["group"]), n_folds, seed)
    return dict(zip(catalogue["object_id"], folds.tolist(), strict=True))


def score_folds(searched: Searched, folds: Mapping[str, int]) -> pd.DataFrame:
    """Score the pictures of every fold by themselves.

    Returns
    -------
    DataFrame
        fold, and the fields of `DetectionScores`; a row for each fold that has a galaxy.
    """
    rows = []
    for fold in sorted(set(folds.values())):
        truth = {name: each for name, each in searched.truth.items() if folds[name] == fold}
        if any(len(each.boxes) for each in truth.values()):
            scores = score_boxes(truth, {name: searched.found[name] for name in truth})
            rows.append({"fold": fold, **asdict(scores)})
    return pd.DataFrame(rows)
