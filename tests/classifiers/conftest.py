"""Small models, saved and not."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
from types import SimpleNamespace

import numpy as np
import pytest

from astro_core.classifiers.bundle import BundleInfo, save_bundle
from astro_core.classifiers.feeding import TrainingSet
from astro_core.classifiers.forest import ForestParams, fit_forest
from astro_core.classifiers.networks.fork import ForkParams, build_fork
from astro_core.classifiers.settings import TrainingParams
from astro_core.classifiers.targets import Targets
from astro_core.domain import Head, RenderRecipe

HEAD = Head(name="label", kind="classes", outputs=("a", "b", "c"), mirror=(0, 2, 1))
VOTES = Head(name="votes", kind="votes", outputs=("p", "q", "r", "s"), questions=((0, 1), (2, 3)))
SIZE = 16


def info(kind, *, heads=(HEAD,), **more):
    return BundleInfo(
        name="toy",
        kind=kind,
        heads=heads,
        render=RenderRecipe(size_px=SIZE),
        embedding="embedding" if kind == "keras" else "",
        metrics={"test": {"n": 7, "accuracy": 1 / 3}},
        calibration={HEAD.name: {"temperature": 1.5, "n_temperature": 20}},
        **more,
    )


def images(n=6):
    return np.random.default_rng(3).integers(0, 255, (n, SIZE, SIZE, 3)).astype(np.uint8)


@pytest.fixture(scope="session")
def toy():
    """What the small models are for: heads, images of their size, what their bundles say."""
    return SimpleNamespace(size=SIZE, label=HEAD, votes=VOTES, images=images, info=info)


@pytest.fixture(scope="session")
def network():
    import keras

    keras.utils.set_random_seed(0)
    return build_fork((SIZE, SIZE, 3), (HEAD, VOTES), ForkParams(width=4, stages=2))


@pytest.fixture(scope="session")
def forest():
    pixels = images(30)
    target = Targets(
        head=HEAD,
        truth=np.eye(3, dtype=np.float32)[np.arange(30) % 3],
        known=np.ones(30, dtype=bool),
    )
    parts = (
        TrainingSet(pixels=pixels, targets=(target,), rows=rows)
        for rows in (np.arange(24), np.arange(24, 30))
    )
    return fit_forest(*parts, TrainingParams(size_px=SIZE), ForestParams(n_estimators=3))[0]


@pytest.fixture
def bundle(request, tmp_path):
    """Folder of a saved model: a network, or a forest."""
    kind = request.param
    model = request.getfixturevalue({"keras": "network", "forest": "forest"}[kind])
    heads = (HEAD, VOTES) if kind == "keras" else (HEAD,)
    save_bundle(tmp_path / "model", model, info(kind, heads=heads, views=8))
    return tmp_path / "model"
