"""How stored images are read: one entry per layout."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from astro_core.domain import Dataset, ImagePart, Pixels
from astro_core.errors import BadInputError
from astro_core.registry import Registry

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class LayoutSpec:
    """One way of storing images.

    Attributes
    ----------
    read : callable
        ``read(root, part, row) -> Pixels`` with all of the part's bands. Raises BadInputError,
        in words, for anything that cannot be used: unreadable, truncated, absurdly large, a
        missing band, unequal shapes.
    files : callable
        ``files(part, row) -> tuple`` of the paths below the root that hold the object.
    """

    name: str
    label: str
    read: Callable[[Path, ImagePart, Row], Pixels]
    files: Callable[[ImagePart, Row], tuple[str, ...]]


LAYOUTS: Registry[LayoutSpec] = Registry("image layout")


def part_root(folder: Path, part: ImagePart) -> Path:
    """Return the absolute folder of a part."""
    return (folder / part.root).resolve()


def inside(root: Path, file: str) -> Path:
    """Return the resolved path of `file` below `root`.

    Raises
    ------
    BadInputError
        If it leaves the folder, by dots, an absolute path or a link.
    """
    path = (root / file).resolve()
    if not path.is_relative_to(root.resolve()):
        raise BadInputError(
            f"'{file}' leads outside the dataset's folder", todo="Move the image inside"
        )
    return path


def read_pixels(dataset: Dataset, row: Row) -> Pixels:
    """Read the pixels of one object.

    Parameters
    ----------
    row : Mapping
        A catalogue row with at least object_id, part, file and row.

    Raises
    ------
    BadInputError
        If the image cannot be read.
    """
    part = dataset.parts[int(row["part"])]
    return LAYOUTS.get(part.layout).read(part_root(dataset.folder, part), part, row)
