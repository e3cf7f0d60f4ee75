"""Networks that learnt everyday pictures, with a top of our own.

Such a network stays one layer of ours, named after itself, and what it expects of pixels is a
layer before it: a saved model needs nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from astro_core.classifiers.networks.heads import with_heads
from astro_core.classifiers.pretrained import SOURCES, FirstWeights, Published
from astro_core.domain import Head
from astro_core.errors import BadInputError
from astro_core.params import param

if TYPE_CHECKING:
    import keras

LEAST_PX = 32
NOTHING, EVERYTHING = "nothing", "everything"
_CAFFE_BGR = (103.939, 116.779, 123.68)  # means of ImageNet's colours
_IMAGENET_STD = (0.229, 0.224, 0.225)
FROM = "Which part learns, from this stage on; without pretrained weights everything does."


@dataclass(frozen=True, kw_only=True)
class BackboneParams:
    """First weights of a network, what of it learns, and the layers on top."""

    weights: str = param(
        "imagenet", label="First weights", choices=SOURCES,
        help="ImageNet's, fetched once; those in a file; or none: then it learns from scratch.",
    )  # fmt: skip
    weights_path: str = param(
        "", label="Weights file", help="Whole path of a local file without the network's own top."
    )
    trainable_from: str = param(
        EVERYTHING, label="Learns from", choices=(NOTHING, EVERYTHING), help=FROM
    )
    pooling: str = param(
        "average", label="Pooling", choices=("average", "max", "flatten"),
        help="How the last maps become numbers: their mean, their maximum, or all of them.",
    )  # fmt: skip
    top: tuple[int, ...] = param(
        (), label="Dense", minimum=1, maximum=8192, help="Units of each layer on top."
    )
    dropout: float = param(
        0.0, label="Dropout", minimum=0.0, maximum=0.95,
        help="Share dropped before the last layer, in training.",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Backbone:
    """A network that learnt everyday pictures.

    Attributes
    ----------
    layer : str
        What it is called inside our model.
    stages : tuple of str
        What the names of its layers begin with, from the image on.
    caffe : bool
        Whether it takes blue, green, red minus ImageNet's mean instead of pixels as they are.
    published : callable
        From the params to its published weights.
    make : callable
        ``make(shape, name, params)`` gives the network without its own top, its weights drawn at
        random.
    """

    layer: str
    stages: tuple[str, ...]
    caffe: bool
    published: Callable[[Any], Published]
    make: Callable[[tuple[int, int, int], str, Any], keras.Model]

    def first_weights(self, params: BackboneParams) -> tuple[FirstWeights]:
        """Where its first weights come from."""
        published = self.published(params)
        first = FirstWeights(source=params.weights, file=params.weights_path, published=published)
        return (first,)


def build_backbone(
    backbone: Backbone, shape: tuple[int, int, int], heads: tuple[Head, ...], params: BackboneParams
) -> keras.Model:
    """Return preprocessing, the network without its own top, and our layers on it.

    Raises
    ------
    BadInputError
        If the images are too small, or the weights are not there or of another network.
    """
    import keras

    if min(shape[:2]) < LEAST_PX:
        raise BadInputError(
            f"Images of {min(shape[:2])} px are too small for this network",
            expected=f"at least {LEAST_PX} px",
            todo="Choose a larger image size",
        )
    image = keras.Input(shape, name="image")
    x = keras.layers.Concatenate(name="colours")([image] * 3) if shape[-1] == 1 else image
    network = _network(backbone, (*shape[:2], 3), params)
    x = network(_caffe(x) if backbone.caffe else x)
    x = _pooled(x, params.pooling)
    for units in params.top:
        x = keras.layers.Dense(units, activation="relu")(x)
    if params.dropout:
        x = keras.layers.Dropout(params.dropout)(x)
    return with_heads(image, x, heads)


def _network(
    backbone: Backbone, shape: tuple[int, int, int], params: BackboneParams
) -> keras.Model:
    network = backbone.make(shape, backbone.layer, params)
    (first,) = backbone.first_weights(params)
    path = first.path()
    network.pretrained = path is not None
    if path is not None:
        _load(network, path, first.published)
        _freeze(network, backbone.stages, params.trainable_from)
    return network


def _load(network: keras.Model, path: Path, published: Published) -> None:
    try:
        network.load_weights(path)
    except (ValueError, KeyError, OSError, TypeError, AttributeError) as error:
        raise BadInputError(
            f"'{path.name}' does not fit the network",
            expected=f"weights of {published.label} without its top",
            given=(str(error).splitlines() or [""])[0][:200],
        ) from None
    if published.equals(path):
        _as_published(network)


def _as_published(network: keras.Model) -> None:
    """Divide EfficientNet's colours by the root of their spread once more.

    Its published weights were learnt so, and Keras adds a layer for it where it loads them
    itself: https://github.com/tensorflow/tensorflow/issues/49930.
    """
    import keras

    for layer in network.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.adapt_variance.assign(layer.adapt_variance * _IMAGENET_STD)
            layer.finalize_state()


def _freeze(network: keras.Model, stages: tuple[str, ...], trainable_from: str) -> None:
    if trainable_from == NOTHING:
        network.trainable = False
    elif trainable_from != EVERYTHING:
        before = stages[: stages.index(trainable_from)]
        for layer in network.layers:
            layer.trainable = not layer.name.startswith(before)


def _caffe(image: keras.KerasTensor) -> keras.KerasTensor:
    """Turn red, green, blue around and take ImageNet's mean away, by a fixed layer."""
    import keras
    import numpy as np

    layer = keras.layers.Dense(3, trainable=False, kernel_initializer="zeros", name="caffe")
    x = layer(image)
    layer.set_weights([np.eye(3)[::-1], -np.array(_CAFFE_BGR)])
    return x


def _pooled(x: keras.KerasTensor, pooling: str) -> keras.KerasTensor:
    import keras

    kinds = {
        "average": keras.layers.GlobalAveragePooling2D,
        "max": keras.layers.GlobalMaxPooling2D,
        "flatten": keras.layers.Flatten,
    }
    return kinds[pooling]()(x)
