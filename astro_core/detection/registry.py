"""What a finder of galaxies is: a picture in, boxes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Boxes, Pixels
from astro_core.registry import Registry

Image = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class FinderSpec:
    """One way to say where the galaxies are.

    Attributes
    ----------
    label, description : str
        What a page shows.
    params : type
        The dataclass of its settings; one is `least_score`, below which boxes are left out.
    find : callable
        ``find(image, params) -> Boxes`` for a picture of uint8, shape (height, width, 3), the
        surest box first.
    measure : callable or None
        ``measure(pixels, params) -> Boxes`` for measured values, which hold more than a picture
        made of them. Boxes are in the array: y counts from the first stored row. None where a
        finder knows pictures only.
    reference : str
        The paper or program it follows.
    """

    name: str
    label: str
    description: str
    params: type[Any]
    find: Callable[[Image, Any], Boxes]
    measure: Callable[[Pixels, Any], Boxes] | None = None
    reference: str = ""


FINDERS: Registry[FinderSpec] = Registry("finder")
