"""Several answers of one trained model, to see where it contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.classifiers.augmentation import dihedral_views
from astro_core.classifiers.bundle import Bundle
from astro_core.classifiers.feeding import as_input, whole_batch
from astro_core.classifiers.predicting import columns, predict
from astro_core.domain import Head, Progress, no_progress
from astro_core.errors import BadInputError

N_VIEWS = 8
N_PASSES = 10


def turned_answers(
    bundle: Bundle, pixels: NDArray[np.uint8], head: Head, progress: Progress = no_progress
) -> NDArray[np.float32]:
    """Ask a model about every image in eight positions: quarter turns and their mirror images.

    Returns
    -------
    array of float32, shape (8, n, n_outputs)
        Answers about mirrored images have changed places, as the head says.
    """
    out = np.empty((N_VIEWS, len(pixels), len(head.outputs)), dtype=np.float32)
    for place, (view, mirrored) in enumerate(dihedral_views(pixels, N_VIEWS)):
        part = _part_of(progress, place, N_VIEWS)
        answers = predict(
            bundle.model, view, bundle.info.heads, grey=bundle.info.grey, progress=part
        )[head.name]
        out[place] = answers[:, list(head.mirror)] if mirrored else answers
    return out


def has_dropout(model: Any) -> bool:
    """Whether a model is a network that can drop units."""
    return bool(_layers(model, "Dropout"))


def dropout_answers(
    bundle: Bundle,
    pixels: NDArray[np.uint8],
    head: Head,
    *,
    seed: int = 0,
    progress: Progress = no_progress,
) -> NDArray[np.float32]:
    """Ask a network several times, each time with other units dropped, as in its training.

    Dropout at the time of answering samples from an approximation of the posterior (Gal &
    Ghahramani 2016, ICML). Batch normalisation keeps what it learned.

    Returns
    -------
    array of float32, shape (10, n, n_outputs)

    Raises
    ------
    BadInputError
        If the model has no dropout.
    """
    if not has_dropout(bundle.model):
        raise BadInputError(f"The model '{bundle.info.name}' has no dropout")
    out = np.empty((N_PASSES, len(pixels), len(head.outputs)), dtype=np.float32)
    step = whole_batch(pixels.shape[1])
    with _dropping(bundle.model, seed):
        for start in range(0, len(pixels), step):
            images = as_input(np.asarray(pixels[start : start + step]), grey=bundle.info.grey)
            for place in range(N_PASSES):
                raw = np.asarray(bundle.model(images, training=True)[head.name])
                out[place, start : start + len(images)] = columns(head, raw)
            progress(start + len(images), len(pixels), "Classifying with dropout")
    return out


@contextmanager
def _dropping(model: Any, seed: int) -> Iterator[None]:
    """Freeze batch normalisation, which would learn from what it is shown, and seed dropout."""
    normal = _layers(model, "BatchNormalization")
    before = [layer.trainable for layer in normal]
    for layer in normal:
        layer.trainable = False
    for number, layer in enumerate(_layers(model, "Dropout")):
        layer.seed_generator.state.assign([seed, number])
    try:
        yield
    finally:
        for layer, was in zip(normal, before, strict=True):
            layer.trainable = was


def _layers(model: Any, kind: str) -> list[Any]:
    """Layers of a Keras class and its descendants, also inside nested networks."""
    found = []
    for layer in getattr(model, "layers", ()):
        if any(one.__name__ == kind for one in type(layer).__mro__) and getattr(layer, "rate", 1):
            found.append(layer)
        found += _layers(layer, kind)
    return found


def _part_of(progress: Progress, place: int, of: int) -> Progress:
    def report(done: int, total: int, message: str = "") -> None:
        progress(place * total + done, of * total, message)

    return report
