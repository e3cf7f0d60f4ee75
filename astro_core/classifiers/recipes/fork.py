"""Ours: galaxies have no up, and a small survey is seen from all sides."""

from dataclasses import replace

from astro_core.classifiers.networks.fork import ForkParams
from astro_core.classifiers.registry import RECIPES, RecipeSpec
from astro_core.classifiers.settings import TrainingParams

TRAINING = TrainingParams(
    crop_px=192,
    size_px=96,
    epochs=80,
    batch_size=32,
    optimiser="adamw",
    learning_rate=2e-3,
    weight_decay=0.02,
    schedule="cosine",
    label_smoothing=0.02,
    average=0.98,
    balance="weights",
    rotation_deg=180.0,
    shift=0.05,
    zoom=0.1,
    dihedral=True,
    views=8,
)

RECIPES.add(
    RecipeSpec(
        name="fork",
        label="Fork: classes and votes",
        description="A compact residual network, every galaxy seen turned and mirrored; classes "
        "and vote fractions come from one trunk where a dataset has both.",
        target="both",
        model="fork",
        training=TRAINING,
        network=ForkParams(),
        project="ours",
    )
)
RECIPES.add(
    RecipeSpec(
        name="fork-votes",
        label="Fork: vote fractions",
        description="The same trunk; the answers of each question share a softmax.",
        target="votes",
        model="fork",
        training=replace(TRAINING, balance="none", label_smoothing=0.0),
        network=ForkParams(),
        project="ours",
    )
)
