"""Pretrained weights of a training: seen to before anything long begins, and told afterwards."""

from __future__ import annotations

from astro_core.classifiers.pretrained import IMAGENET, SCRATCH, FirstWeights, told
from astro_core.classifiers.registry import MODELS
from astro_core.domain import Run
from astro_core.errors import TuningForkError
from astro_core.runs import RunContext
from astro_core.workflows.training_plan import TrainingPlan, plan_training

FROM_SCRATCH = "from scratch"


def first_weights(plan: TrainingPlan) -> tuple[FirstWeights, ...]:
    """Return where each network of a plan gets its first weights; empty where all are drawn."""
    find = MODELS.get(plan.recipe.model).first_weights
    return find(plan.network) if find else ()


def weights_from(plan: TrainingPlan) -> str:
    """Say where the first weights come from: "scratch", "imagenet" or a file's name."""
    return told(one.told for one in first_weights(plan))


def first_words(run: Run) -> str:
    """Say for a person what a training began with; empty for recipes that have no choice."""
    recipe, settings = str(run.params.get("recipe", "")), run.params.get("settings", {})
    try:
        asked = first_weights(plan_training(recipe, settings))
    except TuningForkError:  # the recipe or a setting is gone since
        return ""
    words = {SCRATCH: FROM_SCRATCH, IMAGENET: "ImageNet weights"}
    found = sorted({one.told for one in asked})
    return " and ".join(words.get(one, f"weights of {one}") for one in found)


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
