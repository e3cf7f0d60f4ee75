"""Class activation maps: which maps of a layer speak for an answer, and where.

Grad-CAM (Selvaraju et al. 2017, ICCV) weighs each map of a layer by the mean gradient of the
answer's score; Grad-CAM++ (Chattopadhay et al. 2018, WACV) weighs each place of each map, so
that several small places count like a large one.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Head
from astro_core.explain.network import Network, finite, score_columns
from astro_core.explain.results import Cams, Floats, Maps


def class_activation_maps(
    network: Network, pixels: NDArray[np.uint8], head: Head, layer: str = ""
) -> Cams:
    """Return both kinds of maps of one image for every answer of a head.

    Parameters
    ----------
    pixels : array of uint8, shape (size, size, 3)
    layer : str
        Empty takes the last convolution. The maps are taken behind its ReLU.

    Raises
    ------
    NotFoundError, BadInputError
        If there is no such layer, or it has no maps.
    """
    name = cam_layer(network, layer)
    plain, plus = cam_batch(network, pixels[None], head, name)
    maps = (Maps(outputs=head.outputs, values=v[0], size_px=network.size) for v in (plain, plus))
    return Cams(layer=name, gradcam=next(maps), gradcam_pp=next(maps))


def cam_layer(network: Network, layer: str = "") -> str:
    """Name of the layer that maps are taken from, when one asks for `layer`.

    Raises
    ------
    NotFoundError, BadInputError
        If there is no such layer, or it has no maps.
    """
    chosen = layer or network.last_conv()
    network.tap(chosen)
    return network.rectified(chosen)


def cam_batch(
    network: Network, pixels: NDArray[np.uint8], head: Head, layer: str
) -> tuple[Floats, Floats]:
    """Return Grad-CAM and Grad-CAM++ of some images, before anything is cut off at zero.

    Parameters
    ----------
    pixels : array of uint8, shape (n, size, size, 3)
    layer : str
        From `cam_layer`.

    Returns
    -------
    two arrays of float32, shape (n, n_outputs, height, width)
    """
    plain, plus = _function(network, head, layer)(network.feed(pixels))
    return finite(plain), finite(plus)


@functools.lru_cache(maxsize=32)
def _function(network: Network, head: Head, layer: str) -> Callable[[Any], tuple[Any, Any]]:
    """Compile the maps of all answers: one way forward, a short way back for each."""
    import keras
    import tensorflow as tf

    inner = keras.Model(network.image, [network.tap(layer), network.scores[head.name]])

    @tf.function(input_signature=[tf.TensorSpec((None, *network.image.shape[1:]), tf.float32)])
    def maps(images: Any) -> tuple[Any, Any]:
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(images)  # weights that are frozen would leave the tape blank
            seen, scores = inner(images, training=False)
            wanted = score_columns(head, scores)

        def weighed(chosen: Any) -> tuple[Any, Any]:
            only = tf.broadcast_to(chosen, tf.shape(wanted))
            return _weigh(seen, tape.gradient(wanted, seen, output_gradients=only))

        # a loop in the graph: written out, dozens of answers take minutes to compile
        one = tf.TensorSpec((None, *seen.shape[1:3]), tf.float32)
        each = tf.eye(len(head.outputs))[:, None]
        plain, plus = tf.map_fn(weighed, each, fn_output_signature=(one, one))
        return tf.transpose(plain, (1, 0, 2, 3)), tf.transpose(plus, (1, 0, 2, 3))

    return maps


def _weigh(seen: Any, slope: Any) -> tuple[Any, Any]:
    """Sum the maps of a layer, weighed by the gradient of one score; shapes (n, h, w, maps)."""
    import tensorflow as tf

    if slope is None:
        nothing = tf.zeros_like(seen[..., 0])
        return nothing, nothing
    plain = tf.reduce_sum(seen * tf.reduce_mean(slope, axis=(1, 2), keepdims=True), axis=-1)
    below = 2.0 * slope**2 + tf.reduce_sum(seen, axis=(1, 2), keepdims=True) * slope**3
    share = tf.math.divide_no_nan(slope**2, below)
    weight = tf.reduce_sum(share * tf.nn.relu(slope), axis=(1, 2), keepdims=True)
    return plain, tf.reduce_sum(seen * weight, axis=-1)
