"""K-means: round groups of similar spread, each around its mean."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.clustering.check import check_distinct
from astro_core.clustering.groups import by_size
from astro_core.clustering.registry import BETWEEN_CENTRES, CLUSTERERS, ClustererSpec, Grouping
from astro_core.domain import Progress
from astro_core.params import param

BATCH_SIZE = 4096
ROWS_AT_ONCE = 50_000


@dataclass(frozen=True, kw_only=True)
class KMeansParams:
    """Settings of k-means."""

    n_clusters: int = param(
        12, label="Clusters", minimum=2, maximum=200, help="Number of groups to form."
    )
    n_init: int = param(
        10,
        label="Starts",
        minimum=1,
        maximum=100,
        help="How often it starts anew from other centres; the tightest groups are kept.",
    )
    max_iter: int = param(
        300, label="Iterations", minimum=1, maximum=10_000, help="At most so many per start."
    )
    minibatch_above: int = param(
        100_000,
        label="Mini-batches above",
        minimum=1_000,
        maximum=10_000_000,
        unit="galaxies",
        help="Larger samples are grouped in batches: much faster, a little less tight.",
    )
    seed: int = param(0, label="Seed", minimum=0, maximum=2**31 - 1, help="Same seed, same groups.")


def _best_of_starts(values: NDArray[np.float32], params: KMeansParams, progress: Progress) -> Any:
    """Run a few starts at a time, so that a person can stop between them.

    The starts share one random state: the result is that of a single call with all of them.
    """
    from sklearn.cluster import KMeans

    random = np.random.RandomState(params.seed)
    at_once = max(1, ROWS_AT_ONCE // len(values))
    best = None
    for start in range(0, params.n_init, at_once):
        progress(start, params.n_init, "Moving centres")
        model = KMeans(
            params.n_clusters,
            n_init=min(at_once, params.n_init - start),
            max_iter=params.max_iter,
            random_state=random,
        ).fit(values)
        if best is None or model.inertia_ < best.inertia_:
            best = model
    return best


def _in_batches(values: NDArray[np.float32], params: KMeansParams, progress: Progress) -> Any:
    from sklearn.cluster import MiniBatchKMeans

    progress(0, 1, "Moving centres, in batches")
    return MiniBatchKMeans(
        params.n_clusters,
        n_init=params.n_init,
        max_iter=params.max_iter,
        batch_size=BATCH_SIZE,
        random_state=params.seed,
    ).fit(values)


def fit(values: NDArray[np.float32], params: KMeansParams, progress: Progress) -> Grouping:
    """Group by k-means.

    Returns
    -------
    Grouping
        With ``inertia``, the sum of squared distances to the nearest centre.

    Raises
    ------
    BadInputError
        If there are fewer different vectors than groups.
    """
    from sklearn.exceptions import ConvergenceWarning

    large = len(values) > params.minibatch_above
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = (_in_batches if large else _best_of_starts)(values, params, progress)
    check_distinct(model.labels_, params.n_clusters, setting="Clusters")
    labels, _ = by_size(model.labels_, params.n_clusters)
    progress(1, 1, "Done")
    notes: tuple[str, ...] = ()
    if large:
        note = (
            f"Centres were moved by batches of {BATCH_SIZE:,} galaxies because there are more "
            f"than {params.minibatch_above:,}."
        )
        notes = (note,)
    elif model.n_iter_ >= params.max_iter:
        notes = ("The centres still moved after the last iteration: raise Iterations.",)
    return Grouping(
        labels=labels,
        n_clusters=params.n_clusters,
        details={"inertia": np.array(model.inertia_)},
        notes=notes,
    )


CLUSTERERS.add(
    ClustererSpec(
        name="kmeans",
        label="K-means",
        description="Round groups of similar spread, each around its mean; fast.",
        params=KMeansParams,
        fit=fit,
        uses_clusters=True,
        strength_meaning=BETWEEN_CENTRES,
        reference="Lloyd 1982, IEEE Trans. Inf. Theory 28, 129; starts by Arthur & Vassilvitskii "
        "2007 (k-means++)",
    )
)
