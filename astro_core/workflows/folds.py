"""Train a recipe once for each of several folds, and judge it by galaxies it had never seen."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from astro_core import runs
from astro_core.classifiers.bundle_info import read_info, write_info
from astro_core.classifiers.parts import NO_FOLD, fold_parts, make_folds
from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset
from astro_core.domain import Dataset
from astro_core.errors import BadInputError
from astro_core.evaluation.label_errors import label_errors
from astro_core.runs import RUN_KINDS, RunContext, RunKind
from astro_core.workflows.answer_files import ABOUT, FOLDS
from astro_core.workflows.first_weights import check_first_weights, fetch_first_weights
from astro_core.workflows.label_training import Taught, frozen
from astro_core.workflows.models import BUNDLE
from astro_core.workflows.train import (
    METRICS,
    check_unchanged,
    learned_from,
    open_pixels,
    train_and_judge,
)
from astro_core.workflows.training_answers import PREDICTIONS, class_names
from astro_core.workflows.training_plan import (
    TrainingData,
    TrainingPlan,
    less_to_learn,
    plan_training,
    training_data,
)
from astro_core.workspace import Workspace, read_json, write_json

KIND = FOLDS
FEWEST, MOST, USUAL = 2, 20, 5
LABEL_ERRORS = "label_errors.parquet"
DONE = "done.json"
_NO_SCORES = ("n", "n_votes", "ece_by_chance")


def submit_folds(
    workspace: Workspace, dataset: str, recipe: str, settings: Mapping[str, Any], n_folds: int
) -> str:
    """Have a recipe trained on each of `n_folds` folds in turn; returns the run's id.

    Raises
    ------
    NotFoundError
        If there is no such dataset or recipe.
    BadInputError
        For a setting that is unknown or out of bounds, a dataset that lacks the answers or has
        too few galaxies, pretrained weights that cannot be had, or a number of folds that makes
        no sense.
    """
    check_number(n_folds)
    plan = plan_training(recipe, settings)
    opened = open_dataset(workspace, dataset)
    deal_folds(opened, plan, np.ones(opened.n_objects, dtype=bool), n_folds)
    check_first_weights(plan)
    params = {
        "dataset": dataset, "recipe": recipe, "settings": dict(settings), "folds": n_folds,
    }  # fmt: skip
    title = f"Training {recipe} on {dataset}, {n_folds} folds"
    return runs.submit(workspace, KIND, params, title=title)


def check_number(n_folds: int) -> None:
    """Refuse a number of folds that makes no sense.

    Raises
    ------
    BadInputError
        If it is not from `FEWEST` to `MOST`.
    """
    if not FEWEST <= n_folds <= MOST:
        raise BadInputError(
            f"A training cannot have {n_folds} folds", expected=f"{FEWEST} to {MOST}"
        )


def deal_folds(
    dataset: Dataset,
    plan: TrainingPlan,
    ok: np.ndarray,
    n_folds: int,
    taught: Taught | None = None,
) -> tuple[np.ndarray, list[TrainingData]]:
    """Give the fold of every galaxy of the catalogue, and the parts of each fold's training.

    The same seed and number of folds give the same folds, whatever the recipe and whatever people
    said: recipes are compared on them. Galaxies of the dataset's test split are in none.

    Raises
    ------
    BadInputError
        If the dataset lacks what the recipe learns, or has too few galaxies.
    """
    whole = training_data(dataset, plan, ok, taught)
    catalogue, seed = read_catalogue(dataset), plan.training.seed
    labels = [label if isinstance(label, str) else None for label in catalogue["label"]]
    groups = catalogue["group"].astype(str).tolist()
    given = [split if isinstance(split, str) else None for split in catalogue["split"]]
    folds = make_folds(labels, groups, given, n_folds, seed=seed)
    found = []
    for fold in range(n_folds):
        parts = fold_parts(folds, fold, labels, groups, seed=seed)
        parts = less_to_learn(parts, whole.table["label"].tolist(), groups, plan)
        table = whole.table.assign(part=np.where(ok, parts, ""))
        found.append(replace(whole, table=table))
    for fold, data in enumerate(found):
        _check(data, fold, n_folds)
    return folds, found


def _check(data: TrainingData, fold: int, n_folds: int) -> None:
    """Refuse a fold in which nothing could be learned, chosen or judged."""
    for part in ("train", "validation", "test"):
        if not len(data.rows(part)):
            raise BadInputError(
                f"Fold {fold + 1} of {n_folds} has no galaxy with an answer in its {part} part",
                todo="Choose fewer folds, or label more galaxies",
            )


def run_folds(context: RunContext) -> dict[str, Any]:
    """Run kind "folds". Params: dataset, recipe (names), settings (mapping), folds (number).

    Each fold is a training in a folder of its own; those that are done are not trained again.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    plan = plan_training(context.params["recipe"], context.params["settings"])
    dataset = open_dataset(context.workspace, context.params["dataset"])
    check_unchanged(context.folder, dataset)
    n_folds = int(context.params["folds"])
    write_json(context.folder / "config.json", plan.to_json() | {"dataset": dataset.name})
    fetch_first_weights(context, plan)
    stack = open_pixels(context, dataset, plan)
    taught = frozen(context.folder, dataset, plan.training)
    folds, dealt = deal_folds(dataset, plan, stack.ok, n_folds, taught)
    left_out = int((folds == NO_FOLD).sum())
    context.log(f"{n_folds} folds; {left_out:,} galaxies of the test split are in none")
    done, learned = [], learned_from(dataset, plan)
    for fold, data in enumerate(dealt):
        said = f"Fold {fold + 1} of {n_folds}"
        inner = context.inside(f"fold-{fold}", fold, n_folds, said)
        if not (inner.folder / DONE).exists():
            context.log(said)
            told = train_and_judge(inner, learned, plan, stack.pixels, data)
            write_json(inner.folder / DONE, told)
            shutil.rmtree(inner.checkpoint, ignore_errors=True)
        done.append(read_json(inner.folder / DONE))
    table = _out_of_fold(context.folder, n_folds)
    context.log(_doubts(context.folder, table))
    scores = summary([one["scores"]["test"] for one in done])
    write_json(context.folder / METRICS, scores)
    _describe(context, scores)
    return {
        "scores": scores,
        "n_folds": n_folds,
        "n_objects": len(table),
        "left_out": left_out,
        "epochs": [one["epochs"] for one in done],
        "n_train": [one["n_train"] for one in done],
        **{name: done[0][name] for name in ("labels",) if name in done[0]},
        "parameters": done[0]["parameters"],
        "weights_from": done[0]["weights_from"],
        "seconds": float(sum(one["seconds"] for one in done)),
    }


def fold_of(folder: Path, fold: int) -> Path:
    """Folder of one fold within the folder of the run."""
    return folder / f"fold-{fold}"


def _out_of_fold(folder: Path, n_folds: int) -> pd.DataFrame:
    """Write what each galaxy was answered by the one model that had not seen it."""
    tables = []
    for fold in range(n_folds):
        table = pd.read_parquet(fold_of(folder, fold) / PREDICTIONS)
        held = table[table["part"] == "test"].reset_index(drop=True)
        held.insert(3, "fold", fold)
        tables.append(held)
    found = pd.concat(tables, ignore_index=True)
    found.to_parquet(folder / PREDICTIONS, index=False)
    return found


def _doubts(folder: Path, table: pd.DataFrame) -> str:
    """Write the labels that are probably wrong, and say how many there are."""
    classes = class_names(table)
    if not classes:
        return "Vote fractions have no labels to doubt"
    columns = [f"p_{name}" for name in classes]
    truth = pd.Index(classes).get_indexer(pd.Index(table["label"], dtype=object))
    rows = np.flatnonzero(truth >= 0)
    held = table.iloc[rows].reset_index(drop=True)
    try:
        found = label_errors(held[columns].to_numpy(dtype=float), truth[rows], classes)
    except BadInputError as error:
        return str(error)
    about = held.loc[found["row"], ["object_id", "fold"]].reset_index(drop=True)
    told = pd.concat([about, found.drop(columns="row")], axis=1)
    told.to_parquet(folder / LABEL_ERRORS, index=False)
    return f"{len(told):,} of {len(held):,} labels are probably wrong"


def _describe(context: RunContext, scores: Mapping[str, Any]) -> None:
    """Say what was asked of the models, for who judges their answers together."""
    one = read_info(fold_of(context.folder, 0) / BUNDLE)
    info = replace(one, name=context.run_id, calibration={}, metrics=dict(scores), files={})
    (context.folder / ABOUT).mkdir(exist_ok=True)
    write_info(context.folder / ABOUT, info)


def summary(by_fold: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    """Mean and standard deviation of each score over the folds, and the scores themselves.

    Returns
    -------
    dict
        ``mean`` (with n, all galaxies that were judged), ``sd`` (of single folds, n - 1 in the
        denominator) and ``folds`` (a list).
    """
    names = [name for name in by_fold[0] if name not in _NO_SCORES]
    values = {name: [one[name] for one in by_fold] for name in names}
    return {
        "mean": {"n": int(sum(one["n"] for one in by_fold))}
        | {name: float(np.mean(v)) for name, v in values.items()},
        "sd": {name: float(np.std(v, ddof=1)) for name, v in values.items()},
        "folds": [dict(one) for one in by_fold],
    }


RUN_KINDS.add(
    RunKind(name=KIND, label="Train, folds", function=run_folds, holds_worker=True, resumes=True)
)
