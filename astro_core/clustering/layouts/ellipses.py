"""Gaussians of many dimensions as ellipses in a plane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_STEPS = 73


@dataclass(frozen=True, kw_only=True)
class Ellipse:
    """A Gaussian in the plane.

    Attributes
    ----------
    group : int
    sigma : float
        How many standard deviations out. Inside lie 1 - exp(-sigma^2 / 2) of the Gaussian: 39 %
        within one, 86 % within two.
    centre : array of float, shape (2,)
    outline : array of float, shape (73, 2)
        Closed.
    """

    group: int
    sigma: float
    centre: NDArray[np.float64]
    outline: NDArray[np.float64]


def ellipses(
    means: NDArray[np.floating],
    covariances: NDArray[np.floating],
    components: NDArray[np.floating],
    *,
    origin: NDArray[np.floating] | None = None,
    sigmas: Sequence[float] = (1.0, 2.0),
) -> list[Ellipse]:
    """Project Gaussians onto a plane and draw them as ellipses.

    A linear map takes a Gaussian to a Gaussian, so nothing is approximated: with the rows of P as
    the axes of the plane, the mean goes to P (mean - origin) and the covariance to P C P^T.

    Parameters
    ----------
    means : array, shape (k, f)
    covariances : array, shape (k, f, f)
    components : array, shape (2, f)
        The axes of the plane, as rows.
    origin : array, shape (f,), optional
        What lies at (0, 0) of the plane.
    sigmas : sequence of float
        How many standard deviations out the ellipses go.

    Returns
    -------
    list of Ellipse
        For each Gaussian one per sigma, in this order.
    """
    plane = np.asarray(components, dtype=np.float64)
    start = np.zeros(plane.shape[1]) if origin is None else np.asarray(origin, dtype=np.float64)
    angle = np.linspace(0, 2 * np.pi, _STEPS)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    found = []
    for group, (mean, covariance) in enumerate(zip(means, covariances, strict=True)):
        centre = plane @ (mean - start)
        variances, axes = np.linalg.eigh(plane @ covariance @ plane.T)
        shape = axes * np.sqrt(np.maximum(variances, 0))
        for sigma in sigmas:
            outline = centre + sigma * (shape @ circle).T
            found.append(Ellipse(group=group, sigma=sigma, centre=centre, outline=outline))
    return found
