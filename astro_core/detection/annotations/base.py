"""What a form of annotations is: boxes in, files out, and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from textwrap import shorten
from typing import Any

import numpy as np

from astro_core.domain import Boxes
from astro_core.errors import BadInputError
from astro_core.registry import Registry

GALAXY = "galaxy"  # label of a box that has none
Files = Mapping[str, bytes]
SizeOf = Callable[[str], tuple[int, int] | None]


@dataclass(frozen=True, kw_only=True)
class Annotated:
    """The boxes of one picture.

    Attributes
    ----------
    file : str
        Name of the picture.
    width_px, height_px : int
    """

    file: str
    width_px: int
    height_px: int
    boxes: Boxes

    @property
    def labels(self) -> tuple[str, ...]:
        """A label for each box."""
        return self.boxes.labels or (GALAXY,) * len(self.boxes)


@dataclass(frozen=True, kw_only=True)
class AnnotationSpec:
    """One form in which boxes are exchanged.

    Attributes
    ----------
    suffix : str
        Of its files, by which they are known.
    mime : str
    together : bool
        Whether one file holds the boxes of all pictures.
    shared : str
        Name of a file that belongs to all others; empty where there is none.
    write : callable
        ``write(pictures) -> files``: content by name.
    read : callable
        ``read(files, size_of) -> pictures``; ``size_of(stem)`` is the width and height of a
        picture, for forms that do not tell, None where there is no such picture. Raises
        BadInputError where a file is not of this form.
    """

    name: str
    label: str
    description: str
    suffix: str
    mime: str
    together: bool
    write: Callable[[Sequence[Annotated]], dict[str, bytes]]
    read: Callable[[Files, SizeOf], tuple[Annotated, ...]]
    shared: str = ""


ANNOTATIONS: Registry[AnnotationSpec] = Registry("form of annotations")


def file_stems(pictures: Sequence[Annotated]) -> tuple[str, ...]:
    """Name the file of each picture: as the picture, with its suffix where two would be alike."""
    names = [PurePath(picture.file) for picture in pictures]
    counts = Counter(name.stem for name in names)
    return tuple(name.stem if counts[name.stem] == 1 else name.name for name in names)


def make_boxes(
    file: str, corners: Sequence[Sequence[float]], labels: Sequence[str], scores: Any = None
) -> Boxes:
    """Return what was read from `file` as boxes.

    Raises
    ------
    BadInputError
        If a box has no area.
    """
    try:
        return Boxes(
            corners=np.reshape(np.asarray(corners, dtype=np.float64), (-1, 4)),
            scores=np.ones(len(corners)) if scores is None else scores,
            labels=tuple(labels),
        )
    except BadInputError as error:
        raise refusal(file, error) from None


def refusal(file: str, error: Exception) -> BadInputError:
    """Say that a file of annotations cannot be read, and why."""
    why = shorten(str(error).rstrip("."), 200)
    return BadInputError(f"The boxes in '{file}' cannot be read", given=why)
