"""The galaxies of a picture, cut out as a model takes them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from astro_core.datasets.readers.fits_sky import sky_centre
from astro_core.domain import Pixels, RenderRecipe
from astro_core.domain.boxes import Boxes
from astro_core.errors import BadInputError
from astro_core.imaging.presentable import crop_around
from astro_core.imaging.render import find_band, render

if TYPE_CHECKING:
    from astro_core.workflows.pictures import Picture

FRAMING = 0.5  # box side / crop side, for models that do not say
ROOM = 1.15  # sides of its box that a galaxy has at least
MOST_ENLARGED = 2.0  # a crop has at least half the pixels that the model takes


@dataclass(frozen=True, kw_only=True)
class View:
    """A picture as a model is shown it.

    Attributes
    ----------
    pixels : Pixels
        Row 0 is the top of the picture.
    recipe : RenderRecipe
        How a square of it becomes what the model takes; no crop is left to make.
    note : str
        What is not as the model is used to; empty if nothing.
    """

    pixels: Pixels
    recipe: RenderRecipe
    note: str = ""


def view_for(picture: Picture, recipe: RenderRecipe) -> View:
    """Choose what of a picture a model is shown: the bands of its recipe, or the colour picture."""
    pixels, shown_from = picture.pixels, picture.recipe.origin
    if _fits(pixels, recipe):
        upright = pixels.values if shown_from == "upper" else pixels.values[:, ::-1]
        turned = "upper" if recipe.origin == shown_from else "lower"
        return View(
            pixels=replace(pixels, values=upright), recipe=replace(recipe, crop_px=0, origin=turned)
        )
    shown = Pixels(
        object_id=picture.name,
        bands=("R", "G", "B"),
        values=np.moveaxis(picture.image, -1, 0),
        display=True,
    )
    note = ""
    if recipe.transform != "picture":
        note = (
            f"The model learned from the bands {', '.join(recipe.bands)} in its own colours; it "
            "is shown this picture's colours instead, and may be wrong for that alone."
        )
    return View(pixels=shown, recipe=RenderRecipe(size_px=recipe.size_px), note=note)


def _fits(pixels: Pixels, recipe: RenderRecipe) -> bool:
    if recipe.transform == "picture":
        return False
    try:
        for band in recipe.bands:
            find_band(pixels.bands, band)
    except BadInputError:
        return False
    return True


def sky_places(picture: Picture, boxes: Boxes) -> list[dict[str, float]]:
    """Return where the middle of each box is on the sky: ra_deg and dec_deg, or nothing."""
    if picture.recipe.origin == "lower":
        boxes = boxes.flipped(picture.image.shape[0])
    places = []
    for x0, y0, x1, y1 in boxes.corners:
        # The middle of the box is that of an image which reaches as far beyond it as before it.
        ra, dec = sky_centre(picture.wcs, round(x0 + x1), round(y0 + y1))
        places.append({"ra_deg": ra, "dec_deg": dec} if np.isfinite(ra) else {})
    return places


def side_on_sky(picture: Picture, side_arcsec: float | None) -> float | None:
    """Return the side in px of a crop that shows so much sky.

    None where that is not known, and where the whole picture shows less.
    """
    scale = picture.pixel_scale_arcsec
    if side_arcsec is None or not scale:
        return None
    side = side_arcsec / scale
    return side if side < min(picture.image.shape[:2]) + 1 else None


def whole_picture(picture: Picture, recipe: RenderRecipe) -> Boxes:
    """Return the one square in the middle that a model's own recipe crops."""
    height, width = picture.image.shape[:2]
    side = min(recipe.crop_px or min(height, width), height, width)
    x, y = width // 2 - side // 2, height // 2 - side // 2
    return Boxes(corners=np.array([[x, y, x + side, y + side]]), scores=np.ones(1))


def cut(
    view: View, boxes: Boxes, framing: float | None, side_px: float | None = None
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Cut out galaxies at the scale that a model is used to; black beyond the picture's edge.

    Parameters
    ----------
    boxes : Boxes
    framing : float or None
        Side of a galaxy's box as a share of the crop's.
    side_px : float, optional
        Side of a crop, where model and picture tell their scales; a galaxy that is larger makes
        its crop larger.

    Returns
    -------
    crops : array of uint8, shape (n, size, size, 3)
    beyond : array of bool, shape (n,)
        Whether a crop reaches beyond the edge.
    """
    size, edge = view.recipe.size_px, view.pixels.values.shape[1:]
    longer = boxes.sides.max(axis=1, initial=0.0)
    wide = longer / (framing or FRAMING) if side_px is None else np.maximum(side_px, longer * ROOM)
    sides = np.rint(np.maximum(wide, size / MOST_ENLARGED)).astype(int)
    middles = ((boxes.corners[:, 1::-1] + boxes.corners[:, :1:-1]) / 2).astype(int)  # y, x
    crops = np.zeros((len(boxes), size, size, 3), dtype=np.uint8)
    for i, ((y, x), side) in enumerate(zip(middles.tolist(), sides.tolist(), strict=True)):
        square = crop_around(view.pixels.values, y, x, side)
        crops[i] = render(replace(view.pixels, values=square), view.recipe)
    first = middles - sides[:, None] // 2
    beyond = (first < 0).any(axis=1) | (first + sides[:, None] > edge).any(axis=1)
    return crops, beyond
