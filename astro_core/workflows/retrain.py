"""Train again with what people said meanwhile, in the way a model was trained before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from astro_core.classifiers.registry import RECIPES
from astro_core.classifiers.settings import CATALOGUE, LABELS
from astro_core.domain import Dataset, Person, Run, require
from astro_core.errors import BadInputError
from astro_core.params import to_mapping
from astro_core.workflows.queue_needs import model_info
from astro_core.workflows.rerank import after_training, own_strategy
from astro_core.workflows.train import submit_training
from astro_core.workflows.training_plan import plan_of, plan_training
from astro_core.workflows.training_state import trainings_of
from astro_core.workspace import Workspace

BY_PEOPLE = tuple(name for name in LABELS if name != CATALOGUE)
FIRST_RECIPE = "fork"  # where no model is there to go by


def class_trainings(workspace: Workspace, dataset: Dataset) -> tuple[Run, ...]:
    """Finished trainings of a dataset that learned classes, the newest first."""
    return tuple(
        run
        for run in trainings_of(workspace, dataset)
        if run.state == "done" and _learns_classes(str(run.params["recipe"]))
    )


def _learns_classes(recipe: str) -> bool:
    return recipe in RECIPES and RECIPES.get(recipe).target != "votes"


def trained_how(workspace: Workspace, model: str) -> tuple[str, dict[str, Any]]:
    """Return the recipe of a model, and the settings that were not the recipe's own.

    Parameters
    ----------
    model : str
        Id of a training or of folds, or name of a model; empty for the recipe that fits most.

    Raises
    ------
    NotFoundError
        If there is no such model, or its recipe is not there any more.
    """
    if not model:
        return FIRST_RECIPE, {}
    plan = plan_of(model_info(workspace, model))
    own = plan_training(plan.recipe.name, {})
    return plan.recipe.name, {
        **_changed(plan.training, own.training),
        **_changed(plan.network, own.network),
    }


def _changed(params: Any, own: Any) -> dict[str, Any]:
    before = to_mapping(own)
    return {name: value for name, value in to_mapping(params).items() if value != before[name]}


def submit_retraining(
    workspace: Workspace,
    dataset: Dataset,
    *,
    labels: str,
    who: Person,
    taxonomy: str = "",
    model: str = "",
    queue_id: str = "",
    request: Mapping[str, Any] | None = None,
) -> str:
    """Have a model trained as another was, on what people said; returns the run's id.

    Parameters
    ----------
    labels : str
        One of `BY_PEOPLE`.
    taxonomy : str
        Name of the classes in which they answered; empty for the dataset's own.
    model : str
        The model to do as; see `trained_how`.
    queue_id, request : str, Mapping, optional
        A queue that the new model is to put in order when it is there, and how its galaxies were
        chosen.

    Raises
    ------
    ForbiddenError
        For anybody but a lead.
    NotFoundError, BadInputError
        As `trained_how` and `train.submit_training`.
    """
    require(who, "lead", "train a model on what people said")
    if labels not in BY_PEOPLE:
        raise BadInputError(
            "These are not people's labels", expected="one of " + ", ".join(BY_PEOPLE), given=labels
        )
    recipe, settings = trained_how(workspace, model)
    settings |= {"labels": labels, "taxonomy": taxonomy}
    then = None
    if queue_id:
        strategy = own_strategy(request or {})
        then = after_training(queue_id, dataset.name, strategy=strategy, who=who)
    return submit_training(workspace, dataset.name, recipe, settings, then=then)
