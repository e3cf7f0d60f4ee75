"""How far an answer falls where a patch of sky hides the image (Zeiler & Fergus 2014, ECCV)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Head, Progress, no_progress
from astro_core.explain.ask import answers_of
from astro_core.explain.network import Network
from astro_core.explain.results import Maps, Occlusion
from astro_core.explain.sky import empty_sky

CELLS = 16  # along a side; a patch hides two by two
_BATCH = 32


def occlusion(
    network: Network,
    pixels: NDArray[np.uint8],
    head: Head,
    *,
    progress: Progress = no_progress,
) -> Occlusion:
    """Hide the image by a patch at every place and see how far each answer falls.

    Parameters
    ----------
    pixels : array of uint8, shape (size, size, 3)

    Returns
    -------
    Occlusion
        Each cell's fall is the mean over the four patches that hide it; below zero where the
        answer grows without it.
    """
    image = network.feed(pixels[None])[0]
    n = min(CELLS, network.size)
    edges = np.round(np.linspace(0, network.size, n + 1)).astype(int)
    whole = answers_of(network, image[None], head)[0]
    spots = [(i, j) for i in range(-1, n) for j in range(-1, n)]
    falls = np.zeros((n + 1, n + 1, len(head.outputs)), dtype=np.float32)
    for start in range(0, len(spots), _BATCH):
        progress(start, len(spots), "Hiding places")
        part = spots[start : start + _BATCH]
        hidden = np.stack([_hide(image, edges, i, j) for i, j in part])
        for (i, j), answer in zip(part, answers_of(network, hidden, head), strict=True):
            falls[i + 1, j + 1] = whole - answer
    cells = (falls[:-1, :-1] + falls[1:, :-1] + falls[:-1, 1:] + falls[1:, 1:]) / 4
    maps = Maps(outputs=head.outputs, values=np.moveaxis(cells, -1, 0), size_px=network.size)
    step = network.size / n
    return Occlusion(maps=maps, patch_px=round(2 * step), step_px=round(step))


def _hide(
    image: NDArray[np.float32], edges: NDArray[np.int_], i: int, j: int
) -> NDArray[np.float32]:
    """Paint sky over the cells from row i and column j, two by two; outside there are none."""
    last = len(edges) - 1
    hidden = image.copy()
    rows = slice(edges[max(i, 0)], edges[min(i + 2, last)])
    columns = slice(edges[max(j, 0)], edges[min(j + 2, last)])
    hidden[rows, columns] = empty_sky(image)
    return hidden
