"""Find the galaxies in a picture."""

from __future__ import annotations

from typing import Any

from astro_core.detection import FINDERS
from astro_core.detection.registry import Image
from astro_core.domain import Boxes, Pixels

FINDER = "galaxy-finder"


def find_galaxies(
    image: Image, finder: str = FINDER, params: Any = None, *, pixels: Pixels | None = None
) -> Boxes:
    """Return where the galaxies of a picture are, the surest first.

    Parameters
    ----------
    image : array of uint8, shape (height, width, 3)
        The picture as it is shown.
    finder : str
        Name in the registry of finders.
    params : object, optional
        The finder's settings; its defaults by default.
    pixels : Pixels, optional
        The measured values of which the picture was made, the first row at its bottom. A finder
        that can use them does.

    Raises
    ------
    NotFoundError
        If there is no such finder.
    """
    spec = FINDERS.get(finder)
    params = spec.params() if params is None else params
    if pixels is not None and not pixels.display and spec.measure is not None:
        return spec.measure(pixels, params).flipped(image.shape[0])
    return spec.find(image, params)
