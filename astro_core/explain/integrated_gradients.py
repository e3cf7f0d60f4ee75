"""The share of each pixel in an answer (Sundararajan et al. 2017, ICML).

The gradient of the answer is summed along the straight way from empty sky to the image; what
all pixels share adds up to the difference between the two answers.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Head, Progress, no_progress
from astro_core.explain.ask import answers_of
from astro_core.explain.network import Network, answer_columns, finite
from astro_core.explain.results import Integrated, Maps
from astro_core.explain.sky import empty_sky

STEPS, MOST_STEPS = 32, 256
TOLERANCE = 0.01  # of an answer, which is between 0 and 1
_BATCH = 32


def integrated_gradients(
    network: Network,
    pixels: NDArray[np.uint8],
    head: Head,
    output: str,
    *,
    progress: Progress = no_progress,
) -> Integrated:
    """Return the share of each pixel in the difference that the galaxy makes.

    Steps are doubled until the shares add up to within `TOLERANCE`, up to `MOST_STEPS`; the
    result says by how much they miss.

    Parameters
    ----------
    pixels : array of uint8, shape (size, size, 3)
    output : str
        One of the head's.
    """
    place = head.outputs.index(output)
    image = network.feed(pixels[None])[0]
    sky = np.broadcast_to(empty_sky(image), image.shape).astype(np.float32)
    answer, baseline = answers_of(network, np.stack([image, sky]), head)[:, place].astype(float)
    steps = STEPS
    while True:
        shares = _shares(network, head, place, image, sky, steps, progress)
        missing = abs(shares.sum(dtype=float) - (answer - baseline))
        if missing <= TOLERANCE or steps >= MOST_STEPS:
            break
        steps *= 2
    maps = Maps(outputs=(output,), values=shares.astype(np.float32)[None], size_px=network.size)
    return Integrated(
        maps=maps,
        answer=float(answer),
        baseline=float(baseline),
        total=float(shares.sum(dtype=float)),
        steps=steps,
    )


def _shares(
    network: Network,
    head: Head,
    place: int,
    image: NDArray[np.float32],
    sky: NDArray[np.float32],
    steps: int,
    progress: Progress,
) -> NDArray[np.float64]:
    """Sum gradients at the middles of `steps` equal parts of the way; shape (size, size)."""
    slope = _slope(network, head)
    total = np.zeros(image.shape)
    ways = ((np.arange(steps) + 0.5) / steps).astype(np.float32)
    for start in range(0, steps, _BATCH):
        progress(start, steps, f"Following the gradient in {steps} steps")
        way = ways[start : start + _BATCH, None, None, None]
        total += finite(slope(sky + way * (image - sky), place)).sum(axis=0, dtype=float)
    shares: NDArray[np.float64] = (total / steps * (image - sky)).sum(axis=-1)
    return shares


@functools.lru_cache(maxsize=32)
def _slope(network: Network, head: Head) -> Callable[[Any, int], Any]:
    """Compile the gradient of one answer in the image."""
    import keras
    import tensorflow as tf

    inner = keras.Model(network.image, network.answers[head.name])

    @tf.function(
        input_signature=[
            tf.TensorSpec((None, *network.image.shape[1:]), tf.float32),
            tf.TensorSpec((), tf.int32),
        ]
    )
    def slope(images: Any, place: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(images)
            answers = answer_columns(head, inner(images, training=False))[:, place]
        return tape.gradient(answers, images)

    return slope
