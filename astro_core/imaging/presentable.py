"""Crop and resize: the same square image for the eye, for training and for inference.

The order is fixed: crop the stored pixels, render them to 8-bit colour, resize the colours.
Resizing is done in display space because that is what a person judges and a picture survey
already stores; a bright core then cannot ring over its faint surroundings, as it would when
the linear fluxes were interpolated.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.errors import BadInputError
from astro_core.imaging.lanczos import lanczos_resize


def crop_square(planes: NDArray[Any], crop_px: int = 0) -> NDArray[Any]:
    """Return the central square of an image.

    The pixel at ``n // 2``, where surveys put the object, lands on ``crop_px // 2``. A square
    that is larger than the image is filled up with NaN, or with 0 where the type has no NaN;
    both are shown black. Nothing is ever distorted.

    Parameters
    ----------
    planes : array, shape (..., height, width)
    crop_px : int
        Side of the square in pixels; 0 takes the largest one that fits.

    Returns
    -------
    array, shape (..., crop_px, crop_px)
        A view where nothing had to be filled.

    Raises
    ------
    BadInputError
        If the image is empty or `crop_px` is negative.
    """
    height, width = planes.shape[-2:]
    if height == 0 or width == 0 or crop_px < 0:
        raise BadInputError(
            "The image cannot be cropped",
            expected="at least one pixel and a side of 0 or more",
            given=f"{height}x{width} pixels, side {crop_px}",
        )
    return crop_around(planes, height // 2, width // 2, crop_px or min(height, width))


def crop_around(planes: NDArray[Any], y: int, x: int, side: int) -> NDArray[Any]:
    """Return the square around a pixel, filled up as `crop_square` does.

    Parameters
    ----------
    planes : array, shape (..., height, width)
    y, x : int
        Row and column of the pixel, which lands on ``side // 2``; it has to be in the image.
    side : int
        In pixels.

    Returns
    -------
    array, shape (..., side, side)
        A view where nothing had to be filled.
    """
    height, width = planes.shape[-2:]
    source_y, target_y = _overlap(height, y, side)
    source_x, target_x = _overlap(width, x, side)
    cut = planes[..., source_y, source_x]
    if cut.shape[-2:] == (side, side):
        return cut
    fill = np.nan if planes.dtype.kind == "f" else 0
    out = np.full((*planes.shape[:-2], side, side), fill, dtype=planes.dtype)
    out[..., target_y, target_x] = cut
    return out


def _overlap(length: int, centre: int, side: int) -> tuple[slice, slice]:
    start = centre - side // 2
    source = slice(max(start, 0), min(start + side, length))
    return source, slice(source.start - start, source.stop - start)


def framing_note(height: int, width: int, crop_px: int) -> str:
    """Say what a crop does to an image of this size; empty when it shows all of it."""
    side = crop_px or min(height, width)
    if side > max(height, width):
        return f"The {width}x{height} px image is smaller than the {side} px crop: black around it."
    if side > min(height, width):
        return f"The {width}x{height} px image is cut and filled with black to {side}x{side} px."
    if (side, side) == (height, width):
        return ""
    return f"Central {side}x{side} of {width}x{height} px."


def resize_square(image: NDArray[np.uint8], size_px: int) -> NDArray[np.uint8]:
    """Resize a square 8-bit colour image with the Lanczos filter (a = 3), as Pillow does.

    Shrinking filters over all pixels that fall into one (no aliasing). An image that has the size
    already is returned as it is.

    Parameters
    ----------
    image : array of uint8, shape (side, side, 3)
    size_px : int
        Side of the square in pixels.

    Returns
    -------
    array of uint8, shape (size_px, size_px, 3)

    Raises
    ------
    BadInputError
        If the image is not square.
    """
    height, width = image.shape[:2]
    if height != width or height == 0:
        raise BadInputError(
            "Only a square image can be resized without distortion",
            expected="equal sides, at least one pixel",
            given=f"{width}x{height}",
            todo="Crop it first",
        )
    if height == size_px:
        return image
    return lanczos_resize(image, size_px)
