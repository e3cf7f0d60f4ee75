"""Galaxies between two classes."""

from __future__ import annotations

import numpy as np

from astro_core.labels.acquisition.registry import (
    ACQUISITIONS,
    AcquisitionSpec,
    Floats,
    Pool,
    Rows,
    highest_first,
)


def margin(probabilities: Floats) -> Floats:
    """Return the top probability less the second, shape (n,); of one class, the probability."""
    top = np.sort(probabilities, axis=1)[:, ::-1]
    gap: Floats = top[:, 0] - (top[:, 1] if top.shape[1] > 1 else 0.0)
    return gap


def _order(pool: Pool, size: int, rng: np.random.Generator) -> Rows:  # noqa: ARG001
    assert pool.probabilities is not None
    return highest_first(-margin(pool.probabilities), rng)


MARGIN = ACQUISITIONS.add(
    AcquisitionSpec(
        name="margin",
        label="Between two classes",
        description="The smallest gap between the two most probable classes first.",
        needs=("probabilities",),
        order=_order,
        reference="Scheffer, Decomain & Wrobel 2001, IDA",
    )
)
