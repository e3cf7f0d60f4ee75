"""What a report on several methods holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from astro_core.domain import ClusteringResult, Dataset
from astro_core.workflows.cluster import dataset_of
from astro_core.workflows.cluster_overview import Overview, overview
from astro_core.workflows.cluster_seeds import (
    Spread,
    applicable_measures,
)
from astro_core.workflows.clustering_store import (
    Clustering,
    describe_clustering,
)
from astro_core.workflows.feature_store import FeatureSet, open_features
from astro_core.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one method found."""

    clustering: Clustering
    result: ClusteringResult
    overview: Overview
    spread: Spread


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything that a page about groups tells.

    Attributes
    ----------
    failed : Mapping of str to str
        Label of a method that could not form groups, and why.
    made_at : str
        UTC, ISO 8601.
    """

    dataset: Dataset
    features: FeatureSet
    found: tuple[Found, ...]
    failed: Mapping[str, str]
    made_at: str


def summary(workspace: Workspace, key: str) -> dict[str, Any]:
    """A grouping in one plain mapping, without what does not apply."""
    clustering = describe_clustering(workspace, key)
    dataset = dataset_of(workspace, open_features(workspace, clustering.features))
    found = overview(workspace, dataset, key)
    labelled = {"n_labelled": found.agreement["n"]} if found.agreement else {}
    return {
        "method": clustering.method,
        "features": clustering.features,
        "clustering": key,
        "params": dict(clustering.params),
        "n_objects": clustering.n_objects,
        "n_clusters": clustering.n_clusters,
        "n_noise": clustering.n_noise,
        "n_dropped": clustering.n_dropped,
        **applicable_measures(found.agreement, found.validity),
        **labelled,
    }
