"""Where on the sky a FITS stamp lies."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from astro_core.datasets.layouts.fits_header import pixel_scale_arcsec, wcs_cards
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
