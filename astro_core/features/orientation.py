"""Galaxies have no up: turn each so that its long axis lies along the rows.

The axis is that of the second moments of the light above the sky, in the patch of light at the
centre. It has two ends; the one with the longer tail (positive third moment along the axis) is
turned to the right. Images are turned, never mirrored: which way arms wind stays as it is.
Turned squares have empty corners that would tell by how much they were turned, so what lies
outside the inscribed circle is black in every image, also in those that are not turned.

A galaxy whose axis ratio is above `ROUND` has no axis to speak of and is left as it is.
"""

from __future__ import annotations

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
    out[:, ~_disc(stamps.shape[1])] = 0
    return out


def _disc(side: int) -> NDArray[np.bool_]:
    y, x = _centred(side)
    return x**2 + y**2 <= (side / 2) ** 2


def _centred(side: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    axis = np.arange(side, dtype=np.float32) - np.float32((side - 1) / 2)
    return axis[:, None], axis[None, :]


def _orientation(stamp: NDArray[np.uint8]) -> float:
    light = _central_light(stamp)
    total = float(light.sum())
    if total <= 0:
        return 0.0
    y, x = _centred(len(light))
    columns, rows = light.sum(axis=0), light.sum(axis=1)
    x = x - float((columns * x[0]).sum()) / total
    y = y - float((rows * y[:, 0]).sum()) / total
    xx, yy = float((columns * x[0] ** 2).sum()), float((rows * y[:, 0] ** 2).sum())
    xy = float((light * x * y).sum())
    spread = np.hypot(xx - yy, 2 * xy)
    if xx + yy - spread >= ROUND**2 * (xx + yy + spread):
        return 0.0
    axis = 0.5 * np.arctan2(2 * xy, xx - yy)
    along = x * np.cos(axis) + y * np.sin(axis)
    tail = float((light * along**3).sum())
    # Rows count downwards, so a positive angle here points below the horizon: turn it up.
    angle = np.degrees(axis) + (180.0 if tail < 0 else 0.0)
    return float((angle + 180.0) % 360.0 - 180.0)


def _central_light(stamp: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Grey light above the sky in the patch nearest to the centre, shape (side, side)."""
    from scipy.ndimage import label

    grey = stamp.mean(axis=2, dtype=np.float32)
    side = len(grey)
    disc = _disc(side)
    width = max(side // 16, 1)
    rim = disc.copy()
    rim[width:-width, width:-width] &= ~_disc(side - 2 * width)
    sky = float(np.median(grey[rim]))
    noise = 1.4826 * float(np.median(np.abs(grey[rim] - sky)))
    light = np.where(disc, grey - sky, 0.0).astype(np.float32)
    patches, n = label(light > max(_SKY_SIGMAS * noise, _FLOOR))
    if n == 0:
        return np.zeros_like(light)
    y, x = _centred(side)
    nearest = np.where(patches > 0, x**2 + y**2, np.inf).argmin()
    return np.where(patches == patches.flat[nearest], light, 0.0)
