"""Find the galaxies in a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from astro_core.detection import FINDERS
from astro_core.detection.registry import Image
from astro_core.domain import USUAL_FINDER, Boxes

if TYPE_CHECKING:
    from astro_core.workflows.pictures import Picture


def find_galaxies(image: Image, finder: str = USUAL_FINDER, params: Any = None) -> Boxes:
    """Return where the galaxies of an image are, the surest first.

    Parameters
    ----------
    image : array of uint8, shape (height, width, 3)
        As it is shown.
    finder : str
        Name in the registry of finders.
    params : object, optional
        The finder's settings; its defaults by default.

    Raises
    ------
    NotFoundError
        If there is no such finder.
    BadInputError
        If it cannot work on this image.
    """
    spec = FINDERS.get(finder)
    return spec.find(image, spec.params() if params is None else params)


def find_in_picture(picture: Picture, finder: str = USUAL_FINDER, params: Any = None) -> Boxes:
    """Return where the galaxies of a picture are, in pixels of its image, the surest first.

    A finder that can use measured values gets them where the picture has them. Parameters and
    errors are those of `find_galaxies`.
    """
    spec = FINDERS.get(finder)
    if picture.pixels.display or spec.measure is None:
        return find_galaxies(picture.image, finder, params)
    boxes = spec.measure(picture.pixels, spec.params() if params is None else params)
    height = picture.image.shape[0]
    return boxes.flipped(height) if picture.recipe.origin == "lower" else boxes
