"""Spectral grouping: groups of any shape, cut where the web of neighbours is thinnest."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.clustering.check import check_distinct, check_enough
from astro_core.clustering.groups import by_size
from astro_core.clustering.registry import BETWEEN_CENTRES, CLUSTERERS, ClustererSpec, Grouping
from astro_core.clustering.sampling import nearest_of, sample_note, sample_rows
from astro_core.domain import Progress
from astro_core.params import param


@dataclass(frozen=True, kw_only=True)
class SpectralParams:
    """Settings of spectral grouping."""

    n_clusters: int = param(
        12, label="Clusters", minimum=2, maximum=200, help="Number of groups to form."
    )
    n_neighbors: int = param(
        15,
        label="Neighbours",
        minimum=2,
        maximum=1000,
        unit="galaxies",
        help="Each galaxy is tied to so many that are most like it.",
    )
    max_graph: int = param(
        10_000,
        label="Largest web",
        minimum=100,
        maximum=50_000,
        unit="galaxies",
        help="Of a larger sample so many are drawn, and the others join the group of the nearest.",
    )
    seed: int = param(0, label="Seed", minimum=0, maximum=2**31 - 1, help="Same seed, same groups.")


def _fitted(values: NDArray[np.float32], params: SpectralParams) -> tuple[NDArray[Any], bool]:
    """Labels, and whether the web fell into pieces by itself."""
    if len(values) == params.n_clusters:
        return np.arange(len(values)), False
    from sklearn.cluster import SpectralClustering

    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always", UserWarning)
        labels = SpectralClustering(
            params.n_clusters,
            affinity="nearest_neighbors",
            n_neighbors=min(params.n_neighbors, len(values) - 1),
            assign_labels="cluster_qr",
            random_state=params.seed,
        ).fit_predict(values)
    return labels, any("not fully connected" in str(w.message) for w in heard)


def fit(values: NDArray[np.float32], params: SpectralParams, progress: Progress) -> Grouping:
    """Group by normalised cuts of the web of nearest neighbours."""
    rows = sample_rows(len(values), params.max_graph, params.seed)
    check_enough(len(rows), params.n_clusters, setting="Clusters")
    progress(0, 2, "Cutting the web of neighbours")
    found, in_pieces = _fitted(values[rows], params)
    check_distinct(found, params.n_clusters, setting="Clusters")
    progress(1, 2, "Assigning the others")
    labels, _ = by_size(found[nearest_of(values, rows)], params.n_clusters)
    notes = sample_note(len(values), len(rows), "The web of neighbours was built")
    if in_pieces:
        notes += ("The web is in pieces: more Neighbours would tie them together.",)
    return Grouping(labels=labels, n_clusters=params.n_clusters, notes=notes)


CLUSTERERS.add(
    ClustererSpec(
        name="spectral",
        label="Spectral",
        description="Groups of any shape, cut where the web of neighbours is thinnest.",
        params=SpectralParams,
        fit=fit,
        uses_clusters=True,
        strength_meaning=BETWEEN_CENTRES,
        reference="Shi & Malik 2000, IEEE Trans. Pattern Anal. 22, 888; Damle, Minden & Ying 2019",
    )
)
