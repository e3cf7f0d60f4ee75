"""FITS files that hold all bands of an object: cubes, and images in several extensions."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import numpy as np

from astro_core.datasets.layouts.base import LAYOUTS, LayoutSpec, Row, inside
from astro_core.datasets.layouts.fits_bands import check_shapes
from astro_core.datasets.layouts.fits_header import pixel_scale_arcsec, wcs_cards
from astro_core.datasets.layouts.fits_io import FitsFile, Hdu, open_fits
from astro_core.datasets.layouts.fits_planes import Plane, check_plane
from astro_core.domain import ImagePart, Pixels


def _read_planes(fits: FitsFile, part: ImagePart) -> tuple[Hdu, dict[str, Plane]]:
    """Read the planes named by ``part.options["planes"]``: extension and plane of each band."""
    wanted = list(zip(part.bands, part.options["planes"], strict=True))
    planes: dict[str, Plane] = {}
    first: Hdu | None = None
    for index, group in groupby(wanted, key=lambda item: item[1][0]):
        named = list(group)
        hdu = fits.hdu(index)
        first = first or hdu
        found = fits.planes(hdu, [plane for _, (_, plane) in named])
        for (band, _), plane in zip(named, found, strict=True):
            check_plane(plane, band, fits.file, zero_is_missing=hdu.bitpix < 0)
            planes[band] = plane
    assert first is not None
    return first, planes


def _read(root: Path, part: ImagePart, row: Row) -> Pixels:
    file = str(row["file"])
    object_id = str(row["object_id"])
    with open_fits(inside(root, file), file) as fits:
        hdu, planes = _read_planes(fits, part)
    check_shapes(planes, object_id)
    wcs = wcs_cards(hdu.cards)
    return Pixels(
        object_id=object_id,
        bands=part.bands,
        values=np.stack([planes[band] for band in part.bands]),
        display=False,
        unit=hdu.cards.text("BUNIT"),
        pixel_scale_arcsec=pixel_scale_arcsec(wcs),
        wcs=wcs,
    )


def _files(_part: ImagePart, row: Row) -> tuple[str, ...]:
    return (str(row["file"]),)


FITS_CUBE = LAYOUTS.add(
    LayoutSpec(name="fits_cube", label="FITS, all bands in one file", read=_read, files=_files)
)
