"""How long an object takes to measure, tried on a few before a person starts the rest."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from astro_core.datasets.layouts import read_pixels
from astro_core.domain import Dataset
from astro_core.errors import TuningForkError
from astro_core.features import ExtractorSpec
from astro_core.params import digest, to_mapping
from astro_core.workflows.feature_plan import FeaturePlan
from astro_core.workflows.object_rows import object_table

TRIED = 4  # the first of them pays for imports and does not count
_REMEMBERED: dict[tuple[str, str, str], float] = {}


def seconds_per_object(plan: FeaturePlan) -> float:
    """Measure a few objects, spread over the catalogue, and return the mean time of one.

    What was tried once for a dataset, extractor and settings is remembered by this process.

    Parameters
    ----------
    plan : FeaturePlan
        Of an extractor that measures object by object.

    Returns
    -------
    float
        Seconds on one core.
    """
    key = (plan.dataset.fingerprint, plan.spec.name, digest(to_mapping(plan.params)))
    if key not in _REMEMBERED:
        _REMEMBERED[key] = _tried(plan)
    return _REMEMBERED[key]


def _tried(plan: FeaturePlan) -> float:
    rows = np.unique(np.linspace(0, plan.dataset.n_objects - 1, TRIED).astype(np.intp))
    times = []
    for row in object_table(plan.dataset).rows(rows):
        began = time.perf_counter()
        _try(plan.spec, plan.params, plan.dataset, row)
        times.append(time.perf_counter() - began)
    return float(np.mean(times[1:] or times))


def _try(spec: ExtractorSpec, params: Any, dataset: Dataset, row: Mapping[str, Any]) -> None:
    """An object that cannot be measured takes time as well."""
    assert spec.measure is not None
    try:
        spec.measure(read_pixels(dataset, row), params)
    except (TuningForkError, OSError):
        return
