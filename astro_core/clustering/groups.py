"""Groups of rows: numbering, centres, and how close a member is to its own."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def by_size(labels: NDArray[Any], n_clusters: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Number groups anew, the largest first; of equal ones that with the earliest member.

    Parameters
    ----------
    labels : array of int, shape (n,)
        -1 is noise and stays so.

    Returns
    -------
    labels : array of int, shape (n,)
    order : array of int, shape (n_clusters,)
        The old number of each new group: ``old_array[order]`` puts an array with a row per group
        into the new order.
    """
    labels = np.asarray(labels, dtype=np.intp)
    members = labels >= 0
    sizes = np.bincount(labels[members], minlength=n_clusters)
    first = np.full(n_clusters, len(labels))
    np.minimum.at(first, labels[members], np.flatnonzero(members))
    order = np.lexsort((first, -sizes))
    new = np.empty(n_clusters + 1, dtype=np.intp)
    new[order] = np.arange(n_clusters)
    new[-1] = -1
    return new[labels], order


def centroids(
    values: NDArray[np.floating], labels: NDArray[Any], n_clusters: int
) -> NDArray[np.float64]:
    """Mean vector of each group's members; NaN for an empty group.

    Returns
    -------
    array, shape (n_clusters, n_features)
    """
    means = np.full((n_clusters, values.shape[1]), np.nan)
    for group in range(n_clusters):
        members = values[labels == group]
        if len(members):
            means[group] = members.mean(axis=0, dtype=np.float64)
    return means


def distances(values: NDArray[np.floating], points: NDArray[np.floating]) -> NDArray[np.floating]:
    """Euclidean distance of each row to each point; infinite to a point that is NaN.

    Returns
    -------
    array, shape (n, n_points)
    """
    from sklearn.metrics.pairwise import euclidean_distances

    known = ~np.isnan(points).any(axis=1)
    if known.all():
        all_known: NDArray[np.floating] = euclidean_distances(values, points)
        return all_known
    out = np.full((len(values), len(points)), np.inf)
    out[:, known] = euclidean_distances(values, points[known])
    return out


def closeness(
    values: NDArray[np.floating], centres: NDArray[np.floating], labels: NDArray[Any]
) -> NDArray[np.floating]:
    """How much nearer each row is to the centre of its own group than to the next.

    1 - d_own / d_next, the simplified silhouette of Hruschka et al. 2006 (Information Sciences
    176, 1898), not below 0; noise has 0, and a member of the only group has 1.

    Parameters
    ----------
    values : array, shape (n, n_features)
    centres : array, shape (n_clusters, n_features)
        NaN for an empty group.
    labels : array of int, shape (n,)

    Returns
    -------
    array, shape (n,)
    """
    away = distances(values, centres)
    rows = np.arange(len(values))
    own = away[rows, labels]
    away[rows, labels] = np.inf
    following = away.min(axis=1)
    share = np.divide(own, following, out=np.ones_like(own), where=following > 0)
    return np.where(labels >= 0, np.clip(1 - share, 0, 1), 0)
