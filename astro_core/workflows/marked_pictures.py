"""Pictures whose galaxies are known: of the demo sky, or kept when people drew boxes in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from astro_core.datasets.boxes import BACKGROUND
from astro_core.datasets.catalogue import read_catalogue
from astro_core.detection.scoring import Truth
from astro_core.domain import Boxes, Dataset, Pixels
from astro_core.imaging import render_full
from astro_core.imaging.objects import read_shown_bands
from astro_core.workflows.known_boxes import known_boxes

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
    boxes : Boxes
        In `image`; labels are the true types.
    snr : array of float, shape (n_boxes,)
        Signal to noise, as `known_boxes` says it.
    """

    object_id: str
    pixels: Pixels
    turned: bool
    image: NDArray[np.uint8]
    boxes: Boxes
    snr: NDArray[np.float64]

    @property
    def behind(self) -> NDArray[np.bool_]:
        """Which boxes are of galaxies behind the one that a stamp was taken of."""
        return np.array([label == BACKGROUND for label in self.boxes.labels], dtype=bool)

    @property
    def truth(self) -> Truth:
        """What finders are judged by.

        Galaxies of less than `FEWEST_PX` across are unsure, those behind the galaxy that a stamp
        was taken of, and boxes of which nobody said whether they are right.
        """
        large = self.boxes.sides.min(axis=1) >= FEWEST_PX
        clear = large & (self.snr > 0) & ~self.behind
        return Truth(boxes=self.boxes.take(clear), unsure=self.boxes.take(~clear))

    def shown(self, boxes: Boxes) -> Boxes:
        """Return boxes in `pixels` as boxes in `image`."""
        return boxes.flipped(self.image.shape[0]) if self.turned else boxes


def marked_pictures(dataset: Dataset) -> Iterator[MarkedPicture]:
    """Read the pictures of a dataset one after the other, those without a galaxy too.

    Pictures of which it is not known where their galaxies are are left out.

    Raises
    ------
    NotFoundError
        If that is known of none.
    """
    recipe = dataset.recipe
    turned = recipe.origin == "lower"
    known = known_boxes(dataset)
    for row in read_catalogue(dataset).to_dict("records"):
        if row["object_id"] not in known:
            continue
        pixels = read_shown_bands(dataset, row, recipe)
        image = render_full(pixels, recipe, whole=True)
        frame = known[row["object_id"]]
        stored = Boxes(
            corners=frame[_CORNERS].to_numpy(),
            scores=np.ones(len(frame)),
            labels=tuple(frame["type"]),
        )
        yield MarkedPicture(
            object_id=row["object_id"],
            pixels=pixels,
            turned=turned,
            image=image,
            boxes=stored.flipped(image.shape[0]) if turned else stored,
            snr=frame["snr"].to_numpy(dtype=np.float64),
        )
