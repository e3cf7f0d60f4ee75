"""What Train shows, held in the address: a recipe and its settings, or one training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from astro_core.classifiers.registry import RECIPES
from astro_core.classifiers.settings import TrainingParams
from astro_core.domain import Dataset, Run
from astro_core.errors import BadInputError
from astro_core.params import describe, digest, to_mapping
from astro_core.ui.class_look import ClassLook
from astro_core.workflows.folds_state import all_fold_runs
from astro_core.workflows.label_training import said_until
from astro_core.workflows.training_offer import Offer
from astro_core.workflows.training_offer import offer as make_offer
from astro_core.workflows.training_plan import TrainingPlan, plan_training, training_settings
from astro_core.workflows.training_state import trainings_of
from astro_core.workspace import Workspace

NEW = "new"
SUGGESTED = "fork"  # it learns classes and votes, whichever there are


@dataclass(frozen=True, kw_only=True)
class Shown(ClassLook):
    """One visit of the page.

    Attributes
    ----------
    plan : TrainingPlan
        The recipe and settings that the address asks for.
    trainings : tuple of Run
        Those of this dataset, folds as well, the newest first.
    run_id : str
        The training that is looked at; empty while a new one is prepared.
    problems : tuple of str
        What in the address could not be used.
    key : str
        Changes with the dataset and nothing else: keys of widgets start with it.
    """

    workspace: Workspace
    dataset: Dataset
    plan: TrainingPlan
    trainings: tuple[Run, ...]
    run_id: str
    problems: tuple[str, ...]
    key: str

    @property
    def origin(self) -> dict[str, Any]:
        """Where selections made here come from."""
        return {"kind": "train page", "run": self.run_id}


def read(workspace: Workspace, dataset: Dataset) -> Shown:
    """Read the address; without a training in it, one that is going on is shown."""
    problems: list[str] = []
    trainings = (*trainings_of(workspace, dataset), *all_fold_runs(workspace, dataset))
    trainings = tuple(sorted(trainings, key=lambda run: run.created_at, reverse=True))
    plan = _plan(problems)
    return Shown(
        workspace=workspace,
        dataset=dataset,
        plan=plan,
        trainings=trainings,
        run_id=_run(trainings, problems),
        problems=tuple(problems),
        key=f"train:{digest([str(dataset.folder), dataset.fingerprint], length=6)}",
    )


def _run(trainings: Sequence[Run], problems: list[str]) -> str:
    asked = st.query_params.get("run", "")
    if asked == NEW or asked in [run.run_id for run in trainings]:
        return "" if asked == NEW else asked
    if asked:
        problems.append("The training that the address names is not one of this dataset.")
    return next((run.run_id for run in trainings if not run.finished), "")


def _plan(problems: list[str]) -> TrainingPlan:
    """Recipe and settings in the address; the recipe's own for what cannot be read."""
    name = st.query_params.get("recipe", "")
    if name not in RECIPES:
        if name:
            problems.append(f"There is no recipe '{name}'.")
        name = SUGGESTED
    recipe = RECIPES.get(name)
    good: dict[str, Any] = {}
    for info in (*training_settings(recipe), *describe(recipe.network)):
        if info.name in st.query_params:
            try:
                asked = good | {info.name: st.query_params[info.name]}
                plan_training(name, asked)
                good = asked
            except BadInputError as error:
                problems.append(f"A setting in the address was left out. {error}")
    return plan_training(name, good)


def offer(dataset: Dataset, target: str, training: TrainingParams) -> Offer:
    """What the dataset gives recipes of a target; kept until somebody says more of it."""
    asked = (training.seed, training.labels, training.taxonomy)
    key = (str(dataset.folder), dataset.fingerprint, target, said_until(dataset, training))
    return _offer(key, asked, dataset)


@st.cache_resource(max_entries=16, show_spinner=False)
def _offer(key: tuple[str, str, str, int], asked: tuple[int, str, str], _dataset: Dataset) -> Offer:
    recipe = next(recipe.name for recipe in RECIPES if recipe.target == key[2])
    seed, labels, taxonomy = asked
    return make_offer(_dataset, recipe, seed, labels=labels, taxonomy=taxonomy)


def own_settings(plan: TrainingPlan) -> dict[str, Any]:
    """The settings that are not the recipe's own."""
    recipe = plan.recipe
    own = to_mapping(recipe.training) | to_mapping(recipe.network)
    now = to_mapping(plan.training) | to_mapping(plan.network)
    return {name: value for name, value in now.items() if value != own[name]}


def ask(plan: TrainingPlan, *, recipe: str = "", values: Mapping[str, Any] | None = None) -> None:
    """Put another recipe, or other settings of this one, into the address."""
    for info in (*training_settings(plan.recipe), *describe(plan.network)):
        st.query_params.pop(info.name, None)
    if recipe:
        st.query_params.pop("space", None)  # ranges of a search are a recipe's own
    st.query_params["recipe"] = recipe or plan.recipe.name
    for name, value in (values or {}).items():
        written = ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
        st.query_params[name] = written


def look_at(run_id: str) -> None:
    """Show a training, or with `NEW` prepare one."""
    for name in ("view", "part", "label", "answer", "fold"):
        st.query_params.pop(name, None)
    st.query_params["run"] = run_id
