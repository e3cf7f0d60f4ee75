"""Galaxies that are unlike each other and unlike what was labelled."""

from __future__ import annotations

import numpy as np

from astro_core.labels.acquisition.nearest import squared_to_nearest
from astro_core.labels.acquisition.registry import (
    ACQUISITIONS,
    AcquisitionSpec,
    Floats,
    Pool,
    Rows,
)


def farthest_first(
    features: Floats, covered: Floats | None, size: int, rng: np.random.Generator
) -> Rows:
    """Choose, one after the other, the vector that is farthest from all chosen ones.

    Within a factor of two of the smallest radius that so many centres can have.

    Parameters
    ----------
    features : array, shape (n, n_features)
    covered : array, shape (m, n_features), or None
        Vectors that count as chosen already. Without any, the first is drawn.
    """
    n = len(features)
    values = np.asarray(features, dtype=np.float32)
    squares = np.einsum("ij,ij->i", values, values)
    far = np.full(n, np.inf, dtype=np.float32)
    if covered is not None and len(covered):
        far = squared_to_nearest(values, covered)
    first = int(rng.integers(n)) if n else 0
    chosen = np.empty(min(size, n), dtype=np.intp)
    for place in range(len(chosen)):
        row = first if np.isinf(far).all() else int(far.argmax())
        chosen[place] = row
        far = np.minimum(far, np.maximum(squares + squares[row] - 2 * (values @ values[row]), 0))
        far[chosen[: place + 1]] = -1.0
    return chosen


def _order(pool: Pool, size: int, rng: np.random.Generator) -> Rows:
    assert pool.features is not None
    return farthest_first(pool.features, pool.covered, size, rng)


KCENTER = ACQUISITIONS.add(
    AcquisitionSpec(
        name="kcenter",
        label="Diverse",
        description="Each as unlike as can be to all that were chosen or labelled before; needs "
        "features, no model.",
        needs=("features",),
        order=_order,
        reference="Gonzalez 1985, TCS 38, 293; Sener & Savarese 2018, ICLR",
    )
)
