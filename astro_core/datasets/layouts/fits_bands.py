"""FITS stamps with one file per band: `<name>_<BAND>.fits`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from astro_core.datasets.layouts.base import LAYOUTS, LayoutSpec, Row, inside
from astro_core.datasets.layouts.fits_header import pixel_scale_arcsec, wcs_cards
from astro_core.datasets.layouts.fits_io import Hdu, open_fits
from astro_core.datasets.layouts.fits_planes import Plane, check_plane
from astro_core.domain import ImagePart, Pixels
from astro_core.errors import BadInputError


def band_file(part: ImagePart, row: Row, band: str) -> str:
    """Path of one band of an object, below the part's root."""
    tokens: Mapping[str, str] = part.options["tokens"]
    return str(row["file"]).replace("{band}", tokens[band])


def missing_bands(row: Row) -> frozenset[str]:
    """Bands that the object is known to lack and was kept without."""
    value = row.get("missing_bands")
    return frozenset(value.split(",")) if isinstance(value, str) and value else frozenset()


def _read_band(path: Path, file: str, band: str) -> tuple[Hdu, Plane]:
    with open_fits(path, file) as fits:
        hdu = fits.first_image()
        if hdu.shape[0] != 1:
            raise BadInputError(
                f"'{file}' is not an image of one band",
                expected="one plane",
                given=f"{hdu.shape[0]:,} planes",
            )
        (plane,) = fits.planes(hdu, [0])
    check_plane(plane, band, file, zero_is_missing=hdu.bitpix < 0)
    return hdu, plane


def check_shapes(planes: Mapping[str, Plane], object_id: str) -> None:
    """Refuse bands of unequal shape, naming each."""
    shapes = {band: plane.shape for band, plane in planes.items()}
    if len(set(shapes.values())) > 1:
        raise BadInputError(
            f"The bands of '{object_id}' do not have one shape",
            expected=f"bands {', '.join(shapes)} with equal shapes",
            given=", ".join(f"{b} {w}x{h}" for b, (h, w) in shapes.items()),
            todo="Re-cut the stamps or drop the object",
        )


def _stack(part: ImagePart, planes: Mapping[str, Plane]) -> Any:
    like = next(iter(planes.values()))
    values = np.full((len(part.bands), *like.shape), np.nan, dtype=np.float32)
    for i, band in enumerate(part.bands):
        if band in planes:
            values[i] = planes[band]
    return values


def _read(root: Path, part: ImagePart, row: Row) -> Pixels:
    object_id = str(row["object_id"])
    lacking = missing_bands(row)
    planes: dict[str, Plane] = {}
    hdus: list[Hdu] = []
    for band in part.bands:
        if band in lacking:
            continue
        file = band_file(part, row, band)
        hdu, planes[band] = _read_band(inside(root, file), file, band)
        hdus.append(hdu)
    if not planes:
        raise BadInputError(f"'{object_id}' has none of the bands {', '.join(part.bands)}")
    check_shapes(planes, object_id)
    wcs = wcs_cards(hdus[0].cards)
    units = {hdu.cards.text("BUNIT") for hdu in hdus}
    return Pixels(
        object_id=object_id,
        bands=part.bands,
        values=_stack(part, planes),
        display=False,
        unit=units.pop() if len(units) == 1 else "",
        pixel_scale_arcsec=pixel_scale_arcsec(wcs),
        wcs=wcs,
    )


def _files(part: ImagePart, row: Row) -> tuple[str, ...]:
    lacking = missing_bands(row)
    return tuple(band_file(part, row, band) for band in part.bands if band not in lacking)


FITS_BANDS = LAYOUTS.add(
    LayoutSpec(name="fits_bands", label="FITS, one file per band", read=_read, files=_files)
)
