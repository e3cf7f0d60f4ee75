"""How well groups stand apart, from the features alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.clustering.sampling import sample_rows

SAMPLE = 5_000


def validity(
    values: NDArray[np.floating], labels: NDArray[Any], seed: int = 0, sample: int = SAMPLE
) -> dict[str, float | int]:
    """Measure how well groups stand apart; noise is left out.

    Parameters
    ----------
    values : array, shape (n, n_features)
    labels : array of int, shape (n,)
        -1 is noise.
    seed, sample : int
        The silhouette compares all with all: of more galaxies it takes a seeded sample.

    Returns
    -------
    dict
        ``silhouette``, ``davies_bouldin`` and ``calinski_harabasz``, NaN where there are not at
        least two groups, or every group is a single galaxy; ``n``, the galaxies in a group, and
        ``n_silhouette``, those that the silhouette looked at.
    """
    from sklearn import metrics

    labels = np.asarray(labels)
    members = np.flatnonzero(labels >= 0)
    some = members[sample_rows(len(members), sample, seed)]
    everything = values if len(members) == len(values) else values[members]
    groups = labels[members]
    out: dict[str, float | int] = {
        "silhouette": float("nan"),
        "davies_bouldin": float("nan"),
        "calinski_harabasz": float("nan"),
        "n": len(members),
        "n_silhouette": len(some),
    }
    if _apart(labels[some]):
        out["silhouette"] = float(metrics.silhouette_score(values[some], labels[some]))
    if _apart(groups):
        out["davies_bouldin"] = float(metrics.davies_bouldin_score(everything, groups))
        out["calinski_harabasz"] = float(metrics.calinski_harabasz_score(everything, groups))
    return out


def _apart(groups: NDArray[Any]) -> bool:
    return 2 <= len(np.unique(groups)) < len(groups)
