"""Galaxies between two classes, drawn instead of taken from the top."""

from __future__ import annotations

import numpy as np

from astro_core.labels.acquisition.margin import margin
from astro_core.labels.acquisition.registry import (
    ACQUISITIONS,
    AcquisitionSpec,
    Pool,
    Rows,
    highest_first,
)

_LEAST = 1e-12  # a galaxy of which the model is sure can be drawn too


def _order(pool: Pool, size: int, rng: np.random.Generator) -> Rows:  # noqa: ARG001
    """Each next galaxy is as likely as one less its gap (the Gumbel trick)."""
    assert pool.probabilities is not None
    unsure = 1 - margin(pool.probabilities.astype(float))
    return highest_first(np.log(unsure + _LEAST) + rng.gumbel(size=len(unsure)), rng)


MARGIN_DRAWN = ACQUISITIONS.add(
    AcquisitionSpec(
        name="margin_drawn",
        label="Unsure ones more often",
        description="Drawn, the likelier the smaller the gap between the two most probable "
        "classes: many galaxies that are hard in the same way do not fill the queue.",
        needs=("probabilities",),
        order=_order,
        reference="Kirsch et al. 2023, TMLR (stochastic batch acquisition)",
    )
)
