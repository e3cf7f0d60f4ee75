"""Project C: a network from scratch and a fine-tuned one, answering together."""

from astro_core.classifiers.ensemble_fitting import EnsembleParams
from astro_core.classifiers.recipes.galaxy10 import TRAINING
from astro_core.classifiers.registry import RECIPES, RecipeSpec

RECIPES.add(
    RecipeSpec(
        name="galaxy10-ensemble",
        label="Ensemble",
        description="The best network from scratch and the fine-tuned VGG-16, each as much as it "
        "is worth on validation.",
        target="classes",
        model="ensemble",
        training=TRAINING,
        network=EnsembleParams(),
        project="C",
    )
)
