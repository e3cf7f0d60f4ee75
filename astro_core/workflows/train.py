"""Train a recipe on a dataset, as a run that survives."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from astro_core import runs
from astro_core.classifiers.bundle import Bundle, BundleInfo, save_bundle
from astro_core.classifiers.feeding import TrainingSet
from astro_core.classifiers.parts import PARTS
from astro_core.classifiers.registry import MODELS, ModelSpec
from astro_core.datasets.store import open_dataset
from astro_core.domain import Dataset
from astro_core.evaluation.calibration import (
    at_temperature,
    calibration,
    conformal_threshold,
    temperature,
)
from astro_core.evaluation.report import report
from astro_core.evaluation.votes import vote_report
from astro_core.runs import RUN_KINDS, RunContext, RunKind
from astro_core.runs.folder import now, versions
from astro_core.workflows.build_stack import build_stack
from astro_core.workflows.predict import answer_table
from astro_core.workflows.stack import Stack, open_stack
from astro_core.workflows.training_plan import (
    TrainingData,
    TrainingPlan,
    plan_training,
    render_recipe,
    training_data,
)
from astro_core.workspace import Workspace, write_json

KIND = "train"
HISTORY = "history.json"
COVERAGE = 0.9  # of the prediction sets
LEAST_FOR_CALIBRATION = 40


def submit_training(
    workspace: Workspace, dataset: str, recipe: str, settings: Mapping[str, Any]
) -> str:
    """Have a recipe trained; returns the run's id.

    Raises
    ------
    NotFoundError
        If there is no such dataset or recipe.
    BadInputError
        For a setting that is unknown or out of bounds, or a dataset that lacks the answers.
    """
    plan = plan_training(recipe, settings)
    opened = open_dataset(workspace, dataset)
    training_data(opened, plan, np.ones(opened.n_objects, dtype=bool))
    params = {"dataset": dataset, "recipe": recipe, "settings": dict(settings)}
    return runs.submit(workspace, KIND, params, title=f"Training {recipe} on {dataset}")


def run_training(context: RunContext) -> dict[str, Any]:
    """Run kind "train". Params: dataset (name), recipe (name), settings (mapping)."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    plan = plan_training(context.params["recipe"], context.params["settings"])
    dataset = open_dataset(context.workspace, context.params["dataset"])
    write_json(context.folder / "config.json", plan.to_json() | {"dataset": dataset.name})
    stack = _stack(context, dataset, plan)
    data = training_data(dataset, plan, stack.ok)
    data.table.to_parquet(context.folder / "parts.parquet", index=False)
    dealt = ", ".join(f"{len(data.rows(part)):,} {part}" for part in PARTS)
    context.log(f"Images of {plan.training.size_px} px are there: {dealt}")
    bundle, n_epochs = _train(context, dataset, plan, stack, data)
    context.log(f"Trained after {n_epochs} epochs; every galaxy is classified now")
    answers = bundle.predict(stack.pixels, progress=lambda *_: context.check_cancel())[
        data.targets.head.name
    ]
    found, scores = judge(data, answers)
    write_predictions(context.folder / "predictions.parquet", data, answers, found)
    info = replace(bundle.info, calibration=found, metrics=scores)
    save_bundle(context.folder / "bundle", bundle.model, info)
    write_json(context.folder / "metrics.json", scores)
    return {"scores": scores, "epochs": n_epochs, "n_objects": len(data.table)}


def _stack(context: RunContext, dataset: Dataset, plan: TrainingPlan) -> Stack:
    recipe = render_recipe(dataset, plan.training)
    build_stack(context, dataset, recipe)
    stack = open_stack(context.workspace, dataset, recipe)
    assert stack is not None
    return stack


def _train(
    context: RunContext, dataset: Dataset, plan: TrainingPlan, stack: Stack, data: TrainingData
) -> tuple[Bundle, int]:
    spec = MODELS.get(plan.recipe.model)
    model, history = _fit(context, spec, plan, stack, data)
    info = BundleInfo(
        name=context.run_id,
        kind=spec.kind,
        heads=(data.targets.head,),
        render=render_recipe(dataset, plan.training),
        grey=plan.training.grey,
        views=plan.training.views,
        embedding=spec.embedding,
        training=plan.to_json() | {"epochs_done": len(history)},
        dataset=dataset.name,
        fingerprint=dataset.fingerprint,
        created_at=now(),
        versions=versions(),
    )
    return Bundle(info, model), len(history)


def _fit(
    context: RunContext, spec: ModelSpec, plan: TrainingPlan, stack: Stack, data: TrainingData
) -> tuple[Any, Sequence[Mapping[str, float]]]:
    """Give a model and its history; a network goes on from its checkpoint."""
    params, head = plan.training, data.targets.head
    training, validation = (
        TrainingSet(pixels=stack.pixels, targets=(data.targets,), rows=data.rows(part))
        for part in ("train", "validation")
    )
    told = (context.progress, lambda history: write_json(context.folder / HISTORY, history))
    if spec.fit is not None:
        return spec.fit(training, validation, params, plan.network, *told)
    from astro_core.classifiers.fitting import fit

    shape = (params.size_px, params.size_px, 1 if params.grey else 3)
    build = partial(spec.build, shape, (head,), plan.network)
    fitted = fit(build, training, validation, params, context.folder / "checkpoint", *told)
    return fitted.model, fitted.history


def judge(data: TrainingData, answers: np.ndarray) -> tuple[dict[str, Any], dict[str, Any]]:
    """Calibrate on the calibration part, then score validation and test.

    Returns
    -------
    found : dict
        Temperature and conformal threshold with n; empty where the part is too small, and for
        votes.
    scores : dict
        Per part: n and the scores.
    """
    if data.targets.head.kind == "votes":
        return {}, _vote_scores(data, answers)
    truth = data.targets.truth.argmax(axis=1)
    found = _calibrate(answers, truth, data.rows("calibration"))
    calibrated = at_temperature(answers, found["temperature"]) if found else answers
    scores = {}
    for part in ("validation", "test"):
        rows = data.rows(part)
        if not len(rows):
            continue
        told = report(calibrated[rows], truth[rows], data.targets.head.outputs)
        trusted = calibration(calibrated[rows], truth[rows])
        scores[part] = {
            "n": told.n,
            "accuracy": told.accuracy,
            "balanced_accuracy": told.balanced_accuracy,
            "macro_f1": told.macro_f1,
            "ece": trusted.ece,
            "ece_by_chance": trusted.chance,
        }
    return found, scores


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


def _vote_scores(data: TrainingData, answers: np.ndarray) -> dict[str, Any]:
    truth, head = data.targets.truth, data.targets.head
    mean = truth[data.rows("train")].mean(axis=0)
    scores = {}
    for part in ("validation", "test"):
        rows = data.rows(part)
        if len(rows):
            told = vote_report(answers[rows], truth[rows], head, mean)
            scores[part] = {"n": told.n, "rmse": told.rmse, "rmse_of_mean": told.rmse_of_mean}
    return scores


def write_predictions(
    path: Path, data: TrainingData, answers: np.ndarray, found: Mapping[str, Any]
) -> None:
    """Write object_id, label, part, and p_<class> of every galaxy.

    For votes there is one column per answer, and ``true_<answer>`` with what people said.
    """
    head = data.targets.head
    told = answer_table((head,), {head.name: answers}, found)
    table = pd.concat([data.table, told], axis=1)
    if head.kind == "votes":
        truth = np.where(data.targets.known[:, None], data.targets.truth, np.nan)
        table[[f"true_{name}" for name in head.outputs]] = truth
    table[table["part"].isin(PARTS)].to_parquet(path, index=False)


RUN_KINDS.add(
    RunKind(name=KIND, label="Train", function=run_training, holds_worker=True, resumes=True)
)
