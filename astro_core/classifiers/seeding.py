"""First weights that follow from the seed alone.

Keras draws its seeds from Python's own generator, which belongs to the whole process: in a worker
of the engine other threads draw from it too, and the same seed would give other weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

_WEIGHTS = (
    ("kernel", "kernel_initializer"),
    ("kernel", "depthwise_initializer"),  # of a layer that is depthwise alone
    ("depthwise_kernel", "depthwise_initializer"),
    ("pointwise_kernel", "pointwise_initializer"),
)


def seed_weights(model: keras.Model, seed: int) -> None:
    """Draw all first weights again, each layer from its own seed.

    A network inside whose weights were learnt elsewhere, marked ``pretrained``, keeps them.
    """
    for place, layer in enumerate(_fresh(model)):
        for name, initialiser in _WEIGHTS:
            drawn = getattr(layer, initialiser, None)
            weight = getattr(layer, name, None)
            if weight is None or "seed" not in getattr(drawn, "get_config", dict)():
                continue
            config = drawn.get_config() | {"seed": (seed * 10_007 + place) % (2**31 - 1)}
            weight.assign(type(drawn).from_config(config)(weight.shape, dtype=weight.dtype))


def _fresh(model: keras.Model) -> Iterator[Any]:
    for layer in model.layers:
        if getattr(layer, "pretrained", False):
            continue
        if getattr(layer, "layers", None):
            yield from _fresh(layer)
        else:
            yield from layer._flatten_layers()  # itself, and those that it keeps for itself
