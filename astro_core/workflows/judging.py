"""What the answers of a trained model are worth: calibrated, scored, written beside the truth."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from astro_core.classifiers.parts import PARTS
from astro_core.classifiers.targets import Targets
from astro_core.evaluation.calibration import (
    at_temperature,
    calibration,
    conformal_threshold,
    temperature,
)
from astro_core.evaluation.report import report
from astro_core.evaluation.votes import mean_votes, vote_report
from astro_core.workflows.predict import answer_table
from astro_core.workflows.training_plan import TrainingData
from astro_core.workspace import whole_file

COVERAGE = 0.9  # of the prediction sets
LEAST_FOR_CALIBRATION = 40
JUDGED = ("validation", "test")
Scores = dict[str, dict[str, Any]]


def judge(
    data: TrainingData, answers: Mapping[str, np.ndarray]
) -> tuple[dict[str, dict[str, Any]], Scores]:
    """Calibrate every head on the calibration part, then score validation and test.

    Parameters
    ----------
    answers : Mapping
        By head, array of shape (n_objects, n_outputs) in the order of `data`.

    Returns
    -------
    found : dict
        By head: temperature and conformal threshold with n; a head is left out where the part
        is too small, and for votes.
    scores : dict
        Per part: n and the scores of all heads. A score of a later head whose name is taken
        ends with the head's name: ``n_votes``.
    """
    found: dict[str, dict[str, Any]] = {}
    scores: Scores = {}
    for target in data.targets:
        its = judge_head(data, target, answers[target.head.name])
        if its[0]:
            found[target.head.name] = its[0]
        for part, values in its[1].items():
            _merge(scores.setdefault(part, {}), values, target.head.name)
    return found, scores


def _merge(into: dict[str, Any], values: Mapping[str, Any], head: str) -> None:
    into |= {f"{name}_{head}" if name in into else name: v for name, v in values.items()}


def judge_head(
    data: TrainingData, target: Targets, answers: np.ndarray
) -> tuple[dict[str, Any], Scores]:
    """Do for one head what `judge` does for all."""
    if target.head.kind == "votes":
        return {}, _vote_scores(data, target, answers)
    truth = target.truth.argmax(axis=1)
    found = _calibrate(answers, truth, data.rows("calibration", target))
    calibrated = at_temperature(answers, found["temperature"]) if found else answers
    scores = {}
    for part in JUDGED:
        rows = data.rows(part, target)
        if len(rows):
            scores[part] = _class_scores(calibrated[rows], truth[rows], target.head.outputs)
    return found, scores


def _class_scores(
    calibrated: np.ndarray, truth: np.ndarray, classes: tuple[str, ...]
) -> dict[str, Any]:
    told = report(calibrated, truth, classes)
    trusted = calibration(calibrated, truth)
    return {
        "n": told.n,
        "accuracy": told.accuracy,
        "balanced_accuracy": told.balanced_accuracy,
        "macro_f1": told.macro_f1,
        "ece": trusted.ece,
        "ece_by_chance": trusted.chance,
    }


def _calibrate(answers: np.ndarray, truth: np.ndarray, rows: np.ndarray) -> dict[str, Any]:
    """Fit the temperature on one half and the conformal threshold on the other."""
    if len(rows) < LEAST_FOR_CALIBRATION:
        return {}
    mixed = np.random.default_rng(0).permutation(rows)
    one, other = mixed[::2], mixed[1::2]
    value = temperature(answers[one], truth[one])
    softened = at_temperature(answers[other], value)
    return {
        "temperature": value,
        "n_temperature": len(one),
        "coverage": COVERAGE,
        "set_threshold": conformal_threshold(softened, truth[other], COVERAGE),
        "n_sets": len(other),
    }


def _vote_scores(data: TrainingData, target: Targets, answers: np.ndarray) -> Scores:
    told = target.told
    mean = mean_votes(told[data.rows("train", target)])
    scores = {}
    for part in JUDGED:
        rows = data.rows(part, target)
        if len(rows):
            found = vote_report(answers[rows], told[rows], target.head, mean)
            scores[part] = {"n": found.n, "rmse": found.rmse, "rmse_of_mean": found.rmse_of_mean}
    return scores


def write_predictions(
    path: Path,
    data: TrainingData,
    answers: Mapping[str, np.ndarray],
    found: Mapping[str, Mapping[str, Any]],
) -> None:
    """Write object_id, label, part, and the answers of every head for every galaxy.

    There is p_<class> for each class, and for votes one column per answer with
    ``true_<answer>``, what people said; NaN where nobody was asked.
    """
    columns = [data.table, answer_table(data.heads, answers, found)]
    for target in data.targets:
        if target.head.kind == "votes":
            names = [f"true_{name}" for name in target.head.outputs]
            columns.append(pd.DataFrame(target.told, columns=names))
    table = pd.concat(columns, axis=1)
    with whole_file(path) as half:
        table[table["part"].isin(PARTS)].to_parquet(half, index=False)
