"""Images that excite a filter most, grown from noise by gradient ascent.

After Erhan et al. 2009 (Univ. Montreal 1341) and Simonyan et al. 2014 (ICLR workshop): the mean
of a filter's map is raised by steps along its gradient in the image.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Progress, no_progress
from astro_core.errors import BadInputError
from astro_core.explain.activations import part_model
from astro_core.explain.network import Network, finite
from astro_core.explain.results import Filters, Floats

STEPS = 60
_STEP = 8.0  # mean change of a pixel in the first step, of 255; falls to none
_GREY, _NOISE = 127.5, 10.0


def excite_filters(
    network: Network,
    layer: str,
    *,
    first: int = 0,
    most: int = 8,
    steps: int = STEPS,
    seed: int = 0,
    progress: Progress = no_progress,
) -> Filters:
    """Grow an image for each of some filters of a layer.

    Parameters
    ----------
    layer : str
        Any layer with maps.
    first, most : int
        Filters from `first` on, `most` of them at most.
    seed : int
        Of the noise; each filter has its own, whatever others are asked for.

    Raises
    ------
    NotFoundError, BadInputError
        If there is no such layer, it has no maps, or not so many.
    """
    n_filters = int(network.tap(layer).shape[-1])
    if not 0 <= first < n_filters:
        raise BadInputError(
            f"The layer '{layer}' has no filter {first}", expected=f"0 to {n_filters - 1}"
        )
    chosen = tuple(range(first, min(first + most, n_filters)))
    images, before, after = _climb(network, layer, chosen, steps, seed, progress)
    return Filters(
        layer=layer,
        n_filters=n_filters,
        indices=chosen,
        images=np.repeat(images, 3, axis=-1) if network.grey else images,
        before=before,
        after=after,
    )


def _climb(
    network: Network,
    layer: str,
    chosen: tuple[int, ...],
    steps: int,
    seed: int,
    progress: Progress,
) -> tuple[NDArray[np.uint8], Floats, Floats]:
    slope = _slope(network, layer)
    shape = network.image.shape[1:]
    noise = [np.random.default_rng([seed, i]).normal(0, _NOISE, shape) for i in chosen]
    images = np.clip(_GREY + np.stack(noise), 0, 255).astype(np.float32)
    places = np.array(chosen, dtype=np.int32)
    before = finite(slope(images, places)[0])
    for step in range(steps):
        progress(step, steps, "Growing images")
        rise = finite(slope(images, places)[1])
        size = np.sqrt((rise**2).mean(axis=(1, 2, 3), keepdims=True))
        way = np.divide(rise, size, out=np.zeros_like(rise), where=size > 0)
        images = np.clip(images + _STEP * (1 - step / steps) * way, 0, 255)
    shown = images.round().astype(np.uint8)
    return shown, before, finite(slope(shown.astype(np.float32), places)[0])


def _slope(network: Network, layer: str) -> Callable[[Any, Any], tuple[Any, Any]]:
    """Compile the mean of one map for each image, and its gradient in the image."""
    import tensorflow as tf

    inner = part_model(network, layer)

    @tf.function(
        input_signature=[
            tf.TensorSpec((None, *network.image.shape[1:]), tf.float32),
            tf.TensorSpec((None,), tf.int32),
        ]
    )
    def excited(images: Any, places: Any) -> tuple[Any, Any]:
        with tf.GradientTape() as tape:
            tape.watch(images)
            means = tf.reduce_mean(inner(images, training=False), axis=(1, 2))
            wanted = tf.gather(means, places, axis=1, batch_dims=1)
        return wanted, tape.gradient(wanted, images)

    return excited
