"""The simulated camera: six bands of S-PLUS, their depth, seeing and detector."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

PIXEL_SCALE_ARCSEC = 0.55
ZERO_POINT_MAG = 23.9  # AB magnitude of one microjansky
UNIT = "uJy"
SATURATION_UJY = 9000.0
_APERTURE_PX = math.pi * (1.5 / PIXEL_SCALE_ARCSEC) ** 2
_DEPTH_SIGMA = 3.0


@dataclass(frozen=True, kw_only=True)
class Band:
    """One band of the camera.

    Attributes
    ----------
    depth_mag : float
        AB magnitude of a point source at S/N 3 in an aperture of 3 arcsec, about that of S-PLUS
        (Mendes de Oliveira et al. 2019, MNRAS 489, 241).
    seeing_arcsec : float
        Usual full width at half maximum of the PSF.
    gain : float
        Detected electrons per microjansky.
    dust : float
        Extinction relative to that in V (Cardelli et al. 1989, ApJ 345, 245).
    """

    name: str
    wavelength_nm: float
    depth_mag: float
    seeing_arcsec: float
    gain: float
    dust: float

    @property
    def sky_sigma(self) -> float:
        """Usual noise of one pixel of empty sky, in microjansky."""
        limit: float = 10 ** (-0.4 * (self.depth_mag - ZERO_POINT_MAG))
        return limit / (_DEPTH_SIGMA * math.sqrt(_APERTURE_PX))


BANDS = (
    Band(name="U", wavelength_nm=354, depth_mag=21.1, seeing_arcsec=1.68, gain=3.2, dust=1.58),
    Band(name="G", wavelength_nm=475, depth_mag=21.9, seeing_arcsec=1.54, gain=14.0, dust=1.20),
    Band(name="R", wavelength_nm=625, depth_mag=21.7, seeing_arcsec=1.42, gain=15.0, dust=0.86),
    Band(name="F660", wavelength_nm=661, depth_mag=21.3, seeing_arcsec=1.41, gain=3.6, dust=0.81),
    Band(name="I", wavelength_nm=767, depth_mag=21.3, seeing_arcsec=1.36, gain=12.0, dust=0.64),
    Band(name="Z", wavelength_nm=891, depth_mag=20.7, seeing_arcsec=1.34, gain=5.5, dust=0.48),
)
BAND_NAMES = tuple(band.name for band in BANDS)
R = BAND_NAMES.index("R")


def flux_ujy(magnitude: ArrayLike) -> Floats:
    """AB magnitudes to microjansky."""
    flux: Floats = 10 ** (-0.4 * (np.asarray(magnitude, dtype=np.float64) - ZERO_POINT_MAG))
    return flux


def magnitude_ab(flux: ArrayLike) -> Floats:
    """Microjansky to AB magnitudes; NaN where the flux is not above zero."""
    values = np.asarray(flux, dtype=np.float64)
    good = values > 0
    magnitude: Floats = np.full(values.shape, np.nan)
    magnitude[good] = ZERO_POINT_MAG - 2.5 * np.log10(values[good])
    return magnitude
