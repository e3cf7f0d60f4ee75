"""A flat view of features: a projection that Gaussians can be taken through as well."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Plane:
    """Two directions in the space of features.

    Attributes
    ----------
    centre : array of float64, shape (n_features,)
        What lies at the origin.
    axes : array of float64, shape (n_features, 2)
        Orthonormal columns.
    shares : array of float64, shape (2,)
        Share of the variance of the features along each.
    """

    centre: NDArray[np.float64]
    axes: NDArray[np.float64]
    shares: NDArray[np.float64]

    def points(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Positions of vectors, shape (n, n_features) to (n, 2)."""
        placed: NDArray[np.float64] = (values - self.centre) @ self.axes
        return placed


def leading_plane(values: NDArray[np.floating], *, components: bool = False) -> Plane:
    """Return the plane in which the features vary most.

    Parameters
    ----------
    values : array, shape (n, n_features)
        Finite, with at least two features and two rows.
    components : bool
        Whether the features are principal components already: their first two are taken,
        because of whitened ones any two are as good.
    """
    centre = values.mean(axis=0, dtype=np.float64)
    spread = np.atleast_2d(np.cov(values, rowvar=False, dtype=np.float64))
    total = max(float(np.trace(spread)), np.finfo(float).tiny)
    if components:
        axes = np.eye(len(spread))[:, :2]
        return Plane(centre=centre, axes=axes, shares=np.diag(spread)[:2] / total)
    axes = _first_two(spread)
    return Plane(centre=centre, axes=axes, shares=_along(spread, axes) / total)


def parting_plane(
    values: NDArray[np.floating], means: NDArray[np.floating], weights: NDArray[np.floating]
) -> Plane:
    """Return the plane in which the means of groups lie farthest apart.

    Parameters
    ----------
    values : array, shape (n, n_features)
    means : array, shape (k, n_features)
    weights : array, shape (k,)
        Shares of the groups.
    """
    centre = np.average(means, axis=0, weights=weights)
    away = (means - centre) * np.sqrt(weights / weights.sum())[:, np.newaxis]
    axes = _first_two(away.T @ away)
    spread = np.atleast_2d(np.cov(values, rowvar=False, dtype=np.float64))
    total = max(float(np.trace(spread)), np.finfo(float).tiny)
    return Plane(centre=centre, axes=axes, shares=_along(spread, axes) / total)


def _first_two(spread: NDArray[np.float64]) -> NDArray[np.float64]:
    """Directions of the largest spread, each with its largest part positive."""
    axes: NDArray[np.float64] = np.linalg.eigh(spread)[1][:, ::-1][:, :2]
    return axes * np.where(axes[np.abs(axes).argmax(axis=0), [0, 1]] < 0, -1.0, 1.0)


def _along(spread: NDArray[np.float64], axes: NDArray[np.float64]) -> NDArray[np.float64]:
    along: NDArray[np.float64] = np.einsum("fa,fg,ga->a", axes, spread, axes)
    return along
