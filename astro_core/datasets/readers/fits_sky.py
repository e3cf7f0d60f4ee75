"""Where on the sky a FITS stamp lies."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from astro_core.datasets.layouts.fits_header import linear_matrix, pixel_scale_arcsec, wcs_cards
from astro_core.datasets.layouts.fits_io import Hdu, open_fits

UNKNOWN = (math.nan, math.nan)


def read_head(path: Path, file: str) -> Hdu:
    """Header and shape of the first image of a file; the pixels are not read.

    Raises
    ------
    BadInputError
        If there is no image or the header is not to be believed.
    """
    with open_fits(path, file) as fits:
        return fits.first_image()


def sky_centre(cards: Mapping[str, Any], width: int, height: int) -> tuple[float, float]:
    """Right ascension and declination (ICRS, degrees) of the middle of an image.

    Parameters
    ----------
    cards : Mapping
        Celestial WCS as `wcs_cards` gives it; positions of FK5 J2000 are taken as ICRS, which
        they are within 0.02 arcsec.

    Returns
    -------
    tuple of float
        NaN, NaN without a usable celestial WCS.
    """
    if pixel_scale_arcsec(cards) is None or not _has_numbers(cards):
        return UNKNOWN
    if _is_plain_tangent(cards):
        return _tangent_centre(cards, (width + 1) / 2, (height + 1) / 2)
    from astropy.io.fits import Header
    from astropy.wcs import WCS

    middle = ((width - 1) / 2, (height - 1) / 2)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wcs = WCS(Header(dict(cards)), naxis=2)
            if _is_j2000(cards):
                both = wcs.all_pix2world([middle], 0)[0]
                ra, dec = float(both[wcs.wcs.lng]), float(both[wcs.wcs.lat])
            else:
                place = wcs.pixel_to_world(*middle).icrs
                ra, dec = float(place.ra.deg), float(place.dec.deg)
    except (ValueError, TypeError, AttributeError, KeyError, RuntimeError):
        return UNKNOWN
    good = np.isfinite(ra) and -90 <= dec <= 90
    return (ra % 360.0, dec) if good else UNKNOWN


def _has_numbers(cards: Mapping[str, Any]) -> bool:
    needed = ("CRVAL1", "CRVAL2", "CRPIX1", "CRPIX2")
    return all(isinstance(cards.get(key), (int, float)) for key in needed)


_ELSEWHERE = ("CROTA2", "LONPOLE", "LATPOLE", "CUNIT1", "CUNIT2")


def _is_plain_tangent(cards: Mapping[str, Any]) -> bool:
    """Whether the projection is the usual one, without anything unusual."""
    usual = (cards.get("CTYPE1"), cards.get("CTYPE2")) == ("RA---TAN", "DEC--TAN")
    defaults = {"LONPOLE": 180.0, "CUNIT1": "deg", "CUNIT2": "deg", "CROTA2": 0.0}
    plain = all(cards.get(k) in (None, defaults.get(k)) for k in _ELSEWHERE)
    below_pole = cards["CRVAL2"] < 90  # at the pole itself LONPOLE has another default
    return usual and plain and below_pole and _is_j2000(cards)


def _tangent_centre(cards: Mapping[str, Any], x: float, y: float) -> tuple[float, float]:
    """Deproject a pixel (first pixel is 1), Calabretta & Greisen 2002 (A&A 395, 1077), sec. 5.1.3.

    astropy does the same and needs 2 ms to set itself up, for each of very many stamps.
    """
    (a, b), (c, d) = linear_matrix(cards)
    dx, dy = x - cards["CRPIX1"], y - cards["CRPIX2"]
    xi, eta = math.radians(a * dx + b * dy), math.radians(c * dx + d * dy)
    ra0, dec0 = math.radians(cards["CRVAL1"]), math.radians(cards["CRVAL2"])
    depth = math.cos(dec0) - eta * math.sin(dec0)
    ra = ra0 + math.atan2(xi, depth)
    dec = math.atan2(math.sin(dec0) + eta * math.cos(dec0), math.hypot(xi, depth))
    good = math.isfinite(ra) and math.isfinite(dec)
    return (math.degrees(ra) % 360.0, math.degrees(dec)) if good else UNKNOWN


def _is_j2000(cards: Mapping[str, Any]) -> bool:
    system = str(cards.get("RADESYS", "")).strip().upper()
    equinox = cards.get("EQUINOX", 2000.0)
    kinds = {str(cards.get(k, ""))[:4].strip("-") for k in ("CTYPE1", "CTYPE2")}
    return kinds == {"RA", "DEC"} and system in ("", "ICRS", "FK5") and equinox == 2000.0


def place_of(hdu: Hdu) -> dict[str, float]:
    """Position and pixel scale of an image, NaN where they are unknown."""
    cards = wcs_cards(hdu.cards)
    ra, dec = sky_centre(cards, hdu.shape[2], hdu.shape[1])
    scale = pixel_scale_arcsec(cards)
    return {
        "ra_deg": ra,
        "dec_deg": dec,
        "pixel_scale_arcsec": math.nan if scale is None else scale,
    }


def common_scale(scales: np.ndarray[Any, Any]) -> float | None:
    """Return the pixel scale that all images share to one part in a thousand, else None."""
    if not len(scales) or not np.isfinite(scales).all():
        return None
    middle = float(np.median(scales))
    return round(middle, 6) if bool((np.abs(scales / middle - 1) < 1e-3).all()) else None
