"""What the Evaluate page shows of a model, from the files of a run alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.domain import Dataset, Head, Run
from astro_core.errors import BadInputError, NotFoundError
from astro_core.evaluation.intervals import Interval, share_interval
from astro_core.evaluation.votes import VoteReport, mean_votes, vote_report, whole_questions
from astro_core.workflows.answer_files import (
    ABOUT,
    ALL,
    about,
    changed_at,
    heads_of,
    parts_of,
    predictions,
)
from astro_core.workflows.training_answers import PREDICTIONS, class_names
from astro_core.workflows.training_state import trainings_of
from astro_core.workspace import Workspace

__all__ = [
    "Judged",
    "JudgedVotes",
    "Sets",
    "changed_at",
    "found_calibration",
    "heads_of",
    "judged",
    "judged_trainings",
    "judged_votes",
    "parts_of",
    "prediction_sets",
    "predictions",
]
_PROBABILITY, _TRUE = "p_", "true_"


def judged_trainings(workspace: Workspace, dataset: Dataset) -> tuple[Run, ...]:
    """Trainings of a dataset that have answers to judge, the newest first."""
    return tuple(
        run
        for run in trainings_of(workspace, dataset)
        if run.state == "done" and (workspace.runs / run.run_id / PREDICTIONS).is_file()
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Judged:
    """Labelled galaxies of a part with the probability of each class.

    Attributes
    ----------
    object_ids : array of str, shape (n,)
    probabilities : array, shape (n, n_classes)
        Calibrated, where the training found a temperature.
    truth : array of int, shape (n,)
    """

    classes: tuple[str, ...]
    object_ids: NDArray[Any]
    probabilities: NDArray[np.float64]
    truth: NDArray[np.intp]

    @property
    def n(self) -> int:
        """Number of galaxies."""
        return len(self.truth)


def _head(workspace: Workspace, run_id: str, name: str) -> Head:
    info = about(workspace, run_id)
    return info.head(name) if name else info.heads[0]


def judged(workspace: Workspace, run_id: str, part: str, head: str = "") -> Judged | None:
    """Return labels and probabilities of a part; None for a head that gives vote fractions.

    Parameters
    ----------
    head : str
        Name of the head; empty for the first.

    Raises
    ------
    NotFoundError
        If the model has no such head.
    """
    table = predictions(workspace, run_id, part)
    if head or heads_of(workspace, run_id):
        asked = _head(workspace, run_id, head)
        classes = () if asked.kind == "votes" else asked.outputs
    else:
        classes = class_names(table)
    if not classes:
        return None
    columns = [f"{_PROBABILITY}{name}" for name in classes]
    truth = pd.Index(classes).get_indexer(pd.Index(table["label"], dtype=object))
    rows = truth >= 0
    return Judged(
        classes=classes,
        object_ids=table["object_id"].to_numpy(dtype=object)[rows],
        probabilities=table.loc[rows, columns].to_numpy(dtype=float),
        truth=truth[rows],
    )


def found_calibration(workspace: Workspace, run_id: str, head: str = "") -> Mapping[str, Any]:
    """Temperature and threshold of the prediction sets, with n; empty where none were found.

    Parameters
    ----------
    head : str
        Name of the head; empty for the first.
    """
    try:
        info = about(workspace, run_id)
    except NotFoundError:
        return {}
    found: Mapping[str, Any] = info.calibration.get(head or info.heads[0].name, {})
    return found


@dataclass(frozen=True, kw_only=True)
class Sets:
    """Prediction sets on galaxies that they were not fitted on.

    Attributes
    ----------
    coverage : float
        Share of galaxies whose set holds their label.
    sizes : array of int, shape (n_classes + 1,)
        Galaxies whose set has 0, 1, 2 ... classes.
    """

    n: int
    coverage: float
    interval: Interval
    sizes: NDArray[np.int64]

    @property
    def mean_size(self) -> float:
        """Classes in a set."""
        return float(self.sizes @ np.arange(len(self.sizes)) / self.n)


def prediction_sets(found: Judged, threshold: float) -> Sets:
    """Put every class from a probability on into the set of a galaxy, and check the sets.

    Raises
    ------
    BadInputError
        If there is no galaxy.
    """
    if not found.n:
        raise BadInputError("There is no labelled galaxy to judge by", todo="Choose another part")
    inside = found.probabilities >= threshold
    hits = int(inside[np.arange(found.n), found.truth].sum())
    return Sets(
        n=found.n,
        coverage=hits / found.n,
        interval=share_interval(hits, found.n),
        sizes=np.bincount(inside.sum(axis=1), minlength=len(found.classes) + 1),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class JudgedVotes:
    """Galaxies of a part with predicted and voted fractions.

    Attributes
    ----------
    predicted, truth : array, shape (n, n_answers)
        NaN in `truth` where nobody was asked.
    mean : array, shape (n_answers,)
        Mean fractions of the training part.
    """

    head: Head
    object_ids: NDArray[Any]
    predicted: NDArray[np.float64]
    truth: NDArray[np.float64]
    mean: NDArray[np.float64]
    report: VoteReport
    mean_of_training: bool = True


def judged_votes(workspace: Workspace, run_id: str, part: str, head_name: str = "") -> JudgedVotes:
    """Return predicted and voted fractions of a part.

    Parameters
    ----------
    head_name : str
        Name of the head; empty for the first.

    Raises
    ------
    NotFoundError
        If the run left no model that says which answers belong to one question, or the model has
        no such head.
    BadInputError
        If no galaxy of the part has votes, or the votes were not kept.
    """
    head = _head(workspace, run_id, head_name)
    every = predictions(workspace, run_id, ALL)
    voted = [f"{_TRUE}{name}" for name in head.outputs]
    if not set(voted) <= set(every.columns):
        raise BadInputError(
            "This training did not keep what people voted", todo="Train the recipe again"
        )
    truth = whole_questions(every[voted].to_numpy(dtype=float), head)
    known = np.isfinite(truth).any(axis=1)
    rows = known & every["part"].isin(parts_of(part)).to_numpy()
    predicted = every.loc[rows, list(head.outputs)].to_numpy(dtype=float)
    if not rows.any():
        raise BadInputError("No galaxy of this part has votes", todo="Choose another part")
    learned = known & every["part"].eq("train").to_numpy()
    if (workspace.runs / run_id / ABOUT).is_dir():
        learned[:] = False  # those that it happens to have seen of another dataset are too few
    mean = mean_votes(truth[learned if learned.any() else rows])
    return JudgedVotes(
        head=head,
        object_ids=every["object_id"].to_numpy(dtype=object)[rows],
        predicted=predicted,
        truth=truth[rows],
        mean=mean,
        report=vote_report(predicted, truth[rows], head, mean),
        mean_of_training=bool(learned.any()),
    )
