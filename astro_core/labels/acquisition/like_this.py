"""Galaxies like some that a person pointed at."""

from __future__ import annotations

import numpy as np

from astro_core.labels.acquisition.nearest import squared_to_nearest
from astro_core.labels.acquisition.registry import (
    ACQUISITIONS,
    AcquisitionSpec,
    Pool,
    Rows,
    highest_first,
)


def _order(pool: Pool, size: int, rng: np.random.Generator) -> Rows:  # noqa: ARG001
    assert pool.features is not None
    assert pool.likes is not None
    return highest_first(-squared_to_nearest(pool.features, pool.likes), rng)


LIKE_THIS = ACQUISITIONS.add(
    AcquisitionSpec(
        name="like_this",
        label="Like this one",
        description="The nearest neighbours of one or more galaxies first, by their features.",
        needs=("features", "likes"),
        order=_order,
        reference="Lochner & Bassett 2021, A&C 36, 100481 (interest close to what was liked)",
    )
)
