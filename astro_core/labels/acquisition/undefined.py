"""Galaxies whose answer is left undefined, the least certain first."""

from __future__ import annotations

import numpy as np

from astro_core.evaluation.calibration import undefined
from astro_core.labels.acquisition.registry import (
    ACQUISITIONS,
    AcquisitionSpec,
    Pool,
    Rows,
    highest_first,
)


def _order(pool: Pool, size: int, rng: np.random.Generator) -> Rows:  # noqa: ARG001
    assert pool.probabilities is not None
    rows = np.flatnonzero(undefined(pool.probabilities.astype(float)))
    return rows[highest_first(-pool.probabilities[rows].max(axis=1), rng)]


UNDEFINED = ACQUISITIONS.add(
    AcquisitionSpec(
        name="undefined",
        label="Undefined",
        description="Those whose top probability is below 0.75, for two classes between 0.25 and "
        "0.75; no others.",
        needs=("probabilities",),
        order=_order,
        selective=True,
        reference="Lewis & Gale 1994, SIGIR (least confident first)",
    )
)
