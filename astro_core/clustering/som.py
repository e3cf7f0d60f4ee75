"""Self-organising map: a grid of typical galaxies on which neighbours are alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.clustering.check import check_enough
from astro_core.clustering.groups import closeness
from astro_core.clustering.registry import CLUSTERERS, ClustererSpec, Grouping
from astro_core.clustering.som_training import nearest_cells, start_weights, train_batch
from astro_core.domain import Progress
from astro_core.errors import BadInputError
from astro_core.params import param


@dataclass(frozen=True, kw_only=True)
class SomParams:
    """Settings of a self-organising map."""

    rows: int = param(3, label="Rows", minimum=1, maximum=50, help="Cells from top to bottom.")
    columns: int = param(
        4, label="Columns", minimum=1, maximum=50, help="Cells from left to right."
    )
    trainer: str = param(
        "batch",
        label="Training",
        choices=("batch", "online"),
        help="batch: all galaxies move the map at once, fast; online: one after the other, as "
        "MiniSom does it.",
    )
    start: str = param(
        "pca",
        label="Start",
        choices=("pca", "sample"),
        help="pca: the map starts along the two main directions; sample: on galaxies drawn at "
        "random.",
    )
    passes: int = param(
        20, label="Passes", minimum=1, maximum=1000, help="How often all galaxies are shown."
    )
    sigma: float = param(
        0.0,
        label="Reach",
        minimum=0.0,
        maximum=50.0,
        unit="cells",
        help="How far a galaxy moves the neighbours of its cell at first; 0 takes half the longer "
        "side of the map.",
    )
    learning_rate: float = param(
        0.5,
        label="Learning rate",
        minimum=0.001,
        maximum=1.0,
        help="Online training only: how far a cell moves towards a galaxy at first.",
    )
    seed: int = param(0, label="Seed", minimum=0, maximum=2**31 - 1, help="Same seed, same map.")


def _map_of(values: NDArray[np.float32], params: SomParams, sigma: float) -> Any:
    """Make a MiniSom whose weights are where training starts."""
    from minisom import MiniSom

    som = MiniSom(
        params.rows,
        params.columns,
        values.shape[1],
        sigma=sigma,
        learning_rate=params.learning_rate,
        random_seed=params.seed,
    )
    som.get_weights()[...] = start_weights(
        values, params.rows, params.columns, params.start, params.seed
    )
    return som


def fit(values: NDArray[np.float32], params: SomParams, progress: Progress) -> Grouping:
    """Train the map, then put each galaxy into the cell that is most like it.

    Returns
    -------
    Grouping
        Group = row * columns + column. With ``grid`` (rows, columns), ``weights`` (rows, columns,
        f), ``u_matrix`` and ``hits`` (rows, columns), ``cells`` (n, 2), ``quantisation_error`` and
        ``topographic_error``.

    Raises
    ------
    BadInputError
        If there are fewer galaxies than cells, or the map is a single cell.
    """
    n_cells = params.rows * params.columns
    if n_cells < 2:
        raise BadInputError("A map of one cell has no groups", todo="Raise Rows or Columns")
    check_enough(len(values), n_cells, setting="Rows times Columns", what="cells")
    sigma = params.sigma or max(params.rows, params.columns) / 2
    som = _map_of(values, params, sigma)
    weights = som.get_weights()
    if params.trainer == "batch":
        weights[...] = train_batch(
            values,
            weights,
            sigma=sigma,
            passes=params.passes,
            seed=params.seed,
            progress=progress,
        )
    else:
        progress(0, 1, "Showing galaxies one by one")
        som.train(values, params.passes * len(values))
    progress(1, 1, "Measuring the map")
    return _grouping(values, som, params)


def _grouping(values: NDArray[np.float32], som: Any, params: SomParams) -> Grouping:
    weights = som.get_weights()
    flat = weights.reshape(-1, values.shape[1]).astype(np.float32)
    labels = nearest_cells(values, flat)
    shape = (params.rows, params.columns)
    hits = np.bincount(labels, minlength=len(flat)).reshape(shape)
    empty = int((hits == 0).sum())
    notes = (f"{empty} of {hits.size} cells are empty.",) if empty else ()
    return Grouping(
        labels=labels,
        n_clusters=len(flat),
        strengths=closeness(values, flat, labels),
        details={
            "grid": np.array(shape),
            "weights": weights,
            "u_matrix": som.distance_map(scaling="mean"),
            "hits": hits,
            "cells": np.column_stack(np.unravel_index(labels, shape)),
            "quantisation_error": np.array(som.quantization_error(values)),
            "topographic_error": np.array(som.topographic_error(values)),
        },
        notes=notes,
    )


CLUSTERERS.add(
    ClustererSpec(
        name="som",
        label="Self-organising map",
        description="A grid of cells on which neighbours are alike.",
        params=SomParams,
        fit=fit,
        uses_clusters=False,
        strength_meaning="1 on the weights of its cell, 0 halfway to the next nearest cell or "
        "beyond.",
        reference="Kohonen 1982, Biological Cybernetics 43, 59; batch training: Kohonen 2013, "
        "Neural Networks 37, 52",
    )
)
