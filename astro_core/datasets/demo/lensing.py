"""Gravitational lenses, ray-traced: where each point of the image comes from in the source.

The lens is a singular isothermal ellipsoid (Kormann et al. 1994, A&A 284, 285; formulae of
Keeton 2001, astro-ph/0102341) in an external shear.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from astro_core.datasets.demo.bands import Floats

_NEARLY_ROUND = 1e-4


@dataclass(frozen=True, kw_only=True)
class Lens:
    """A mass that bends light.

    Attributes
    ----------
    einstein_radius : float
        In the unit of the positions; for an ellipse that of the circle with the same mass.
    axis_ratio : float
        Of the mass, in (0, 1]; 1 is the singular isothermal sphere.
    angle_rad : float
        Direction of the mass's long axis from +x.
    shear, shear_angle_rad : float
        External shear.
    """

    einstein_radius: float
    axis_ratio: float = 1.0
    angle_rad: float = 0.0
    shear: float = 0.0
    shear_angle_rad: float = 0.0

    def deflection(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Angle by which light is bent that is seen at (x, y)."""
        c, s = np.cos(self.angle_rad), np.sin(self.angle_rad)
        u, v = c * x + s * y, c * y - s * x
        q = min(self.axis_ratio, 1.0 - _NEARLY_ROUND)
        e = np.sqrt(1.0 - q * q)
        psi = np.maximum(np.sqrt(q * q * u * u + v * v), 1e-9)
        scale = self.einstein_radius * np.sqrt(q) / e
        du, dv = scale * np.arctan(e * u / psi), scale * np.arctanh(e * v / psi)
        a = 2.0 * self.shear_angle_rad
        ax = c * du - s * dv + self.shear * (np.cos(a) * x + np.sin(a) * y)
        ay = s * du + c * dv + self.shear * (np.sin(a) * x - np.cos(a) * y)
        return ax, ay

    def source_position(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Solve the lens equation backwards: the place in the source that is seen at (x, y)."""
        ax, ay = self.deflection(x, y)
        return x - ax, y - ay


@dataclass(frozen=True, kw_only=True)
class Blob:
    """One piece of a source: place, width, brightness and colour (r, g, b)."""

    x: float
    y: float
    radius: float
    flux: float
    colour: tuple[float, float, float]


def lensed_image(lens: Lens, blobs: list[Blob], x: Floats, y: Floats) -> NDArray[np.float64]:
    """Surface brightness of a lensed source; lensing conserves it (Liouville).

    Returns
    -------
    array, shape (3, height, width)
        Red, green, blue.
    """
    bx, by = lens.source_position(x, y)
    image = np.zeros((3, *x.shape))
    for blob in blobs:
        r = np.hypot(bx - blob.x, by - blob.y) / blob.radius
        light = blob.flux * np.exp(-1.678 * r)
        image += np.asarray(blob.colour)[:, None, None] * light
    return image
