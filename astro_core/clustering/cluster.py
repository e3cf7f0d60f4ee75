"""The one door to every clustering method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from astro_core.clustering.check import Usable, check_enough, usable
from astro_core.clustering.groups import centroids, closeness
from astro_core.clustering.registry import CLUSTERERS, ClustererSpec, Grouping
from astro_core.domain import ClusteringResult, Features, Progress, no_progress
from astro_core.errors import BadInputError
from astro_core.params import from_mapping, to_mapping, validate


def settings_of(spec: ClustererSpec, params: Any = None) -> Any:
    """Return a method's own settings from an instance, names and values, or nothing.

    Raises
    ------
    BadInputError
        For settings of another method, an unknown one, or a value out of bounds.
    """
    if params is None:
        return spec.params()
    if isinstance(params, Mapping):
        return from_mapping(spec.params, params)
    if not isinstance(params, spec.params):
        raise BadInputError(
            f"These are not settings of {spec.label}",
            expected=spec.params.__name__,
            given=type(params).__name__,
        )
    return validate(params)


def cluster(
    features: Features, method: str, params: Any = None, progress: Progress = no_progress
) -> ClusteringResult:
    """Group galaxies by their features.

    Galaxies with a feature that is not finite are left out and listed in ``dropped``.

    Parameters
    ----------
    features : Features
    method : str
        Name in `CLUSTERERS`.
    params : dataclass, Mapping or None
        The method's settings, names and values of them, or its defaults.
    progress : Progress
        Called between steps; what it raises ends the work.

    Returns
    -------
    ClusteringResult
        Groups are numbered by size, 0 the largest; those of a self-organising map by cell. Its
        ``details["centroids"]`` has the mean vector of each group's members, NaN for an empty one.

    Raises
    ------
    NotFoundError
        If there is no such method.
    BadInputError
        If a setting is out of bounds or the galaxies cannot be grouped so.
    """
    spec = CLUSTERERS.get(method)
    settings = settings_of(spec, params)
    rows = usable(features)
    if spec.uses_clusters:
        check_enough(len(rows.values), settings.n_clusters, setting="Clusters")
    grouping = spec.fit(rows.values, settings, progress)
    return as_result(spec, settings, features.key, rows, grouping)


def as_result(
    spec: ClustererSpec, settings: Any, features_key: str, rows: Usable, found: Grouping
) -> ClusteringResult:
    """Join ids, centres and strengths to what a method found."""
    centres = centroids(rows.values, found.labels, found.n_clusters)
    strengths = found.strengths
    if strengths is None:
        strengths = closeness(rows.values, centres, found.labels)
    return ClusteringResult(
        object_ids=rows.object_ids,
        labels=found.labels,
        strengths=strengths,
        method=spec.name,
        params=to_mapping(settings),
        n_clusters=found.n_clusters,
        features=features_key,
        details={"centroids": centres, **found.details},
        dropped=rows.dropped,
        notes=rows.notes + found.notes,
    )
