"""Galaxies of which people and the model say different things."""

from __future__ import annotations

import numpy as np

from astro_core.labels.acquisition.registry import (
    ACQUISITIONS,
    NO_LABEL,
    AcquisitionSpec,
    Pool,
    Rows,
    highest_first,
)


def _order(pool: Pool, size: int, rng: np.random.Generator) -> Rows:  # noqa: ARG001
    assert pool.probabilities is not None
    assert pool.labels is not None
    answer = pool.probabilities.argmax(axis=1)
    rows = np.flatnonzero((pool.labels != NO_LABEL) & (answer != pool.labels))
    p = pool.probabilities[rows]
    given = p[np.arange(len(rows)), pool.labels[rows]]
    return rows[highest_first(p.max(axis=1) - given, rng)]


DISAGREEMENT = ACQUISITIONS.add(
    AcquisitionSpec(
        name="disagreement",
        label="People and model disagree",
        description="Where the answer is not the label, the model's surest contradictions first; "
        "no others.",
        needs=("probabilities", "labels"),
        order=_order,
        selective=True,
    )
)
