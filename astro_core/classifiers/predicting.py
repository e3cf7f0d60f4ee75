"""Ask a trained network about galaxies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.classifiers.augmentation import dihedral_views
from astro_core.classifiers.feeding import as_input, whole_batch
from astro_core.classifiers.vote_tree import fractions
from astro_core.domain import Head, Progress, no_progress

if TYPE_CHECKING:
    import keras


def predict(
    model: keras.Model,
    pixels: NDArray[np.uint8],
    heads: tuple[Head, ...],
    *,
    grey: bool = False,
    views: int = 1,
    progress: Progress = no_progress,
) -> dict[str, NDArray[np.float32]]:
    """Return the answers of every head for every image.

    Parameters
    ----------
    pixels : array of uint8, shape (n, size, size, 3)
        May be memory-mapped; read in batches.
    views : int
        Quarter turns and mirror images whose answers are averaged; in a mirrored view the
        answers change places as the head says.

    Returns
    -------
    dict of str to array of float32, shape (n, n_outputs)
    """
    out = {h.name: np.zeros((len(pixels), len(h.outputs)), dtype=np.float32) for h in heads}
    batch = whole_batch(pixels.shape[1])
    for start in range(0, len(pixels), batch):
        images = _images(model, np.asarray(pixels[start : start + batch]), grey=grey)
        for name, values in _batch(model, images, heads, views).items():
            out[name][start : start + len(images)] = values
        progress(min(start + batch, len(pixels)), len(pixels), "Classifying")
    return out


def _images(model: keras.Model, pixels: NDArray[np.uint8], *, grey: bool) -> NDArray[Any]:
    """Images as a model takes them: a network reads bytes itself, by which less is copied."""
    reads_bytes = hasattr(model, "compute_dtype") and not grey
    return pixels if reads_bytes else as_input(pixels, grey=grey)


def _batch(
    model: keras.Model, images: NDArray[Any], heads: tuple[Head, ...], n_views: int
) -> dict[str, NDArray[Any]]:
    sums: dict[str, Any] = {}
    seen = dihedral_views(images, n_views)
    for view, mirrored in seen:
        answers = model.predict_on_batch(np.ascontiguousarray(view))
        for head in heads:
            values = columns(head, np.asarray(answers[head.name]))
            if mirrored:
                values = values[:, list(head.mirror)]
            sums[head.name] = sums.get(head.name, 0) + values / len(seen)
    return sums


def columns(head: Head, raw: NDArray[Any]) -> NDArray[Any]:
    """Turn what a network gives for a head into one column for each of its outputs."""
    if head.kind == "binary":
        return np.hstack([1 - raw, raw])
    return fractions(head, raw)


def embed(
    model: keras.Model,
    layer: str,
    pixels: NDArray[np.uint8],
    *,
    grey: bool = False,
    progress: Progress = no_progress,
) -> NDArray[np.float32]:
    """Return the vector that stands for each galaxy: the output of a layer, shape (n, width)."""
    import keras

    inner = keras.Model(model.inputs, model.get_layer(layer).output)
    parts = []
    batch = whole_batch(pixels.shape[1])
    for start in range(0, len(pixels), batch):
        images = as_input(np.asarray(pixels[start : start + batch]), grey=grey)
        parts.append(np.asarray(inner.predict_on_batch(images), dtype=np.float32))
        progress(min(start + batch, len(pixels)), len(pixels), "Embedding")
    return np.concatenate(parts) if parts else np.zeros((0, inner.output_shape[1]), np.float32)
