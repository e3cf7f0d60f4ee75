"""Networks that can learn to find galaxies: pixels in, for every anchor a score and a box out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.extras import need_extra
from astro_core.registry import Registry

SCORE, BOX = "score", "box"
_FARTHEST = 4.0  # that an anchor is moved, in its sides, and the logarithm of how far it is scaled


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """A network that looks at windows.

    How it is shown galaxies, what it is told of them and what a mistake costs is the same for all.

    Attributes
    ----------
    label : str
        What a card says of it.
    build : callable
        ``build(size_px)`` returns a network with random first weights, see `detector`.
    anchors : callable
        ``anchors(size_px)`` returns x0, y0, x1, y1 in px of its anchors, shape (n_anchors, 4).
    learning_rate : float
        Size of the largest steps with which it learns well.
    reference : str
        The papers that it follows.
    extra, package : str
        What must be installed for training it; empty needs nothing more.
    """

    name: str
    label: str
    build: Callable[[int], Any]
    anchors: Callable[[int], NDArray[np.float32]]
    learning_rate: float
    reference: str
    extra: str = ""
    package: str = ""

    def check(self) -> None:
        """Refuse what cannot be trained here.

        Raises
        ------
        BadInputError
            If its extra is not installed.
        """
        if self.extra:
            need_extra(self.extra, self.package, self.name)


ARCHITECTURES: Registry[Architecture] = Registry("architecture")


def detector(image: Any, scores: Any, moves: Any, places: NDArray[np.float32]) -> Any:
    """Make a network of what was computed from an image.

    Parameters
    ----------
    image : keras.KerasTensor
        Pixels 0 to 255, shape (n, size_px, size_px, 3).
    scores : keras.KerasTensor
        Log odds of a galaxy, shape (n, n_anchors, 1).
    moves : keras.KerasTensor
        How far every anchor is moved, in its sides, and the logarithm of how much it is scaled,
        down before across: shape (n, n_anchors, 4).
    places : array, shape (n_anchors, 4)
        Corners of the anchors in px.

    Returns
    -------
    keras.Model
        Gives ``score``, the scores, and ``box``, (n, n_anchors, 4), corners in px.
    """
    import keras

    score = keras.layers.Activation("linear", name=SCORE)(scores)
    box = keras.layers.Lambda(_decode, arguments={"places": places}, name=BOX)(moves)
    return keras.Model(image, {SCORE: score, BOX: box}, name="galaxy_finder")


def _decode(moves: Any, places: NDArray[np.float32]) -> Any:
    import keras

    return keras.utils.bounding_boxes.decode_deltas_to_boxes(
        places,
        keras.ops.clip(moves, -_FARTHEST, _FARTHEST),
        anchor_format="xyxy",
        box_format="xyxy",
    )
