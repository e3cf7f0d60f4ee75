"""How an image looks as a whole, whatever it shows: four numbers that tell renderings apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LOOKS = ("sky", "noise", "brightness", "colour")
_MAD_TO_SIGMA = 1.4826


def looks(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Measure how images are rendered.

    Parameters
    ----------
    images : array of uint8, shape (n, size, size, 3)

    Returns
    -------
    array of float32, shape (n, 4)
        By `LOOKS`, from 0 to 255: level of the sky (median along the edge of the image), its
        noise (scatter of the differences of neighbours there, by the median), the 99th percentile
        of the brightness, and the mean difference of the strongest and the weakest colour where
        it is brighter than the sky.
    """
    grey = images.mean(axis=-1, dtype=np.float32)
    width = max(1, images.shape[1] // 10)
    edge = np.concatenate(
        [grey[:, :width].reshape(len(grey), -1), grey[:, -width:].reshape(len(grey), -1)], axis=1
    )
    steps = np.diff(edge, axis=1)
    noise = _MAD_TO_SIGMA * np.median(np.abs(steps), axis=1) / np.sqrt(2)
    sky = np.median(edge, axis=1)
    spread = images.max(axis=-1).astype(np.float32) - images.min(axis=-1)
    lit = grey > sky[:, None, None] + 3 * np.maximum(noise, 1)[:, None, None]
    colour = (spread * lit).sum(axis=(1, 2)) / np.maximum(lit.sum(axis=(1, 2)), 1)
    bright = np.percentile(grey.reshape(len(grey), -1), 99, axis=1)
    return np.stack([sky, noise, bright, colour], axis=1).astype(np.float32)
