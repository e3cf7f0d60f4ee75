"""The picture that shows nothing: what an image is compared with when a galaxy is taken away."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def empty_sky(image: NDArray[Any]) -> NDArray[np.float32]:
    """Return the colour of an image's edge, which is sky on a stamp with a galaxy in its middle.

    Parameters
    ----------
    image : array, shape (height, width, channels)

    Returns
    -------
    array of float32, shape (channels,)
        Median of the outermost pixels.
    """
    edge = np.concatenate([image[0], image[-1], image[1:-1, 0], image[1:-1, -1]])
    colour: NDArray[np.float32] = np.median(edge, axis=0).astype(np.float32)
    return colour
