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
from astro_core.classifiers.bundle_info import TOGETHER
from astro_core.classifiers.parts import PARTS
from astro_core.datasets.store import open_dataset
from astro_core.domain import Dataset
from astro_core.errors import BadInputError
from astro_core.imaging.alike import twins
from astro_core.params import digest
from astro_core.runs import RUN_KINDS, RunContext, RunKind
from astro_core.workflows.first_weights import check_first_weights, fetch_first_weights
from astro_core.workflows.shared_heads import (
    VOTES,
    Heads,
    head_targets,
    taught_by,
    teachers_of,
)
from astro_core.workflows.train import (
    Learned,
    check_unchanged,
    open_pixels,
    train_and_judge,
)
from astro_core.workflows.training_plan import (
    TrainingData,
    TrainingPlan,
    plan_training,
    render_recipe,
    side_arcsec,
    training_data,
)
from astro_core.workspace import Workspace, write_json

KIND = "train-together"
ALONE = 2  # datasets that make it worth while


@dataclass(frozen=True, kw_only=True)
class Teacher:
    """A dataset, and what it teaches.

    Attributes
    ----------
    pixels : array of uint8, shape (n_objects, size_px, size_px, 3)
    data : TrainingData
        Its targets, one for each head that it teaches, bear the names of these heads.
    """

    dataset: Dataset
    pixels: NDArray[np.uint8]
    data: TrainingData


def submit_training_together(
    workspace: Workspace, heads: Heads, recipe: str, settings: Mapping[str, Any]
) -> str:
    """Have a recipe trained on several datasets; returns the run's id.

    Parameters
    ----------
    heads : Mapping
        From the name of each head to the dataset that teaches it, or to several: the first of
        them judges the head, of the others only the training galaxies teach. The head called
        "votes" learns vote fractions, the others classes.

    Raises
    ------
    NotFoundError
        If there is no such dataset or recipe.
    BadInputError
        For a setting that is unknown or out of bounds, datasets that are shown by different
        recipes or lack the answers, or pretrained weights that cannot be had.
    """
    plan, by_dataset = plan_training(recipe, settings), taught_by(heads)
    opened = [open_dataset(workspace, name) for name in by_dataset]
    _check(opened, plan)
    answers = [_answers(one, plan, by_dataset[one.name], _all_of(one)) for one in opened]
    for head in heads:
        head_targets(head, heads, opened, answers)
    check_first_weights(plan)
    told = {head: teachers_of(heads, head) for head in heads}
    params = {"heads": told, "recipe": recipe, "settings": dict(settings)}
    title = f"Training {recipe} on {', '.join(by_dataset)}"
    return runs.submit(workspace, KIND, params, title=title)


def _check(datasets: Sequence[Dataset], plan: TrainingPlan) -> None:
    if len(datasets) < ALONE:
        raise BadInputError("Two datasets or more are trained on together")
    if len({render_recipe(dataset, plan.training).key for dataset in datasets}) > 1:
        raise BadInputError(
            "These datasets are shown in different ways",
            expected="the same bands, stretch and crop",
            given=", ".join(dataset.name for dataset in datasets),
        )


def _all_of(dataset: Dataset) -> NDArray[np.bool_]:
    return np.ones(dataset.n_objects, dtype=bool)


def _answers(
    dataset: Dataset, plan: TrainingPlan, heads: Sequence[str], ok: NDArray[np.bool_]
) -> TrainingData:
    """Deal a dataset into parts, with its answers for the heads that it teaches."""
    classes = [head for head in heads if head != VOTES]
    if len(classes) > 1:
        raise BadInputError("A dataset teaches one head with classes", given=", ".join(classes))
    target = ("both" if VOTES in heads else "classes") if classes else "votes"
    its = replace(plan, recipe=replace(plan.recipe, target=target))
    data = training_data(dataset, its, ok)
    if len(data.targets) < len(heads):
        raise BadInputError(
            f"'{dataset.name}' is to teach more than it knows",
            expected="classes and vote fractions",
        )
    names = sorted(heads, key=VOTES.__eq__)  # votes come last, as in the targets
    named = zip(data.targets, names, strict=True)
    targets = tuple(replace(one, head=replace(one.head, name=name)) for one, name in named)
    return replace(data, targets=targets)


def run_training_together(context: RunContext) -> dict[str, Any]:
    """Run kind "train-together". Params: heads (mapping to datasets), recipe, settings."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    plan = plan_training(context.params["recipe"], context.params["settings"])
    heads = context.params["heads"]
    by_dataset = taught_by(heads)
    datasets = [open_dataset(context.workspace, name) for name in by_dataset]
    check_unchanged(context.folder, *datasets)
    write_json(context.folder / "config.json", plan.to_json() | {"heads": heads})
    fetch_first_weights(context, plan)
    teachers = [_teacher(context, plan, by_dataset[one.name], one) for one in datasets]
    n_twins = sum(map(len, held_back := [_twins(one, teachers) for one in teachers]))
    context.log(f"{n_twins:,} training galaxies may be one that another dataset keeps aside")
    data = joined(teachers, heads, held_back)
    pixels = np.concatenate([one.pixels for one in teachers])
    told = train_and_judge(context, _as_one(teachers, plan), plan, pixels, data)
    return told | {"n_objects": len(data.table), "n_twins": n_twins}


def _teacher(
    context: RunContext, plan: TrainingPlan, heads: Sequence[str], dataset: Dataset
) -> Teacher:
    stack = open_pixels(context, dataset, plan)
    data = _answers(dataset, plan, heads, stack.ok)
    return Teacher(dataset=dataset, pixels=stack.pixels, data=data)


def _twins(teacher: Teacher, teachers: Sequence[Teacher]) -> NDArray[np.intp]:
    """Return its training galaxies that another dataset may keep aside."""
    rows = teacher.data.rows("train")
    seen = np.zeros(len(rows), dtype=bool)
    for other in teachers:
        if other is not teacher:
            aside = np.concatenate([other.data.rows(part) for part in PARTS if part != "train"])
            seen |= twins(teacher.pixels[rows], other.pixels[np.sort(aside)])
    return rows[seen]


def joined(
    teachers: Sequence[Teacher], heads: Heads, held_back: Sequence[NDArray[np.intp]]
) -> TrainingData:
    """Put the galaxies of all datasets below each other, each with the answers that it has.

    Parameters
    ----------
    held_back : sequence of array of int
        For each dataset, the rows that are in no part.
    """
    datasets, answers, tables = [one.dataset for one in teachers], [], []
    for one, out in zip(teachers, held_back, strict=True):
        table = one.data.table.copy()
        table.iloc[out, table.columns.get_loc("part")] = ""
        answers.append(replace(one.data, table=table))
        tables.append(table.assign(object_id=one.dataset.name + "/" + table["object_id"]))
    targets = tuple(head_targets(head, heads, datasets, answers) for head in heads)
    return TrainingData(table=pd.concat(tables, ignore_index=True), targets=targets)


def _as_one(teachers: Sequence[Teacher], plan: TrainingPlan) -> Learned:
    """What a bundle says of where it comes from: all datasets by name."""
    render = render_recipe(teachers[0].dataset, plan.training)
    return Learned(
        name=TOGETHER.join(one.dataset.name for one in teachers),
        fingerprint=digest([one.dataset.fingerprint for one in teachers]),
        render=render,
        side_arcsec=side_arcsec((one.dataset for one in teachers), render),
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
