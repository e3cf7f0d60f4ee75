"""The members of a group that show it best, and those that fit it least."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from astro_core.clustering.groups import distances
from astro_core.domain import ClusteringResult, Features
from astro_core.errors import BadInputError


def rows_of(features: Features, object_ids: tuple[str, ...]) -> NDArray[np.float32]:
    """Features of these objects, in their order.

    Raises
    ------
    BadInputError
        Naming the first object that has none.
    """
    if object_ids == features.object_ids:
        return features.values
    at = {object_id: row for row, object_id in enumerate(features.object_ids)}
    missing = next((i for i in object_ids if i not in at), None)
    if missing is not None:
        raise BadInputError(f"There are no features of '{missing}'")
    return features.values[[at[i] for i in object_ids]]


def representatives(
    features: Features, result: ClusteringResult, cluster: int, n: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Find the most typical and the strangest members of a group.

    Typical is what lies nearest to the mean of the group, strange what lies farthest from it. Of
    noise (-1) the typical lie nearest to any group, the strange farthest from all.

    Parameters
    ----------
    features : Features
        Those that were grouped.
    result : ClusteringResult
    cluster, n : int
        The group, and how many to give of each at most.

    Returns
    -------
    typical, strangest : tuple of str
        Object ids, the most typical and the strangest first.
    """
    members = np.flatnonzero(result.labels == cluster)
    if len(members) == 0:
        return (), ()
    ids = tuple(result.object_ids[i] for i in members)
    centres = result.details["centroids"]
    wanted = centres if cluster == -1 else centres[[cluster]]
    away = distances(rows_of(features, ids), wanted).min(axis=1)
    order = np.argsort(away, kind="stable")
    typical = tuple(ids[i] for i in order[:n])
    return typical, tuple(ids[i] for i in order[::-1][:n])
