"""The same method with ever more groups, to see where more stop paying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.clustering.check import check_enough, usable
from astro_core.clustering.cluster import cluster, settings_of
from astro_core.clustering.registry import CLUSTERERS
from astro_core.clustering.sampling import sample_rows
from astro_core.clustering.tree import cut_tree
from astro_core.clustering.validity import SAMPLE
from astro_core.domain import ClusteringResult, Features, Progress, no_progress
from astro_core.errors import BadInputError

if TYPE_CHECKING:
    import pandas as pd

CURVES = ("inertia", "bic", "aic")


class _Silhouette:
    """Silhouettes of many groupings on one sample, whose distances are measured once."""

    def __init__(self, values: NDArray[np.floating], seed: int) -> None:
        from sklearn.metrics import pairwise_distances

        self.rows = sample_rows(len(values), SAMPLE, seed)
        self.apart = pairwise_distances(values[self.rows])
        np.fill_diagonal(self.apart, 0)

    def __call__(self, labels: NDArray[Any]) -> float:
        from sklearn.metrics import silhouette_score

        labels = labels[self.rows]
        if not 2 <= len(np.unique(labels)) < len(labels):
            return float("nan")
        return float(silhouette_score(self.apart, labels, metric="precomputed"))


def _checked(method: str, ks: Sequence[int], n: int) -> list[int]:
    spec = CLUSTERERS.get(method)
    if not spec.uses_clusters:
        raise BadInputError(
            f"{spec.label} is not asked for a number of groups",
            expected="one of " + ", ".join(s.name for s in CLUSTERERS if s.uses_clusters),
            given=method,
        )
    wanted = sorted({int(k) for k in ks})
    if not wanted or wanted[0] < 2:
        raise BadInputError(
            "A scan needs numbers of groups of at least 2",
            given=", ".join(map(str, wanted)) or "none",
        )
    check_enough(n, wanted[-1], setting="the largest number of groups")
    return wanted


def scan(
    features: Features,
    method: str,
    ks: Sequence[int],
    params: Any = None,
    progress: Progress = no_progress,
) -> pd.DataFrame:
    """Group with each number of groups, and measure.

    Parameters
    ----------
    features : Features
    method : str
        One that is asked for a number of groups.
    ks : sequence of int
        Numbers of groups, each at least 2.
    params : dataclass, Mapping or None
        The method's other settings.
    progress : Progress
        Called before each number of groups.

    Returns
    -------
    DataFrame
        One row per number: ``k``, ``silhouette`` on a seeded sample of at most 5,000, and
        ``inertia`` for k-means, ``bic`` and ``aic`` for a Gaussian mixture.

    Raises
    ------
    BadInputError
        If the method forms as many groups as it likes, or a grouping cannot be made.
    """
    import pandas as pd

    rows = usable(features)
    wanted = _checked(method, ks, len(rows.values))
    settings = settings_of(CLUSTERERS.get(method), params)
    measure = _Silhouette(rows.values, settings.seed)
    found, last = [], None
    for i, k in enumerate(wanted):
        progress(i, len(wanted), f"{k} groups")
        last = _next(features, method, replace(settings, n_clusters=k), last)
        curves = {name: float(last.details[name]) for name in CURVES if name in last.details}
        found.append({"k": k, **curves, "silhouette": measure(last.labels)})
    progress(len(wanted), len(wanted), "Done")
    return pd.DataFrame(found)


def _next(
    features: Features, method: str, settings: Any, last: ClusteringResult | None
) -> ClusteringResult:
    """Group anew, or cut the tree that is there already."""
    if last is not None and "linkage" in last.details:
        return cut_tree(last, features, n_clusters=settings.n_clusters)
    return cluster(features, method, settings)
