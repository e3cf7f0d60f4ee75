"""Frames as FITS: one band per file, integers with BSCALE and BZERO, WCS and units.

Written by hand because 9,000 small files have to be made in seconds; the form is that of the
FITS Standard 4.0 (Pence et al. 2010, A&A 524, A42), and astropy reads it in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from astro_core.datasets.demo.bands import (
    BANDS,
    PIXEL_SCALE_ARCSEC,
    SATURATION_UJY,
    UNIT,
    ZERO_POINT_MAG,
    Floats,
)
from astro_core.datasets.demo.canvas import Image

BLOCK = 2880
BLANK = -32768
_FINE_STEP = 8.0  # levels per sigma of the sky in 16 bits
_COARSE_STEP = 2.0  # in 8 bits; adds 1 % to the noise (Pence et al. 2010, PASP 122, 1065)
_Value = bool | int | float | str


@dataclass(frozen=True, kw_only=True)
class Pointing:
    """Where a frame looks, and what it is called.

    Attributes
    ----------
    ra_deg, dec_deg : float
        Position of the frame's origin, pixel ``size // 2`` counted from 0.
    """

    name: str
    ra_deg: float
    dec_deg: float
    seed: int

    def position(self, centre: Sequence[int], size_px: int) -> tuple[float, float]:
        """Right ascension and declination in degrees of a column and row of the frame."""
        step = PIXEL_SCALE_ARCSEC / 3600.0
        dec = self.dec_deg + (centre[1] - size_px // 2) * step
        east = -(centre[0] - size_px // 2) * step / np.cos(np.radians(dec))
        return float(self.ra_deg + east), dec


def card(key: str, value: _Value, comment: str = "") -> bytes:
    """Return one header card of 80 bytes."""
    if isinstance(value, bool):
        text = f"{'T' if value else 'F':>20}"
    elif isinstance(value, str):
        quoted = f"'{value:<8}'"
        text = f"{quoted:<20}"
    else:
        text = f"{value:>20d}" if isinstance(value, int) else f"{value:>20.12G}"
    line = f"{key:<8}= {text}" + (f" / {comment}" if comment else "")
    return f"{line:<80.80}".encode("ascii")


def _header(bitpix: int, shape: tuple[int, int], scale: tuple[float, float], rest: bytes) -> bytes:
    head = [
        card("SIMPLE", True, "FITS Standard 4.0"),
        card("BITPIX", bitpix),
        card("NAXIS", 2),
        card("NAXIS1", shape[1]),
        card("NAXIS2", shape[0]),
        card("BSCALE", scale[0]),
        card("BZERO", scale[1]),
    ]
    if bitpix == 16:
        head.append(card("BLANK", BLANK, "value of pixels without data"))
    raw = b"".join(head) + rest + f"{'END':<80}".encode("ascii")
    return raw.ljust(-(-len(raw) // BLOCK) * BLOCK)


def frame_cards(pointing: Pointing, shape: tuple[int, int]) -> bytes:
    """Cards that all bands of a frame share: what it is, and its WCS."""
    step = PIXEL_SCALE_ARCSEC / 3600.0
    cards: Mapping[str, tuple[_Value, str]] = {
        "OBJECT": (pointing.name, ""),
        "TELESCOP": ("simulated", "no telescope has seen this"),
        "ORIGIN": ("Tuning Fork", "demo survey, drawn with GalSim"),
        "SIMULATE": (True, "this image is simulated"),
        "SIMSEED": (pointing.seed, "seed of the survey"),
        "BUNIT": (UNIT, "flux density per pixel"),
        "MAGZP": (ZERO_POINT_MAG, "AB magnitude of BUNIT 1"),
        "PIXSCALE": (PIXEL_SCALE_ARCSEC, "arcsec per pixel"),
        "SATURATE": (SATURATION_UJY, "pixels are cut off here"),
        "CTYPE1": ("RA---TAN", ""),
        "CTYPE2": ("DEC--TAN", ""),
        "CUNIT1": ("deg", ""),
        "CUNIT2": ("deg", ""),
        "CRPIX1": (shape[1] // 2 + 1.0, ""),
        "CRPIX2": (shape[0] // 2 + 1.0, ""),
        "CRVAL1": (pointing.ra_deg, "right ascension"),
        "CRVAL2": (pointing.dec_deg, "declination"),
        "CD1_1": (-step, "east is left"),
        "CD1_2": (0.0, ""),
        "CD2_1": (0.0, ""),
        "CD2_2": (step, "north is up"),
        "RADESYS": ("ICRS", ""),
    }
    return b"".join(card(key, value, comment) for key, (value, comment) in cards.items())


def pack(image: NDArray[np.float32], sky_sigma: float) -> tuple[NDArray[np.generic], float, float]:
    """Turn an image into integers, 8 bits where they hold it, and say how to turn it back.

    Returns
    -------
    tuple
        Integers ready to be written, BSCALE, BZERO; a pixel is ``BZERO + BSCALE * integer``.
    """
    low, high = float(image.min()), float(image.max())
    coarse = sky_sigma / _COARSE_STEP
    if high - low <= 254 * coarse:
        return np.rint((image - low) / coarse).astype(np.uint8), coarse, low
    fine = max(sky_sigma / _FINE_STEP, (high - low) / 65_000)
    middle = low + 32_500 * fine
    return np.rint((image - middle) / fine).astype(">i2"), fine, middle


def fits_bytes(
    image: NDArray[np.float32], band: int, fwhm_arcsec: float, sky_sigma: float, cards: bytes
) -> bytes:
    """Write one band of a frame as a FITS file.

    Parameters
    ----------
    image : array, shape (height, width)
        In microjansky per pixel; all NaN for a band without data.
    cards : bytes
        What `frame_cards` gave.
    """
    if np.isnan(image).all():
        integers: NDArray[np.generic] = np.full(image.shape, BLANK, dtype=">i2")
        scale, zero = 1.0, 0.0
    elif not image.any():
        integers, scale, zero = np.zeros(image.shape, dtype=">i2"), 1.0, 0.0
    else:
        integers, scale, zero = pack(image, sky_sigma)
    rest = cards + b"".join(
        (
            card("FILTER", BANDS[band].name, f"{BANDS[band].wavelength_nm:g} nm"),
            card("GAIN", BANDS[band].gain, "electrons per BUNIT"),
            card("PSFFWHM", round(fwhm_arcsec, 4), "arcsec"),
            card("SKYSIGMA", round(sky_sigma, 6), "noise of empty sky per pixel"),
        )
    )
    bitpix = 8 * integers.dtype.itemsize
    data = integers.tobytes()
    header = _header(bitpix, (image.shape[0], image.shape[1]), (scale, zero), rest)
    return header + data.ljust(-(-len(data) // BLOCK) * BLOCK, b"\0")


def write_frame(
    folder: Path, pointing: Pointing, images: Image, fwhm_arcsec: Floats, sky_sigma: Floats
) -> None:
    """Write ``<name>_<BAND>.fits`` for every band; images have shape (n_bands, height, width)."""
    cards = frame_cards(pointing, (images.shape[1], images.shape[2]))
    for i, band in enumerate(BANDS):
        raw = fits_bytes(images[i], i, float(fwhm_arcsec[i]), float(sky_sigma[i]), cards)
        (folder / f"{pointing.name}_{band.name}.fits").write_bytes(raw)
