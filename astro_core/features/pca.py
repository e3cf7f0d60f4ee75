"""Stamps to a few numbers each: principal components, learned batch by batch from disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Progress, RenderRecipe
from astro_core.errors import BadInputError
from astro_core.features.incremental import IncrementalComponents
from astro_core.features.orientation import normalise_orientation
from astro_core.features.registry import (
    EXTRACTORS,
    Checkpoint,
    ExtractorSpec,
    Learned,
    Model,
    Stamps,
    StampSource,
)
from astro_core.features.scaling import restore, standardise
from astro_core.params import param

_SAVE_EVERY = 10  # batches between two checkpoints
_WHITE = np.float32(255.0)


@dataclass(frozen=True, kw_only=True)
class PcaParams:
    """Settings of principal components of rendered stamps."""

    n_components: int = param(
        75, label="Components", minimum=1, maximum=300, help="Numbers that stand for one image."
    )
    crop_px: int = param(
        174,
        label="Crop",
        minimum=0,
        maximum=8192,
        unit="px",
        help="Side of the central square of the stored image; 0 takes the whole image.",
    )
    size_px: int = param(
        174,
        label="Size",
        minimum=16,
        maximum=256,
        unit="px",
        help="Side of the image that the components are made from. Smaller is faster.",
    )
    normalise_orientation: bool = param(
        False,
        label="Same orientation",
        help="Turn every galaxy so that its long axis lies flat, so that one seen upright and one "
        "lying count as alike.",
    )
    scale: bool = param(
        True,
        label="Same spread",
        help="Give every component the same spread, so that faint detail counts as much as size "
        "and brightness.",
    )
    batch: int = param(
        150,
        label="Batch",
        minimum=10,
        maximum=500,
        help="Images taken in at once. More take more memory and follow the exact components a "
        "little closer.",
    )
    seed: int = param(
        0,
        label="Seed",
        minimum=0,
        maximum=2**31 - 1,
        help="Order in which images are taken in. Same seed, same features.",
    )


def pca_recipe(
    recipe: RenderRecipe, params: PcaParams, sides: NDArray[np.int64]
) -> tuple[RenderRecipe, tuple[str, ...]]:
    """Say how stamps are rendered: the central square, never larger than most images are.

    Parameters
    ----------
    sides : array of int, shape (n_objects,)
        The shorter side of each stored image in pixels.

    Returns
    -------
    recipe : RenderRecipe
    notes : tuple of str
        What a person would not expect.
    """
    typical = int(np.median(sides)) if len(sides) else params.crop_px
    crop = min(params.crop_px, typical)
    size = min(params.size_px, crop or typical) or params.size_px
    notes = []
    if crop < params.crop_px:
        notes.append(
            f"Most images are no larger than {typical} px, so the central {crop} px are used, "
            f"not {params.crop_px} px."
        )
    n_small = int((sides < crop).sum())
    if n_small:
        verb = "image is" if n_small == 1 else "images are"
        notes.append(f"{n_small:,} {verb} smaller than the {crop} px crop: black around.")
    return replace(recipe, crop_px=crop, size_px=max(size, 8)), tuple(notes)


def show(stamps: Stamps, params: PcaParams) -> Stamps:
    """Return stamps as the components see them."""
    return normalise_orientation(stamps) if params.normalise_orientation else stamps


def learn(
    source: StampSource, params: PcaParams, progress: Progress, checkpoint: Checkpoint
) -> Learned:
    """Learn the components of all stamps, and express every stamp in them.

    Two passes over the stamps, a batch at a time: one learns, one projects.

    Raises
    ------
    BadInputError
        If there are fewer galaxies than components, or the images have fewer directions.
    """
    _check_enough(len(source), params)
    learned = _components(source, params, progress, checkpoint)
    _check_varied(learned, params)
    components, mean = learned.signed(), learned.mean.astype(np.float32)
    scores = _project(source, params, components, mean, progress)
    model: dict[str, NDArray[Any]] = {
        "components": components,
        "mean": mean,
        "explained": learned.explained,
    }
    if params.scale:
        scores, model["score_mean"], model["score_scale"] = standardise(scores)
    names = tuple(f"pc{i + 1:03d}" for i in range(params.n_components))
    return Learned(values=scores, names=names, model=model, summary=_summary(learned, params))


def _components(
    source: StampSource, params: PcaParams, progress: Progress, checkpoint: Checkpoint
) -> IncrementalComponents:
    state = checkpoint.load()
    so_far = IncrementalComponents(params.n_components)
    if state is not None:
        so_far = IncrementalComponents.from_state(state)
    total = 2 * len(source)
    order = np.random.default_rng(params.seed).permutation(len(source))
    batches = _batches(len(source), max(params.batch, params.n_components))
    for number, batch in enumerate(batches):
        if batch.stop <= so_far.n_seen:
            continue
        progress(so_far.n_seen, total, "Learning components")
        so_far.update(_read(source, np.sort(order[batch]), params))
        if number % _SAVE_EVERY == _SAVE_EVERY - 1:
            checkpoint.save(so_far.state())
    return so_far


def _project(
    source: StampSource,
    params: PcaParams,
    components: NDArray[np.float32],
    mean: NDArray[np.float32],
    progress: Progress,
) -> NDArray[np.float32]:
    n = len(source)
    scores = np.empty((n, len(components)), dtype=np.float32)
    for batch in _batches(n, params.batch):
        progress(n + batch.start, 2 * n, "Describing images by components")
        rows = _read(source, batch, params)
        rows -= mean
        scores[batch] = rows @ components.T
    progress(2 * n, 2 * n, "Describing images by components")
    return scores


def _batches(n: int, size: int) -> Iterator[slice]:
    """Cut `n` rows into batches of nearly equal size, none smaller than `size` unless `n` is."""
    edges = np.linspace(0, n, max(n // size, 1) + 1).astype(int).tolist()
    return (slice(start, stop) for start, stop in pairwise(edges))


def _read(
    source: StampSource, which: slice | NDArray[np.intp], params: PcaParams
) -> NDArray[np.float32]:
    """Stamps as rows of numbers from 0 to 1, shape (n, size_px * size_px * 3)."""
    stamps = show(source.read(which), params)
    rows: NDArray[np.float32] = stamps.reshape(len(stamps), -1).astype(np.float32)
    rows /= _WHITE
    return rows


def _check_enough(n_objects: int, params: PcaParams) -> None:
    needed = max(params.n_components, 2)
    if n_objects < needed:
        raise BadInputError(
            f"{params.n_components} components cannot be learned from so few galaxies",
            expected=f"at least {needed} with an image",
            given=f"{n_objects:,}",
            todo=f"Ask for {n_objects} components or fewer, or use more galaxies"
            if n_objects > 1
            else "Use more galaxies",
        )


def _check_varied(learned: IncrementalComponents, params: PcaParams) -> None:
    if learned.scatter == 0.0:
        raise BadInputError(
            "All images are the same, so there is nothing to tell them apart by",
            todo="Choose another recipe or a larger crop",
        )
    if learned.rank < params.n_components:
        raise BadInputError(
            f"These images differ in {learned.rank} independent ways only",
            expected=f"at least {params.n_components}, one for each component",
            todo=f"Ask for {learned.rank} components, or use more galaxies",
        )


def _summary(learned: IncrementalComponents, params: PcaParams) -> str:
    share = float(learned.explained.sum())
    turned = ", turned to the same orientation" if params.normalise_orientation else ""
    return (
        f"{params.n_components} components hold {share:.1%} of the variance "
        f"of {learned.n_seen:,} images{turned}"
    )


def reconstruct(model: Model, vectors: NDArray[np.float32]) -> Stamps:
    """Turn vectors back into images.

    Parameters
    ----------
    vectors : array of float32, shape (n, n_components)

    Returns
    -------
    array of uint8, shape (n, size_px, size_px, 3)
    """
    scores = vectors.astype(np.float32)
    if "score_scale" in model:
        scores = restore(scores, model["score_mean"], model["score_scale"])
    flat = scores @ model["components"] + model["mean"]
    side = int(np.sqrt(flat.shape[1] // 3))
    levels = np.rint(np.clip(flat, 0.0, 1.0) * _WHITE)
    images: Stamps = levels.astype(np.uint8).reshape(-1, side, side, 3)
    return images


PCA = EXTRACTORS.add(
    ExtractorSpec(
        name="pca",
        label="Principal components of the image",
        description="The few patterns that best make up all images between them, learned from the "
        "images. They follow size, brightness, colour and direction first.",
        params=PcaParams,
        reference="Ross, Lim, Lin & Yang 2008, IJCV 77, 125",
        learn=learn,
        recipe=pca_recipe,
        show=show,
        reconstruct=reconstruct,
        seconds_per_object=0.006,
    )
)
