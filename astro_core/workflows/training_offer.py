"""What can be trained on a dataset: which recipes fit, into which parts it falls, how it looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.classifiers.augmentation import augments, draw_views, resample_here
from astro_core.classifiers.registry import RECIPES
from astro_core.classifiers.settings import CATALOGUE, TrainingParams
from astro_core.datasets.balance import BalanceParams, plan_balance
from astro_core.domain import Dataset, Head
from astro_core.errors import BadInputError, NotFoundError
from astro_core.workflows.stack import stamps
from astro_core.workflows.training_plan import plan_training, render_recipe, training_data
from astro_core.workflows.training_state import NO_LABEL, count_parts
from astro_core.workspace import Workspace

PROJECTS = {
    "ours": "Ours",
    "A": "A: kinds of object",
    "B": "B: Galaxy Zoo 2 kinds",
    "C": "C: ten classes",
    "D": "D: vote fractions",
    "E": "E: two classes",
}


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a dataset gives a recipe.

    Attributes
    ----------
    heads : tuple of Head
        What it would learn.
    problem : str
        Why there is nothing to learn; empty where there is.
    parts : DataFrame
        Galaxies that have an answer, by class (rows) and part (columns).
    """

    problem: str
    parts: pd.DataFrame
    heads: tuple[Head, ...] = ()


def offer(
    dataset: Dataset, recipe: str, seed: int, *, labels: str = CATALOGUE, taxonomy: str = ""
) -> Offer:
    """Deal a dataset into parts for a recipe, or say why it does not fit.

    Parameters
    ----------
    seed, labels, taxonomy
        Settings of the training.
    """
    plan = plan_training(recipe, {"seed": seed, "labels": labels, "taxonomy": taxonomy})
    try:
        data = training_data(dataset, plan, np.ones(dataset.n_objects, dtype=bool))
    except (BadInputError, NotFoundError) as error:
        return Offer(problem=error.what, parts=pd.DataFrame())
    return Offer(problem="", parts=count_parts(data.table[data.known]), heads=data.heads)


def by_project() -> dict[str, list[str]]:
    """Names of the recipes by the project that they come from, ours first."""
    found: dict[str, list[str]] = {name: [] for name in PROJECTS}
    for recipe in RECIPES:
        found.setdefault(recipe.project, []).append(recipe.name)
    return {project: names for project, names in found.items() if names}


def drawn(counts: pd.Series, params: TrainingParams) -> pd.Series:
    """Images of each class that one epoch shows, after balancing; those without one all once."""
    classes = counts.drop(NO_LABEL, errors="ignore")
    to = params.balance_to
    asked = BalanceParams(limit=to, target=to) if to else BalanceParams()
    plan = plan_balance({str(k): int(v) for k, v in classes.items()}, params.balance, asked)
    shown = pd.Series(plan.n_drawn, index=classes.index)
    return shown.reindex(counts.index).fillna(counts).astype(int)


def augmented(
    workspace: Workspace,
    dataset: Dataset,
    params: TrainingParams,
    object_ids: Sequence[str],
    copies: int,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Show some galaxies as the network sees them, and changed as training changes them.

    Returns
    -------
    plain : array of uint8, shape (n, size, size, 3)
        Galaxies that cannot be rendered are left out.
    changed : array of uint8, shape (n, copies, size, size, 3)
        No copies where training changes nothing.
    """
    images, good = stamps(workspace, dataset, render_recipe(dataset, params), object_ids)
    plain = images[good]
    if params.grey:
        plain = plain.mean(axis=-1, keepdims=True).repeat(3, axis=-1).round().astype(np.uint8)
    if not augments(params):
        return plain, plain[:, None][:, :0]
    rng = np.random.default_rng(params.seed)
    many = np.repeat(plain, copies, axis=0)
    views = draw_views(params, len(many), params.size_px, rng)
    changed = np.clip(np.rint(resample_here(many.astype(np.float32), views)), 0, 255)
    return plain, changed.astype(np.uint8).reshape(len(plain), copies, *plain.shape[1:])
