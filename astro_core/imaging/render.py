"""A galaxy's pixels under a recipe: the one way in which anything here becomes an image."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Pixels, RenderRecipe
from astro_core.errors import BadInputError
from astro_core.imaging.lupton import lupton_rgb
from astro_core.imaging.presentable import crop_square, resize_square
from astro_core.imaging.stretches import stretch_band


def find_band(bands: tuple[str, ...], name: str) -> int:
    """Return where the band `name` is; case matters only where two bands differ by it.

    Raises
    ------
    BadInputError
        If it is not there; the message lists what is.
    """
    if name in bands:
        return bands.index(name)
    alike = [i for i, band in enumerate(bands) if band.lower() == name.lower()]
    if len(alike) == 1:
        return alike[0]
    raise BadInputError(
        f"There is no band '{name}'",
        expected="one of " + ", ".join(bands),
        todo="Choose other bands in the recipe",
    )


def colour_planes(pixels: Pixels, recipe: RenderRecipe, *, whole: bool = False) -> NDArray[Any]:
    """Return what the recipe shows as red, green and blue, cropped, in the units of the data.

    A picture with one grey band gives it to all three colours under a recipe for pictures. For
    every transform but "picture", 8-bit pictures are scaled to [0, 1].

    Parameters
    ----------
    whole : bool
        Leave out the crop: an oblong image stays oblong.

    Returns
    -------
    array, shape (3, side, side), or (3, height, width) of the whole image
        uint8 for ``transform="picture"``, else floating point with NaN where there is nothing.

    Raises
    ------
    BadInputError
        If a band is missing, or "picture" is asked of data that are no picture.
    """
    if recipe.transform == "picture" and not pixels.display:
        raise BadInputError(
            "These are measured values, not a picture",
            expected="a recipe with transform lupton, linear, sqrt, log or asinh",
            given="transform picture",
        )
    single = pixels.display and len(pixels.bands) == 1
    if single and recipe.bands == ("R", "G", "B"):
        wanted = [0, 0, 0]
    else:
        wanted = [find_band(pixels.bands, band) for band in recipe.bands]
    planes = pixels.values if whole else crop_square(pixels.values, recipe.crop_px)
    if wanted != [0, 1, 2] or len(pixels.bands) != 3:
        planes = planes[wanted]
    if pixels.display and recipe.transform != "picture":
        planes = planes.astype(np.float32) / np.float32(255.0)
    return planes


def render_full(pixels: Pixels, recipe: RenderRecipe, *, whole: bool = False) -> NDArray[np.uint8]:
    """Render at the pixels' own scale: cropped, coloured, turned, not yet resized.

    Parameters
    ----------
    whole : bool
        Leave out the crop: an oblong image stays oblong.

    Returns
    -------
    array of uint8, shape (side, side, 3), or (height, width, 3) of the whole image

    Raises
    ------
    BadInputError
        See `colour_planes`.
    """
    planes = colour_planes(pixels, recipe, whole=whole)
    if recipe.transform == "picture":
        image: NDArray[np.uint8] = np.moveaxis(planes, 0, -1)
    elif recipe.transform == "lupton":
        image = lupton_rgb(
            *planes,
            stretch=recipe.stretch,
            Q=recipe.Q,
            minimum=recipe.minimum,
            weight=recipe.weight,
        )
    else:
        image = _band_by_band(planes, recipe)
    return image[::-1] if recipe.origin == "lower" else image


def _band_by_band(planes: NDArray[Any], recipe: RenderRecipe) -> NDArray[np.uint8]:
    grey = [
        stretch_band(
            plane,
            transform=recipe.transform,
            interval=recipe.interval,
            percentile=recipe.percentile,
            weight=weight,
        )
        for plane, weight in zip(planes, recipe.weight, strict=True)
    ]
    return np.stack(grey, axis=-1)


def render(pixels: Pixels, recipe: RenderRecipe) -> NDArray[np.uint8]:
    """Make the display image of one object: crop, colour, resize, in this order.

    Row 0 of the result is the top of the image. With ``origin="lower"`` the first stored row
    comes last, as FITS viewers show it. Values that are not finite are black.

    Parameters
    ----------
    pixels : Pixels
    recipe : RenderRecipe

    Returns
    -------
    array of uint8, shape (size_px, size_px, 3)

    Raises
    ------
    BadInputError
        If the recipe asks for a band that is not there, or for a picture of measured values.
    """
    image = resize_square(render_full(pixels, recipe), recipe.size_px)
    return np.ascontiguousarray(image)
