"""A finely sampled patch of sky on which structure is drawn: coordinates, noise, ridges, knots."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from astro_core.datasets.demo.bands import PIXEL_SCALE_ARCSEC

Plane = NDArray[np.floating[Any]]  # float32 where it matters for speed
_SAMPLES_PER_RADIUS = 7.0


class Sheet:
    """Coordinates around a galaxy, and the way back to the camera's pixels.

    Parameters
    ----------
    radius_arcsec : float
        Half-light radius; small galaxies are drawn on a finer grid.
    reach_arcsec : float
        Distance from the middle that has to be on the sheet.
    most_px : int
        Largest side in camera pixels.

    Attributes
    ----------
    x, y : array, shape (n, n)
        Position in arcsec; the middle camera pixel is centred on 0.
    """

    def __init__(self, radius_arcsec: float, reach_arcsec: float, most_px: int) -> None:
        fine = _SAMPLES_PER_RADIUS * PIXEL_SCALE_ARCSEC / radius_arcsec
        self.oversample = int(np.clip(math.ceil(fine), 1, 5))
        half = min(math.ceil(reach_arcsec / PIXEL_SCALE_ARCSEC), most_px // 2 - 1)
        self.side_px = 2 * half + 1
        self.step = PIXEL_SCALE_ARCSEC / self.oversample
        n = self.side_px * self.oversample
        axis = ((np.arange(n) - (n - 1) / 2) * self.step).astype(np.float32)
        self.x, self.y = np.meshgrid(axis, axis)
        edge = np.clip((np.abs(axis) / np.abs(axis[0]) - 0.8) / 0.2, 0, 1)
        fade = np.cos(edge * np.pi / 2) ** 2
        self._fade = np.outer(fade, fade).astype(np.float32)

    def turned(self, angle_rad: float, axis_ratio: float = 1.0) -> tuple[Plane, Plane]:
        """Coordinates in the plane of a disc whose long axis is at `angle_rad` from +x."""
        c, s = math.cos(angle_rad), math.sin(angle_rad)
        return self.x * c + self.y * s, (self.y * c - self.x * s) / axis_ratio

    def settle(self, fine: Plane) -> Plane:
        """Sum fine samples into camera pixels, fading out before the sheet's edge."""
        k = self.oversample
        soft = fine * self._fade
        if k == 1:
            return soft
        settled: Plane = soft.reshape(self.side_px, k, self.side_px, k).sum(axis=(1, 3))
        return settled

    def points(self, x: Plane, y: Plane, weight: Plane, sigma_arcsec: float) -> Plane:
        """Round blobs of one width at given places, as an image of fine samples."""
        n = self.x.shape[0]
        col = np.asarray(x) / self.step + (n - 1) / 2
        row = np.asarray(y) / self.step + (n - 1) / 2
        image = np.zeros((n, n), dtype=np.float32)
        i, j = np.floor(row).astype(int), np.floor(col).astype(int)
        for di in (0, 1):
            for dj in (0, 1):
                share = np.abs(1 - di - (row - i)) * np.abs(1 - dj - (col - j)) * weight
                good = (i + di >= 0) & (i + di < n) & (j + dj >= 0) & (j + dj < n)
                np.add.at(image, (i[good] + di, j[good] + dj), share[good])
        blurred: Plane = ndimage.gaussian_filter(image, sigma_arcsec / self.step, truncate=3.5)
        return blurred


def unit(image: Plane) -> Plane:
    """Scale an image to sum 1."""
    scaled: Plane = image / max(float(image.sum()), 1e-12)
    return scaled


def texture(
    rng: np.random.Generator, u: Plane, v: Plane, cells: tuple[int, int], octaves: int = 2
) -> Plane:
    """Smooth random field with mean 0 and variance about 1, periodic in `u` and `v` with period 1.

    Parameters
    ----------
    cells : tuple of int
        Random values per period along `u` and along `v`; doubled in each further octave.
    """
    total = np.zeros(u.shape, dtype=np.float32)
    power = 0.0
    for octave in range(octaves):
        shape = (cells[0] * 2**octave, cells[1] * 2**octave)
        grid = rng.standard_normal(shape, dtype=np.float32)
        places = np.stack([(u % 1.0) * shape[0], (v % 1.0) * shape[1]])
        layer = ndimage.map_coordinates(grid, places, order=2, mode="grid-wrap")
        total += layer * 0.6**octave
        power += 0.36**octave
    field: Plane = total * np.float32(1.25 / math.sqrt(power))
    return field


def smoothstep(value: Plane, low: float, high: float) -> Plane:
    """0 below `low`, 1 above `high`, smooth between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    step: Plane = t * t * (3 - 2 * t)
    return step
