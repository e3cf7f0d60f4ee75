"""Pictures that may show the very same galaxy, though the files differ."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ALIKE = 0.95  # correlation of two thumbnails from which they may show one galaxy
SIDE = 24
_SHARES = (1.0, 1 / 1.2)  # surveys cut their stamps at scales that differ by about so much


def thumbnails(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return grey thumbnails as vectors of length one, their mean taken off.

    Parameters
    ----------
    pixels : array of uint8, shape (n, size, size, 3)

    Returns
    -------
    array of float32, shape (n, 576)
        The product of two is the correlation of their logarithmic brightness.
    """
    side = pixels.shape[1] // SIDE
    grey = np.asarray(pixels[:, : SIDE * side, : SIDE * side], dtype=np.float32).mean(axis=-1)
    small = np.log1p(grey.reshape(len(grey), SIDE, side, SIDE, side).mean(axis=(2, 4)))
    flat = small.reshape(len(small), -1)
    flat -= flat.mean(axis=1, keepdims=True)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True) + 1e-9
    return np.asarray(flat, dtype=np.float32)


def twins(ours: NDArray[np.uint8], theirs: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Say which of some pictures may show a galaxy that others show, at their own or a near scale.

    Parameters
    ----------
    ours, theirs : array of uint8, shape (n, size, size, 3) and (m, size, size, 3)
        Lying alike: north is not sought.

    Returns
    -------
    array of bool, shape (n,)
    """
    found = np.zeros(len(ours), dtype=bool)
    for share in _SHARES:
        for a, b in {(1.0, share), (share, 1.0)}:
            match = thumbnails(_middle(ours, a)) @ thumbnails(_middle(theirs, b)).T
            found |= match.max(axis=1, initial=-1.0) >= ALIKE
    return found


def _middle(pixels: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    edge = round(pixels.shape[1] * (1 - share) / 2)
    return pixels[:, edge : pixels.shape[1] - edge, edge : pixels.shape[2] - edge]
