"""Ours, for the model that is shipped: a small network that learnt everyday pictures first."""

from dataclasses import replace

from astro_core.classifiers.networks.backbones import Lite0Params
from astro_core.classifiers.recipes.fork import TRAINING
from astro_core.classifiers.registry import RECIPES, RecipeSpec

RECIPES.add(
    RecipeSpec(
        name="morphology",
        label="Morphology: EfficientNet-Lite0",
        description="A small network, made to begin with what it learnt from everyday pictures; "
        "classes and vote fractions come from one trunk where a dataset has both.",
        target="both",
        model="efficientnet-lite0",
        training=replace(
            TRAINING,
            crop_px=208,
            size_px=128,
            epochs=24,
            learning_rate=4e-4,
            average=0.99,
            zoom=0.12,
            vote_weight=60.0,
        ),
        network=Lite0Params(dropout=0.3),
        project="ours",
        reference="Tan & Le 2019 (ICML, arXiv:1905.11946)",
    )
)
