"""Train one network on several datasets at once, a head for each: what one teaches helps all."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core import runs
from astro_core.classifiers.parts import PARTS
from astro_core.classifiers.targets import Targets
from astro_core.datasets.store import open_dataset
from astro_core.domain import Dataset
from astro_core.errors import BadInputError
from astro_core.imaging.alike import twins
from astro_core.params import digest
from astro_core.runs import RUN_KINDS, RunContext, RunKind
from astro_core.workflows.first_weights import check_first_weights, fetch_first_weights
from astro_core.workflows.train import Learned, open_pixels, train_and_judge
from astro_core.workflows.training_plan import (
    TrainingData,
    TrainingPlan,
    plan_training,
    render_recipe,
    training_data,
)
from astro_core.workspace import Workspace, write_json

KIND = "train-together"
VOTES = "votes"  # the head that learns vote fractions; the others learn classes
ALONE = 2  # datasets that make it worth while


@dataclass(frozen=True, kw_only=True)
class Teacher:
    """A dataset, and the head that it teaches.

    Attributes
    ----------
    pixels : array of uint8, shape (n_objects, size_px, size_px, 3)
    """

    head: str
    dataset: Dataset
    pixels: NDArray[np.uint8]
    data: TrainingData


def submit_training_together(
    workspace: Workspace, heads: Mapping[str, str], recipe: str, settings: Mapping[str, Any]
) -> str:
    """Have a recipe trained on several datasets; returns the run's id.

    Parameters
    ----------
    heads : Mapping
        From the name of each head to the dataset that teaches it. The head called "votes" learns
        vote fractions, the others classes.

    Raises
    ------
    NotFoundError
        If there is no such dataset or recipe.
    BadInputError
        For a setting that is unknown or out of bounds, datasets that are shown by different
        recipes or lack the answers, or pretrained weights that cannot be had.
    """
    plan = plan_training(recipe, settings)
    opened = [open_dataset(workspace, name) for name in heads.values()]
    _check(opened, plan)
    for head, dataset in zip(heads, opened, strict=True):
        training_data(dataset, _plan_for(plan, head), np.ones(dataset.n_objects, dtype=bool))
    check_first_weights(plan)
    params = {"heads": dict(heads), "recipe": recipe, "settings": dict(settings)}
    title = f"Training {recipe} on {', '.join(heads.values())}"
    return runs.submit(workspace, KIND, params, title=title)


def _check(datasets: Sequence[Dataset], plan: TrainingPlan) -> None:
    if len({dataset.name for dataset in datasets}) < ALONE:
        raise BadInputError("Two datasets or more are trained on together")
    if len({render_recipe(dataset, plan.training).key for dataset in datasets}) > 1:
        raise BadInputError(
            "These datasets are shown in different ways",
            expected="the same bands, stretch and crop",
            given=", ".join(dataset.name for dataset in datasets),
        )


def _plan_for(plan: TrainingPlan, head: str) -> TrainingPlan:
    target = "votes" if head == VOTES else "classes"
    return replace(plan, recipe=replace(plan.recipe, target=target))


def run_training_together(context: RunContext) -> dict[str, Any]:
    """Run kind "train-together". Params: heads (mapping to datasets), recipe, settings."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    plan = plan_training(context.params["recipe"], context.params["settings"])
    heads = context.params["heads"]
    write_json(context.folder / "config.json", plan.to_json() | {"heads": heads})
    fetch_first_weights(context, plan)
    teachers = [_teacher(context, plan, head, name) for head, name in heads.items()]
    n_twins = sum(map(len, held_back := [_twins(one, teachers) for one in teachers]))
    context.log(f"{n_twins:,} training galaxies may be one that another dataset keeps aside")
    data = joined(teachers, held_back)
    pixels = np.concatenate([one.pixels for one in teachers])
    told = train_and_judge(context, _as_one(teachers, plan), plan, pixels, data)
    return told | {"n_objects": len(data.table), "n_twins": n_twins}


def _teacher(context: RunContext, plan: TrainingPlan, head: str, name: str) -> Teacher:
    dataset = open_dataset(context.workspace, name)
    stack = open_pixels(context, dataset, plan)
    data = training_data(dataset, _plan_for(plan, head), stack.ok)
    return Teacher(head=head, dataset=dataset, pixels=stack.pixels, data=data)


def _twins(teacher: Teacher, teachers: Sequence[Teacher]) -> NDArray[np.intp]:
    """Return its training galaxies that another dataset may keep aside."""
    rows = teacher.data.rows("train")
    seen = np.zeros(len(rows), dtype=bool)
    for other in teachers:
        if other is not teacher:
            aside = np.concatenate([other.data.rows(part) for part in PARTS if part != "train"])
            seen |= twins(teacher.pixels[rows], other.pixels[np.sort(aside)])
    return rows[seen]


def joined(teachers: Sequence[Teacher], held_back: Sequence[NDArray[np.intp]]) -> TrainingData:
    """Put the galaxies of all datasets below each other, each with the answers that it has.

    Parameters
    ----------
    held_back : sequence of array of int
        For each dataset, the rows that are in no part.
    """
    tables, targets, start = [], [], 0
    total = sum(len(one.data.table) for one in teachers)
    for one, out in zip(teachers, held_back, strict=True):
        table = one.data.table.copy()
        table.iloc[out, table.columns.get_loc("part")] = ""
        tables.append(table.assign(object_id=one.dataset.name + "/" + table["object_id"]))
        (target,) = one.data.targets
        targets.append(_placed(target, one.head, start, total))
        start += len(table)
    return TrainingData(table=pd.concat(tables, ignore_index=True), targets=tuple(targets))


def _placed(target: Targets, head: str, start: int, total: int) -> Targets:
    """Widen the answers of one dataset to all galaxies, from a row on."""

    def wide(values: NDArray[Any]) -> NDArray[Any]:
        out = np.zeros((total, *values.shape[1:]), dtype=values.dtype)
        out[start : start + len(values)] = values
        return out

    return replace(
        target,
        head=replace(target.head, name=head),
        truth=wide(target.truth),
        known=wide(target.known),
        asked=None if target.asked is None else wide(target.asked),
    )


def _as_one(teachers: Sequence[Teacher], plan: TrainingPlan) -> Learned:
    """What a bundle says of where it comes from: all datasets by name."""
    return Learned(
        name=" + ".join(one.dataset.name for one in teachers),
        fingerprint=digest([one.dataset.fingerprint for one in teachers]),
        render=render_recipe(teachers[0].dataset, plan.training),
    )


RUN_KINDS.add(
    RunKind(
        name=KIND,
        label="Train together",
        function=run_training_together,
        holds_worker=True,
        resumes=True,
    )
)
