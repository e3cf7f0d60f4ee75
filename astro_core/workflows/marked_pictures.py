"""Pictures whose galaxies are known: stamps and fields of the demo sky with their true boxes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.datasets.boxes import read_boxes
from astro_core.datasets.catalogue import read_catalogue
from astro_core.detection.scoring import Truth
from astro_core.domain import Boxes, Dataset, Pixels
from astro_core.imaging import render_full
from astro_core.imaging.objects import read_shown_bands

FEWEST_PX = 6.0  # twice the seeing: a smaller galaxy looks like a star
_CORNERS = ["x0", "y0", "x1", "y1"]


@dataclass(frozen=True, kw_only=True)
class MarkedPicture:
    """A picture, and where its galaxies are.

    Attributes
    ----------
    pixels : Pixels
        As measured.
    turned : bool
        Whether the first row of `pixels` is at the bottom of `image`.
    image : array of uint8, shape (height, width, 3)
        At the scale of the pixels, under the dataset's own recipe.
    truth : Truth
        In `image`; labels are the true types. Galaxies of less than `FEWEST_PX` across are
        unsure.
    """

    object_id: str
    pixels: Pixels
    turned: bool
    image: NDArray[np.uint8]
    truth: Truth

    def shown(self, boxes: Boxes) -> Boxes:
        """Return boxes in `pixels` as boxes in `image`."""
        return boxes.flipped(self.image.shape[0]) if self.turned else boxes


def marked_pictures(dataset: Dataset) -> Iterator[MarkedPicture]:
    """Read the pictures of a dataset one after the other, those without a galaxy too.

    Raises
    ------
    NotFoundError
        If nobody knows where its galaxies are.
    """
    recipe = dataset.recipe
    turned = recipe.origin == "lower"
    boxes = read_boxes(dataset)
    for row in read_catalogue(dataset).to_dict("records"):
        pixels = read_shown_bands(dataset, row, recipe)
        image = render_full(pixels, recipe, whole=True)
        own = boxes[boxes["field"] == row["object_id"]]
        yield MarkedPicture(
            object_id=row["object_id"],
            pixels=pixels,
            turned=turned,
            image=image,
            truth=_truth(own, image.shape[0], turned),
        )


def _truth(frame: pd.DataFrame, height_px: int, turned: bool) -> Truth:
    stored = Boxes(
        corners=frame[_CORNERS].to_numpy(), scores=np.ones(len(frame)), labels=tuple(frame["type"])
    )
    shown = stored.flipped(height_px) if turned else stored
    clear = shown.sides.min(axis=1) >= FEWEST_PX
    return Truth(boxes=shown.take(clear), unsure=shown.take(~clear))
