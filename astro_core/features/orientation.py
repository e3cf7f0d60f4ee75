"""Galaxies have no up: turn each so that its long axis lies along the rows.

The axis is that of the second moments of the light above the sky, in the patch of light at the
centre. It has two ends; the one with the longer tail (positive third moment along the axis) is
turned to the right. Images are turned, never mirrored: which way arms wind stays as it is.
Turned squares have empty corners that would tell by how much they were turned, so what lies
outside the inscribed circle is black in every image, also in those that are not turned.

A galaxy whose axis ratio is above `ROUND` has no axis to speak of and is left as it is.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

ROUND = 0.95  # axis ratio b/a
_SKY_SIGMAS = 3.0
_FLOOR = 4.0  # of 255; where the sky is a flat black, its spread says nothing


def orientations(stamps: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Angle by which each image is turned counterclockwise to lie along the rows.

    Parameters
    ----------
    stamps : array of uint8, shape (n, side, side, 3)

    Returns
    -------
    array of float64, shape (n,)
        Degrees from -180 to 180; 0 for round galaxies and empty images.
    """
    return np.array([_orientation(stamp) for stamp in stamps], dtype=np.float64)


def normalise_orientation(stamps: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Turn each image about its centre so that the galaxy lies along the rows.

    Parameters
    ----------
    stamps : array of uint8, shape (n, side, side, 3)

    Returns
    -------
    array of uint8, shape (n, side, side, 3)
        Interpolated bilinearly; black outside the inscribed circle.
    """
    from PIL import Image

    out = np.empty_like(stamps)
    for i, angle in enumerate(orientations(stamps)):
        if angle:
            turned = Image.fromarray(stamps[i]).rotate(angle, Image.Resampling.BILINEAR)
            out[i] = np.asarray(turned)
        else:
            out[i] = stamps[i]
    out[:, ~_shapes(stamps.shape[1])[0]] = 0
    return out


def _orientation(stamp: NDArray[np.uint8]) -> float:
    light, x, y = _central_light(stamp)
    total = float(light.sum())
    if total <= 0:
        return 0.0
    columns, rows = light.sum(axis=0), light.sum(axis=1)
    x = x - float(columns @ x) / total
    y = y - float(rows @ y) / total
    xx, yy = float(columns @ (x * x)), float(rows @ (y * y))
    xy = float(y @ light @ x)
    spread = float(np.hypot(xx - yy, 2 * xy))
    if xx + yy - spread >= ROUND**2 * (xx + yy + spread):
        return 0.0
    axis = 0.5 * float(np.arctan2(2 * xy, xx - yy))
    cos, sin = np.cos(axis), np.sin(axis)
    tail = (
        cos**3 * float(columns @ x**3)
        + 3 * cos**2 * sin * float(y @ light @ x**2)
        + 3 * cos * sin**2 * float(y**2 @ light @ x)
        + sin**3 * float(rows @ y**3)
    )
    # Rows count downwards, so a positive angle here points below the horizon: turn it up.
    angle = np.degrees(axis) + (180.0 if tail < 0 else 0.0)
    return float((angle + 180.0) % 360.0 - 180.0)


Axis = NDArray[np.float32]


def _central_light(stamp: NDArray[np.uint8]) -> tuple[NDArray[np.float32], Axis, Axis]:
    """Grey light above the sky in the patch nearest to the centre, cut around it.

    Returns
    -------
    light : array of float32, shape (height, width)
    x, y : arrays of float32, shapes (width,) and (height,)
        Where its columns and rows are, from the centre of the image in pixels.
    """
    from scipy.ndimage import find_objects, label

    red, green, blue = np.moveaxis(stamp, 2, 0)
    grey = (red.astype(np.float32) + green + blue) / np.float32(3)
    side = len(grey)
    disc, rim, from_centre = _shapes(side)
    sky = float(np.median(grey[rim]))
    noise = 1.4826 * float(np.median(np.abs(grey[rim] - sky)))
    grey -= np.float32(sky)
    patches, n = label((grey > max(_SKY_SIGMAS * noise, _FLOOR)) & disc)
    axis = _axis(side)
    if n == 0:
        return np.zeros((1, 1), dtype=np.float32), axis[:1], axis[:1]
    number = int(patches.flat[np.where(patches > 0, from_centre, np.inf).argmin()])
    box = find_objects(patches, max_label=number)[number - 1]
    light = np.where(patches[box] == number, grey[box], np.float32(0.0))
    return light, axis[box[1]], axis[box[0]]


def _axis(side: int) -> Axis:
    return np.arange(side, dtype=np.float32) - np.float32((side - 1) / 2)


@functools.lru_cache(maxsize=2)
def _shapes(side: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.float32]]:
    """The inscribed circle, its rim where the sky is measured, and squared radii in pixels."""
    axis = _axis(side)
    squared = (axis[:, None] ** 2 + axis[None, :] ** 2).astype(np.float32)
    disc = squared <= (side / 2) ** 2
    rim = disc & (squared > (side / 2 - max(side // 16, 1)) ** 2)
    return disc, rim, squared
