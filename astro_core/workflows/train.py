"""Train a recipe on a dataset, as a run that survives."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core import runs
from astro_core.classifiers.bundle import Bundle, BundleInfo, save_bundle
from astro_core.classifiers.ensemble import Ensemble
from astro_core.classifiers.feeding import TrainingSet
from astro_core.classifiers.parts import PARTS
from astro_core.classifiers.registry import MODELS, ModelSpec
from astro_core.classifiers.tensorboard_log import EventLog
from astro_core.classifiers.training_any import train_model
from astro_core.datasets.store import open_dataset
from astro_core.domain import Dataset, RenderRecipe
from astro_core.errors import BadInputError
from astro_core.runs import RUN_KINDS, RunContext, RunKind
from astro_core.runs.folder import now, versions
from astro_core.workflows.build_stack import build_stack
from astro_core.workflows.first_weights import (
    check_first_weights,
    fetch_first_weights,
    weights_from,
)
from astro_core.workflows.judging import judge, write_predictions
from astro_core.workflows.label_training import frozen
from astro_core.workflows.stack import Stack, open_stack
from astro_core.workflows.training_answers import PREDICTIONS
from astro_core.workflows.training_plan import (
    TrainingData,
    TrainingPlan,
    plan_training,
    render_recipe,
    side_arcsec,
    training_data,
)
from astro_core.workspace import Workspace, read_json, whole_file, write_json

KIND = "train"
HISTORY, METRICS, PARTS_FILE = "history.json", "metrics.json", "parts.parquet"
DATASETS = "datasets.json"  # fingerprints at a training's first start
TENSORBOARD = "tensorboard"  # folder of event files in a training's run


def submit_training(
    workspace: Workspace,
    dataset: str,
    recipe: str,
    settings: Mapping[str, Any],
    *,
    then: Mapping[str, Any] | None = None,
) -> str:
    """Have a recipe trained; returns the run's id.

    Parameters
    ----------
    then : Mapping, optional
        A run to submit when the model is there: kind, params, to which the model's id is added
        as ``model``, and title.

    Raises
    ------
    NotFoundError
        If there is no such dataset or recipe.
    BadInputError
        For a setting that is unknown or out of bounds, a dataset that lacks the answers, or
        pretrained weights that cannot be had.
    """
    plan = plan_training(recipe, settings)
    opened = open_dataset(workspace, dataset)
    training_data(opened, plan, np.ones(opened.n_objects, dtype=bool))
    check_first_weights(plan)
    params = {"dataset": dataset, "recipe": recipe, "settings": dict(settings)}
    if then is not None:
        params["then"] = dict(then)
    return runs.submit(workspace, KIND, params, title=f"Training {recipe} on {dataset}")


def run_training(context: RunContext) -> dict[str, Any]:
    """Run kind "train". Params: dataset, recipe (names), settings (mapping), perhaps then."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    plan = plan_training(context.params["recipe"], context.params["settings"])
    dataset = open_dataset(context.workspace, context.params["dataset"])
    check_unchanged(context.folder, dataset)
    write_json(context.folder / "config.json", plan.to_json() | {"dataset": dataset.name})
    fetch_first_weights(context, plan)
    stack = open_pixels(context, dataset, plan)
    taught = frozen(context.folder, dataset, plan.training)
    data = training_data(dataset, plan, stack.ok, taught)
    learned = learned_from(dataset, plan)
    done = train_and_judge(context, learned, plan, stack.pixels, data) | {
        "n_objects": len(data.table)
    }
    if then := context.params.get("then"):
        params = {**then["params"], "model": context.run_id}
        done["then"] = runs.submit(context.workspace, then["kind"], params, title=then["title"])
    return done


def check_unchanged(folder: Path, *datasets: Dataset) -> None:
    """Refuse to go on with other galaxies than those with which a run began.

    Parameters
    ----------
    folder : Path
        The run's own; at its first start the fingerprints are written there.

    Raises
    ------
    BadInputError
        If a dataset was changed since then: galaxies that were learned from could now be
        among those that judge.
    """
    path = folder / DATASETS
    if not path.exists():
        write_json(path, {one.name: one.fingerprint for one in datasets})
    began = read_json(path)
    for one in datasets:
        if began.get(one.name) != one.fingerprint:
            raise BadInputError(
                f"'{one.name}' was changed since this training began", todo="Start it anew"
            )


@dataclass(frozen=True, kw_only=True)
class Learned:
    """What a bundle says of the galaxies that it learned from.

    Attributes
    ----------
    name, fingerprint : str
        Of the dataset, or of several together.
    render : RenderRecipe
        How each was shown.
    side_arcsec : float or None
        How much sky each is across, where that is the same.
    """

    name: str
    fingerprint: str
    render: RenderRecipe
    side_arcsec: float | None


def learned_from(dataset: Dataset, plan: TrainingPlan) -> Learned:
    """Return what a bundle says that learned from one dataset."""
    render = render_recipe(dataset, plan.training)
    return Learned(
        name=dataset.name,
        fingerprint=dataset.fingerprint,
        render=render,
        side_arcsec=side_arcsec([dataset], render),
    )


def train_and_judge(
    context: RunContext,
    learned: Learned,
    plan: TrainingPlan,
    pixels: NDArray[np.uint8],
    data: TrainingData,
) -> dict[str, Any]:
    """Train on some galaxies, and leave everything about it in the context's folder.

    Parameters
    ----------
    pixels : array of uint8, shape (n_objects, size_px, size_px, 3)
        Of every galaxy of `data`, shown as `learned` says.

    Returns
    -------
    dict
        scores (per part), epochs, n_train (galaxies learned from), parameters (None for a model
        that has none), weights_from, seconds (of all epochs), and labels (see `Taught.told`) where
        people's were learned.
    """
    parts = data.table.assign(answered=data.known)
    with whole_file(context.folder / PARTS_FILE) as half:
        parts.to_parquet(half, index=False)
    dealt = ", ".join(f"{len(data.rows(part)):,} {part}" for part in PARTS)
    context.log(f"Images of {plan.training.size_px} px are there: {dealt}")
    bundle, history = _train(context, learned, plan, pixels, data)
    context.log(f"Trained after {len(history)} epochs; every galaxy is classified now")
    answers = bundle.predict(pixels, progress=lambda *_: context.check_cancel())
    found, scores = judge(data, answers)
    write_predictions(context.folder / PREDICTIONS, data, answers, found)
    info = replace(bundle.info, calibration=found, metrics=scores)
    save_bundle(context.folder / "bundle", bundle.model, info)
    write_json(context.folder / METRICS, scores)
    return {
        "scores": scores,
        "epochs": len(history),
        "n_train": len(data.rows("train")),
        "parameters": _parameters(bundle),
        "weights_from": info.weights_from,
        **{n: info.training[n] for n in ("members", "mixed", "labels") if n in info.training},
        "seconds": float(sum(epoch["seconds"] for epoch in history)),
    }


def _parameters(bundle: Bundle) -> int | None:
    count = getattr(bundle.model, "count_params", lambda: None)()
    return None if count is None else int(count)


def open_pixels(context: RunContext, dataset: Dataset, plan: TrainingPlan) -> Stack:
    """Render what is missing of a dataset as the recipe sees it, and open it."""
    recipe = render_recipe(dataset, plan.training)
    build_stack(context, dataset, recipe)
    stack = open_stack(context.workspace, dataset, recipe)
    assert stack is not None
    return stack


def _train(
    context: RunContext,
    learned: Learned,
    plan: TrainingPlan,
    pixels: NDArray[np.uint8],
    data: TrainingData,
) -> tuple[Bundle, Sequence[Mapping[str, float]]]:
    spec = MODELS.get(plan.recipe.model)
    model, history = _fit(context, spec, plan, pixels, data)
    info = BundleInfo(
        name=context.run_id,
        kind=spec.kind,
        heads=data.heads,
        render=learned.render,
        side_arcsec=learned.side_arcsec,
        grey=plan.training.grey,
        views=plan.training.views,
        embedding=spec.embedding,
        training=plan.to_json() | {"epochs_done": len(history), **_members(model), **_said(data)},
        dataset=learned.name,
        fingerprint=learned.fingerprint,
        weights_from=model.weights_from if isinstance(model, Ensemble) else weights_from(plan),
        created_at=now(),
        versions=versions(),
    )
    return Bundle(info, model), history


def _members(model: Any) -> dict[str, Any]:
    """What each member of an ensemble counts; nothing for other models."""
    if not isinstance(model, Ensemble):
        return {}
    return {"members": model.told(), "mixed": dict(model.found)}


def _said(data: TrainingData) -> dict[str, Any]:
    """Whose labels these were; nothing for those of the catalogue."""
    return {} if data.taught is None else {"labels": data.taught.told(data.table)}


def _fit(
    context: RunContext,
    spec: ModelSpec,
    plan: TrainingPlan,
    pixels: NDArray[np.uint8],
    data: TrainingData,
) -> tuple[Any, Sequence[Mapping[str, float]]]:
    """Give a model and its history; a network goes on from its checkpoint."""
    training, validation = (
        TrainingSet(pixels=pixels, targets=data.targets, rows=data.rows(part))
        for part in ("train", "validation")
    )
    log = EventLog(context.folder / TENSORBOARD)

    def told(history: list[dict[str, float]]) -> None:
        write_json(context.folder / HISTORY, history)
        if spec.kind != "forest":
            log.write(history)

    return train_model(
        spec,
        plan.network,
        training,
        validation,
        plan.training,
        context.checkpoint,
        context.progress,
        told,
    )


RUN_KINDS.add(
    RunKind(name=KIND, label="Train", function=run_training, holds_worker=True, resumes=True)
)
