"""Networks whose answers are known: one map sees red, the other blue."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
from types import SimpleNamespace

import numpy as np
import pytest

from astro_core.classifiers.networks.heads import with_heads
from astro_core.domain import Head
from astro_core.explain.network import open_network

SIZE = 32
COLOURS = Head(name="label", kind="classes", outputs=("red", "blue"))
BINARY = Head(name="label", kind="binary", outputs=("red", "blue"))
VOTES = Head(
    name="votes",
    kind="votes",
    outputs=("red", "blue", "bright", "dark"),
    questions=((0, 1), (2, 3)),
)
_TO_HEAD = {"classes": np.eye(2), "binary": [[-1.0], [1.0]]}


def _seen(image):
    """Two maps: one is high where the image is red, one where it is blue."""
    import keras

    x = keras.layers.Conv2D(2, 3, padding="same", name="colours")(image)
    x = keras.layers.BatchNormalization(name="norm")(x)
    x = keras.layers.Activation("relu", name="lit")(x)
    return keras.layers.MaxPooling2D(2, name="pool")(x)


def _teach(model, strength):
    for layer in model.layers:
        if hasattr(layer, "layers"):
            _teach(layer, strength)
        if layer.name == "colours":
            kernel = np.zeros((3, 3, 3, 2), dtype=np.float32)
            kernel[:, :, 0, 0] = kernel[:, :, 2, 1] = strength / 9
            layer.set_weights([kernel, np.zeros(2)])


def build(heads=(COLOURS,), *, nested=False, strength=60.0, by_question=True, channels=3):
    import keras

    image = keras.Input((SIZE, SIZE, channels), name="image")
    x = keras.layers.Rescaling(1 / 255)(image)
    if nested:
        inside = keras.Input((SIZE, SIZE, channels), name="inside")
        seen = keras.Model(inside, _seen(inside), name="backbone")(x)
    else:
        seen = _seen(x)
    trunk = keras.layers.GlobalAveragePooling2D()(seen)
    model = with_heads(image, trunk, heads, by_question=by_question)
    _teach(model, strength)
    for head in heads:
        if head.kind in _TO_HEAD:
            weights = np.asarray(_TO_HEAD[head.kind], dtype=np.float32)
            model.get_layer(f"head_{head.name}").set_weights([weights, np.zeros(weights.shape[1])])
    return model


def picture():
    """A red spot above on the left, a blue one below on the right, nearly black between."""
    pixels = np.full((SIZE, SIZE, 3), 6, dtype=np.uint8)
    pixels[4:10, 4:10, 0] = 220
    pixels[20:26, 22:28, 2] = 220
    return pixels


@pytest.fixture(scope="session")
def toys():
    return SimpleNamespace(
        build=build,
        open=lambda *args, **more: open_network(build(*args, **more)),
        picture=picture,
        colours=COLOURS,
        binary=BINARY,
        votes=VOTES,
        size=SIZE,
        at_red=(slice(3, 11), slice(3, 11)),
        at_blue=(slice(19, 27), slice(21, 29)),
    )


@pytest.fixture(scope="session")
def network(toys):
    return toys.open()
