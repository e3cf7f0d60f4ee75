"""The recipes, a file for each project; importing this registers them all, without Keras."""

# ruff: noqa: F401 - each of them registers itself
from astro_core.classifiers import networks
from astro_core.classifiers.recipes import (
    astrodetector,
    ensemble,
    fork,
    galaxy10,
    gz2,
    morphology,
    resnet,
    splus,
    vgg16,
    votes,
)
