"""Project E: two classes, told apart by EfficientNet-B7; who is in between goes to a person."""

from astro_core.classifiers.networks.backbones import EfficientnetParams
from astro_core.classifiers.registry import RECIPES, RecipeSpec
from astro_core.classifiers.settings import TrainingParams

RECIPES.add(
    RecipeSpec(
        name="splus-efficientnetb7",
        label="EfficientNet-B7, two classes",
        description="A large network for everyday pictures and one number for two classes.",
        target="binary",
        model="efficientnet",
        training=TrainingParams(
            size_px=128,
            epochs=30,
            batch_size=32,
            learning_rate=1e-4,
            balance="limit",
            rotation_deg=180.0,
            flip=True,
            stop_after=8,
            slow_after=3,
        ),
        network=EfficientnetParams(dropout=0.2),
        project="E",
        reference="Tan & Le 2019 (ICML, arXiv:1905.11946)",
    )
)
