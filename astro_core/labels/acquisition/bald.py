"""Galaxies on which models contradict each other, each being sure."""

from __future__ import annotations

import numpy as np

from astro_core.labels.acquisition.entropy import entropy
from astro_core.labels.acquisition.registry import (
    ACQUISITIONS,
    AcquisitionSpec,
    Floats,
    Pool,
    Rows,
    highest_first,
)


def mutual_information(members: Floats) -> Floats:
    """Return the entropy of the mean answer less the mean entropy of the answers, in nats.

    Parameters
    ----------
    members : array, shape (n_members, n, n_classes)

    Returns
    -------
    array, shape (n,)
        0 where all answer alike, up to ``log(n_members)`` or ``log(n_classes)``.
    """
    mean = np.asarray(members, dtype=float).mean(axis=0)
    shared: Floats = entropy(mean) - entropy(members).mean(axis=0)
    return np.maximum(shared, 0.0)


def _order(pool: Pool, size: int, rng: np.random.Generator) -> Rows:  # noqa: ARG001
    assert pool.members is not None
    return highest_first(mutual_information(pool.members), rng)


BALD = ACQUISITIONS.add(
    AcquisitionSpec(
        name="bald",
        label="Models contradict each other",
        description="Where the members of an ensemble, the models of folds, or turned views of "
        "one image are sure of different answers.",
        needs=("members",),
        order=_order,
        reference="Houlsby et al. 2011, arXiv:1112.5745; Walmsley et al. 2020, MNRAS 491, 1554",
    )
)
