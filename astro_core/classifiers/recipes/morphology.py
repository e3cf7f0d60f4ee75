"""Ours, for the model that is shipped: a small network that learnt everyday pictures first."""

from astro_core.classifiers.networks.backbones import Lite0Params
from astro_core.classifiers.registry import RECIPES, RecipeSpec
from astro_core.classifiers.settings import TrainingParams

RECIPES.add(
    RecipeSpec(
        name="morphology",
        label="Morphology: EfficientNet-Lite0",
        description="A small network, made to begin with what it learnt from everyday pictures; "
        "classes and vote fractions come from one trunk where a dataset has both.",
        target="both",
        model="efficientnet-lite0",
        training=TrainingParams(
            crop_px=208,
            size_px=128,
            epochs=16,
            batch_size=32,
            optimiser="adamw",
            learning_rate=4e-4,
            weight_decay=0.02,
            schedule="cosine",
            label_smoothing=0.02,
            average=0.99,
            balance="weights",
            rotation_deg=180.0,
            shift=0.05,
            zoom=0.12,
            dihedral=True,
            views=8,
        ),
        network=Lite0Params(dropout=0.3),
        project="ours",
        reference="Tan & Le 2019 (ICML, arXiv:1905.11946)",
    )
)
