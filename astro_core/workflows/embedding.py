"""What a trained network sees in a galaxy: its last layer but one, as features.

It stands here because it needs a model of the workspace, of which the extractors on pixels know
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from astro_core.classifiers.bundle import load_bundle, read_info
from astro_core.datasets.store import workspace_of
from astro_core.domain import Dataset, Progress, RenderRecipe
from astro_core.errors import BadInputError, NotFoundError
from astro_core.features.registry import (
    EXTRACTORS,
    Checkpoint,
    ExtractorSpec,
    Learned,
    StampSource,
)
from astro_core.features.scaling import standardise
from astro_core.params import param
from astro_core.workflows.models import find_model, list_models

_BATCH_BYTES = 100_000_000  # of images that are looked at together
_DIGITS = 16


@dataclass(frozen=True, kw_only=True)
class EmbeddingParams:
    """Which network looks.

    Attributes
    ----------
    folder : Path
        Where the model lies; found, not set.
    """

    model: str = param(
        "",
        label="Model",
        help="Name of a model or id of a training; empty takes the newest of one's own.",
    )
    weights: str = param(
        "", label="Weights", help="Start of the checksum of the weights; filled in by itself."
    )
    folder: Path = Path()


def _networks(dataset: Dataset) -> list[tuple[bool, str, str]]:
    """Networks that the dataset can be shown to: not shipped, when it was made, its name."""
    return [
        (model.source != "shipped", model.info.created_at, model.name)
        for model in list_models(workspace_of(dataset))
        if model.info and model.info.embedding and _can_show(dataset, model.info.render)
    ]


def _can_show(dataset: Dataset, render: RenderRecipe) -> bool:
    if render.transform == "picture":
        return dataset.recipe.transform == "picture"
    return {band.lower() for band in render.bands} <= {band.lower() for band in dataset.bands}


def _unavailable(dataset: Dataset) -> str:
    return "" if _networks(dataset) else "No trained model yet: it comes with training"


def _settle(dataset: Dataset, params: EmbeddingParams) -> EmbeddingParams:
    """Find the model, and see that it is still the one that was meant."""
    known = _networks(dataset)
    if not params.model and not known:
        raise NotFoundError("There is no trained network", todo="Train one, or import one")
    name = params.model or max(known)[-1]
    folder = find_model(workspace_of(dataset), name)
    info = read_info(folder)
    if not info.embedding:
        raise BadInputError(f"The model '{name}' gives no vectors", todo="Choose a network")
    weights = info.files.get(info.weights, "")[:_DIGITS]
    if params.weights not in ("", weights):
        raise BadInputError(
            f"The model '{name}' is not the one that was meant",
            expected=f"weights {params.weights}",
            given=weights,
        )
    return replace(params, model=name, weights=weights, folder=folder)


def _recipe(
    recipe: RenderRecipe,  # noqa: ARG001 - a network sees every dataset as it saw its own
    params: EmbeddingParams,
    sides: NDArray[np.int64],
) -> tuple[RenderRecipe, tuple[str, ...]]:
    shown = read_info(params.folder).render
    n_small = int((sides < shown.crop_px).sum())
    if not n_small:
        return shown, ()
    note = f"{n_small:,} images are smaller than {shown.crop_px} px and are shown whole."
    return shown, (note,)


def _learn(
    source: StampSource,
    params: EmbeddingParams,
    progress: Progress,
    checkpoint: Checkpoint,  # noqa: ARG001 - looking once takes less than going on would save
) -> Learned:
    bundle = load_bundle(params.folder)
    step = max(1, _BATCH_BYTES // (3 * source.size_px**2))
    n = len(source)
    parts = []
    for start in range(0, n, step):

        def report(done: int, total: int, message: str = "", *, start: int = start) -> None:  # noqa: ARG001
            progress(start + done, n, message)

        parts.append(bundle.embed(source.read(slice(start, start + step)), report))
    values, mean, scale = standardise(np.concatenate(parts))
    width = values.shape[1]
    return Learned(
        values=values,
        names=tuple(f"embedding_{i}" for i in range(width)),
        model={"mean": mean, "scale": scale},
        summary=f"{width} numbers of the network '{params.model}' for {n:,} galaxies",
    )


EMBEDDING = EXTRACTORS.add(
    ExtractorSpec(
        name="embedding",
        label="What a trained network sees",
        description="The last layer but one of a trained network, which knows the classes it was "
        "taught.",
        params=EmbeddingParams,
        unavailable=_unavailable,
        settle=_settle,
        recipe=_recipe,
        learn=_learn,
        seconds_per_object=0.002,
    )
)
