"""Datasets of galaxies that were kept from uploaded pictures, one image each."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Dataset
from astro_core.imaging.presentable import crop_around
from astro_core.params import digest
from astro_core.workflows.classified import Classified, Found
from astro_core.workflows.classify_crops import FRAMING
from astro_core.workflows.kept_images import Kind, image_id, picture_columns, put_image
from astro_core.workspace import Workspace

UPLOADS = "uploads"
GALAXIES = Kind(
    reader="classify",
    what="Galaxies of uploaded pictures",
    note="Galaxies of uploaded pictures, each in the square around its box.",
    same_by="object_id",
)


def kept_id(classified: Classified, found: Found) -> str:
    """Name of a galaxy in a dataset of kept ones; the same file and box have the same."""
    corners = [round(edge, 1) for edge in found.box]
    return image_id(classified.picture, digest([classified.picture.digest, corners], length=8))


def put_in(workspace: Workspace, name: str, classified: Classified, found: Found) -> Dataset:
    """Put a galaxy into a dataset, unless it is there, and return the dataset.

    Raises
    ------
    BadInputError
        As `put_image`.
    """
    row: dict[str, Any] = {
        "object_id": kept_id(classified, found), "ra_deg": found.ra_deg, "dec_deg": found.dec_deg,
        **picture_columns(classified.picture),
        **dict(zip(("x0", "y0", "x1", "y1"), found.box, strict=True)),
    }  # fmt: skip
    return put_image(workspace, name, GALAXIES, row, _square(classified, found))


def _square(classified: Classified, found: Found) -> NDArray[np.uint8]:
    """The square around a box, which covers half of it, or more where the picture ends."""
    image = classified.picture.image
    x0, y0, x1, y1 = found.box
    side = min(round(max(x1 - x0, y1 - y0) / FRAMING), max(image.shape[:2]))
    cut = crop_around(np.moveaxis(image, -1, 0), int((y0 + y1) / 2), int((x0 + x1) / 2), side)
    return np.ascontiguousarray(np.moveaxis(cut, 0, -1))
