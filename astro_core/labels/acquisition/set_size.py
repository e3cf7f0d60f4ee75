"""Galaxies that many classes fit."""

from __future__ import annotations

import numpy as np

from astro_core.labels.acquisition.registry import (
    ACQUISITIONS,
    AcquisitionSpec,
    Pool,
    Rows,
    highest_first,
)


def set_sizes(probabilities: np.ndarray, threshold: float) -> np.ndarray:
    """Count the classes in each conformal prediction set, shape (n,).

    No class at all is as unclear as every class, and counts as all of them.
    """
    sizes = (probabilities >= threshold).sum(axis=1)
    found: np.ndarray = np.where(sizes == 0, probabilities.shape[1], sizes)
    return found


def _order(pool: Pool, size: int, rng: np.random.Generator) -> Rows:  # noqa: ARG001
    assert pool.probabilities is not None
    assert pool.set_threshold is not None
    sizes = set_sizes(pool.probabilities, pool.set_threshold)
    return highest_first(sizes - pool.probabilities.max(axis=1), rng)


SET_SIZE = ACQUISITIONS.add(
    AcquisitionSpec(
        name="set_size",
        label="Many classes fit",
        description="The largest conformal prediction sets first; among equal ones the least "
        "certain answer.",
        needs=("probabilities", "set_threshold"),
        order=_order,
        reference="Sadinle, Lei & Wasserman 2019, JASA 114, 223",
    )
)
