"""What each map of a layer shows for an image."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from astro_core.errors import BadInputError
from astro_core.explain.network import Network, finite
from astro_core.explain.results import Activations

if TYPE_CHECKING:
    import keras


def activations(
    network: Network, pixels: NDArray[np.uint8], layer: str, *, first: int = 0, most: int = 64
) -> Activations:
    """Return some maps of a layer, each scaled from its smallest value to its largest.

    Parameters
    ----------
    pixels : array of uint8, shape (size, size, 3)
    layer : str
        Any layer with maps: convolutions and poolings are, "backbone/layer" inside a backbone.
    first, most : int
        Maps from `first` on, `most` of them at most.

    Raises
    ------
    NotFoundError, BadInputError
        If there is no such layer, it has no maps, or not so many.
    """
    n_maps = int(network.tap(layer).shape[-1])
    if not 0 <= first < n_maps:
        raise BadInputError(
            f"The layer '{layer}' has no map {first}", expected=f"0 to {n_maps - 1}"
        )
    seen = finite(part_model(network, layer)(network.feed(pixels[None]), training=False))[0]
    chosen = np.moveaxis(seen[..., first : first + most], -1, 0)
    low, high = chosen.min(axis=(1, 2)), chosen.max(axis=(1, 2))
    span = np.where(high > low, high - low, 1.0)[:, None, None]
    return Activations(
        layer=layer,
        n_maps=n_maps,
        values=((chosen - low[:, None, None]) / span).astype(np.float32),
        raw_min=low,
        raw_max=high,
    )


@functools.lru_cache(maxsize=32)
def part_model(network: Network, layer: str) -> keras.Model:
    """Return the network up to a layer."""
    import keras

    return keras.Model(network.image, network.tap(layer))
