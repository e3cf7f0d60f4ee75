"""Everything that is known of one galaxy."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from astro_core.datasets.layouts import read_pixels
from astro_core.datasets.vote_path import QuestionVotes, vote_path
from astro_core.domain import Dataset, Pixels, RenderRecipe
from astro_core.errors import BadInputError
from astro_core.imaging import render

LARGEST_PX = 1024
_BARS_ARCSEC = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600)
_DR7_ID = re.compile(r"58[78]\d{15}")


@dataclass(frozen=True, kw_only=True)
class Compass:
    """Directions on the sky as steps on the image; unit vectors (column, row).

    Attributes
    ----------
    north, east : tuple of float
        Where declination and right ascension grow, counted in columns and rows of the array.
    """

    north: tuple[float, float]
    east: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Link:
    """A public page about a place on the sky."""

    label: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Detail:
    """One galaxy.

    Attributes
    ----------
    image : array of uint8, shape (side, side, 3) or None
        The central square in colour, first row at the top; None when `problem` says why.
    scale_arcsec : float or None
        Arcsec per stored pixel.
    row : Mapping
        Every catalogue value.
    """

    object_id: str
    pixels: Pixels | None
    image: NDArray[np.uint8] | None
    problem: str
    scale_arcsec: float | None
    compass: Compass | None
    row: Mapping[str, Any]
    votes: tuple[QuestionVotes, ...]
    links: tuple[Link, ...]


def full_recipe(pixels: Pixels, recipe: RenderRecipe) -> RenderRecipe:
    """The recipe without its crop, at the stored size where that is not too large."""
    side = min(pixels.values.shape[-2:])
    return replace(recipe, crop_px=0, size_px=int(min(max(side, 8), LARGEST_PX)))


def sky_links(ra_deg: float, dec_deg: float) -> tuple[Link, ...]:
    """Public viewers and databases at a position in degrees (ICRS)."""
    ra, dec = f"{ra_deg:.6f}", f"{dec_deg:.6f}"
    signed = quote(f"{ra} {dec_deg:+.6f}")
    return (
        Link(
            label="Legacy Survey",
            address=f"https://www.legacysurvey.org/viewer?ra={ra}&dec={dec}&layer=ls-dr10&zoom=15",
        ),
        Link(
            label="SDSS Explore",
            address="https://skyserver.sdss.org/dr18/VisualTools/explore/summary?"
            f"ra={ra}&dec={dec}",
        ),
        Link(
            label="SDSS Navigate",
            address=f"https://skyserver.sdss.org/dr18/VisualTools/navi?ra={ra}&dec={dec}&scale=0.2",
        ),
        Link(
            label="Aladin Lite",
            address=f"https://aladin.cds.unistra.fr/AladinLite/?target={signed}&fov=0.05",
        ),
        Link(
            label="SIMBAD",
            address=f"https://simbad.cds.unistra.fr/simbad/sim-coo?Coord={signed}"
            "&CooFrame=ICRS&Radius=10&Radius.unit=arcsec",
        ),
        Link(
            label="NED",
            address="https://ned.ipac.caltech.edu/conesearch?search_type=Near%20Position%20Search"
            f"&ra={ra}&dec={dec}&radius=0.2&in_csys=Equatorial&in_equinox=J2000.0",
        ),
    )


def links_for(dataset: Dataset, object_id: str, values: Mapping[str, Any]) -> tuple[Link, ...]:
    """Links by position; by SDSS DR7 number where that is all there is; none if simulated."""
    if dataset.source.simulated:
        return ()
    ra, dec = (values.get(c) for c in ("ra_deg", "dec_deg"))
    if ra is not None and dec is not None and math.isfinite(ra) and math.isfinite(dec):
        return sky_links(ra, dec)
    if _DR7_ID.fullmatch(object_id):
        address = f"https://skyserver.sdss.org/dr7/en/tools/explore/obj.asp?id={object_id}"
        return (Link(label="SDSS DR7 by its number", address=address),)
    return ()


def _celestial(pixels: Pixels) -> Any:
    from astropy.io.fits import Header
    from astropy.wcs import WCS, FITSFixedWarning, WcsError

    if not pixels.wcs:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FITSFixedWarning)
        try:
            wcs = WCS(Header(dict(pixels.wcs))).celestial
        except (WcsError, ValueError):
            return None
    return wcs if wcs.naxis == 2 else None


def compass_of(pixels: Pixels) -> tuple[Compass | None, float | None]:
    """North, east and the pixel scale in arcsec at the centre of the image, from its WCS.

    Returns
    -------
    compass : Compass or None
    scale_arcsec : float or None
        Both None where the header has no usable celestial WCS.
    """
    from astropy import units
    from astropy.wcs.utils import proj_plane_pixel_scales

    wcs = _celestial(pixels)
    if wcs is None:
        return None, None
    height, width = pixels.values.shape[-2:]
    middle = ((width - 1) / 2, (height - 1) / 2)
    centre = wcs.pixel_to_world(*middle)
    scale = float(np.mean(proj_plane_pixel_scales(wcs)) * 3600)
    if not math.isfinite(scale) or scale <= 0:
        return None, None
    steps = []
    for angle in (0, 90):
        there = centre.directional_offset_by(angle * units.deg, 5 * scale * units.arcsec)
        x, y = (float(v) for v in wcs.world_to_pixel(there))
        length = math.hypot(x - middle[0], y - middle[1])
        steps.append(((x - middle[0]) / length, (y - middle[1]) / length))
    return Compass(north=steps[0], east=steps[1]), scale


def bar_length_arcsec(side_px: int, scale_arcsec: float) -> float:
    """A round length for the scale bar: the longest that fills at most a quarter of the side."""
    room = side_px * scale_arcsec / 4
    fitting = [b for b in _BARS_ARCSEC if b <= room]
    if fitting:
        return float(fitting[-1])
    power = math.floor(math.log10(room))
    return float(f"{math.floor(room / 10.0**power)}e{power}")


def zscale_limits(plane: NDArray[Any]) -> tuple[float, float]:
    """Black and white of one band by the zscale algorithm of IRAF, as astropy has it."""
    from astropy.visualization import ZScaleInterval

    values = plane[np.isfinite(plane)]
    if not values.size:
        return 0.0, 1.0
    low, high = ZScaleInterval().get_limits(values)
    return (float(low), float(high)) if high > low else (float(low), float(low) + 1)


def open_detail(
    dataset: Dataset, object_id: str, values: Mapping[str, Any], recipe: RenderRecipe
) -> Detail:
    """Read all that is known of one object; an unreadable image is said, not raised.

    Parameters
    ----------
    values : Mapping
        Its catalogue row, as ``CatalogueView.values_of`` gives it.
    """
    pixels, image, problem = None, None, ""
    compass, scale = None, None
    try:
        pixels = read_pixels(dataset, values)
        compass, scale = compass_of(pixels)
        image = render(pixels, full_recipe(pixels, recipe))
    except BadInputError as error:
        problem = str(error)
    known = pixels.pixel_scale_arcsec if pixels is not None else None
    return Detail(
        object_id=object_id,
        pixels=pixels,
        image=image,
        problem=problem,
        scale_arcsec=scale or known or dataset.pixel_scale_arcsec,
        compass=compass,
        row=values,
        votes=vote_path(dataset.taxonomy, values),
        links=links_for(dataset, object_id, values),
    )
