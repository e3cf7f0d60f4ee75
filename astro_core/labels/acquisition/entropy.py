"""Galaxies of which the model knows least, all classes considered."""

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


def entropy(probabilities: Floats) -> Floats:
    """Return the Shannon entropy in nats over the last axis; a probability of 0 adds nothing."""
    p = np.asarray(probabilities, dtype=float)
    logs = np.log(p, out=np.zeros_like(p), where=p > 0)
    found: Floats = -(p * logs).sum(axis=-1)
    return found


def _order(pool: Pool, size: int, rng: np.random.Generator) -> Rows:  # noqa: ARG001
    assert pool.probabilities is not None
    return highest_first(entropy(pool.probabilities), rng)


ENTROPY = ACQUISITIONS.add(
    AcquisitionSpec(
        name="entropy",
        label="Entropy",
        description="The most evenly spread probabilities first, all classes considered.",
        needs=("probabilities",),
        order=_order,
        reference="Shannon 1948; Settles 2009, Computer Sciences Technical Report 1648",
    )
)
