"""Pretrained weights of a training: seen to before anything long begins, and told afterwards."""

from __future__ import annotations

from astro_core.classifiers.pretrained import FirstWeights, told
from astro_core.classifiers.registry import MODELS
from astro_core.runs import RunContext
from astro_core.workflows.training_plan import TrainingPlan


def first_weights(plan: TrainingPlan) -> tuple[FirstWeights, ...]:
    """Return where each network of a plan gets its first weights; empty where all are drawn."""
    find = MODELS.get(plan.recipe.model).first_weights
    return find(plan.network) if find else ()


def weights_from(plan: TrainingPlan) -> str:
    """Say where the first weights come from: "scratch", "imagenet" or a file's name."""
    return told(one.told for one in first_weights(plan))


def check_first_weights(plan: TrainingPlan) -> None:
    """See in a moment whether they are there or can be fetched.

    Raises
    ------
    BadInputError
        If neither is so; it says how to go on without them.
    """
    for one in first_weights(plan):
        one.check()


def fetch_first_weights(context: RunContext, plan: TrainingPlan) -> None:
    """Fetch what is not there yet.

    Raises
    ------
    BadInputError
        If it cannot be had.
    """
    for one in first_weights(plan):
        if not one.there:
            context.log(f"The weights of {one.published.label} are being fetched")
        one.fetch(context.progress)
