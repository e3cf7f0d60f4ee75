"""Labels that are probably wrong, from a model that never saw them."""

from __future__ import annotations

import numpy as np

from astro_core.errors import BadInputError
from astro_core.evaluation.label_errors import label_errors
from astro_core.labels.acquisition.registry import (
    ACQUISITIONS,
    NO_LABEL,
    AcquisitionSpec,
    Pool,
    Rows,
)


def _order(pool: Pool, size: int, rng: np.random.Generator) -> Rows:  # noqa: ARG001
    assert pool.probabilities is not None
    assert pool.labels is not None
    fresh = pool.labels != NO_LABEL
    if pool.learned is not None:
        fresh &= ~pool.learned
    rows = np.flatnonzero(fresh)
    if not len(rows):
        raise BadInputError(
            "No galaxy has a label that the model did not learn from",
            todo="Use a run of folds: each of its galaxies was judged by a model that never saw it",
        )
    names = tuple(map(str, range(pool.probabilities.shape[1])))
    truth = pool.labels[rows].astype(np.intp)
    found = label_errors(pool.probabilities[rows].astype(float), truth, names)
    doubted: Rows = rows[found["row"].to_numpy(dtype=np.intp)]
    return doubted


LABEL_ERRORS = ACQUISITIONS.add(
    AcquisitionSpec(
        name="label_errors",
        label="Labels probably wrong",
        description="Labels that confident learning doubts, the most doubtful first; only those "
        "the model did not learn from.",
        needs=("probabilities", "labels"),
        order=_order,
        selective=True,
        reference="Northcutt, Jiang & Chuang 2021, JAIR 70, 1373",
    )
)
