"""What a network answers, with one column for each output."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from astro_core.domain import Head
from astro_core.explain.network import Network, answer_columns, finite
from astro_core.explain.results import Floats


def answers_of(network: Network, images: NDArray[Any], head: Head) -> Floats:
    """Return the answers of a head for images as the network takes them.

    Parameters
    ----------
    images : array of float32, shape (n, size, size, channels)
        See `Network.feed`.

    Returns
    -------
    array of float32, shape (n, n_outputs)
    """
    return finite(_function(network, head)(images))


@functools.lru_cache(maxsize=32)
def _function(network: Network, head: Head) -> Callable[[Any], Any]:
    import keras
    import tensorflow as tf

    inner = keras.Model(network.image, network.answers[head.name])

    @tf.function(input_signature=[tf.TensorSpec((None, *network.image.shape[1:]), tf.float32)])
    def answers(images: Any) -> Any:
        return answer_columns(head, inner(images, training=False))

    return answers
