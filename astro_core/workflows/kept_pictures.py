"""Datasets of whole pictures in which people said where the galaxies are.

The boxes are not in them: they stay in the label store, by the digest of the picture, and what
stands there is what counts.
"""

from __future__ import annotations

from astro_core.domain import Dataset
from astro_core.workflows.kept_images import Kind, image_id, picture_columns, put_image
from astro_core.workflows.pictures import Picture
from astro_core.workspace import Workspace

BOXED = "boxed"
PICTURES = Kind(
    reader="boxes",
    what="Whole pictures with boxes",
    note="Uploaded pictures as they were shown. Their boxes are what people last said in Classify.",
    same_by="sha256",
)


def keep_picture(workspace: Workspace, name: str, picture: Picture) -> Dataset:
    """Put a whole picture into a dataset, unless it is there, and return the dataset.

    Raises
    ------
    BadInputError
        As `put_image`.
    """
    row = {
        "object_id": image_id(picture, picture.digest[:12]),
        "ra_deg": picture.ra_deg, "dec_deg": picture.dec_deg, **picture_columns(picture),
    }  # fmt: skip
    return put_image(workspace, name, PICTURES, row, picture.image)
