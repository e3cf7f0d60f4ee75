"""Chance: the choice that every other has to beat, and the only one that is fair to all."""

from __future__ import annotations

import numpy as np

from astro_core.labels.acquisition.registry import ACQUISITIONS, AcquisitionSpec, Pool, Rows


def _order(pool: Pool, size: int, rng: np.random.Generator) -> Rows:  # noqa: ARG001
    return rng.permutation(len(pool))


RANDOM = ACQUISITIONS.add(
    AcquisitionSpec(
        name="random",
        label="At random",
        description="Needs nothing; shares and scores found on such galaxies hold for all.",
        needs=(),
        order=_order,
    )
)
