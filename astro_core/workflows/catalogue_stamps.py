"""The stamps beside a catalogue: which file belongs to a row, and how it is read."""

from __future__ import annotations

import glob
import itertools
import os
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from astro_core.datasets.bands import band_key, by_wavelength
from astro_core.datasets.columns import Columns
from astro_core.datasets.layouts import inside
from astro_core.datasets.layouts.fits_io import fits_stem
from astro_core.datasets.layouts.picture import is_picture
from astro_core.datasets.readers.fits_cube import find_cubes
from astro_core.datasets.readers.pictures import entries, picture_part
from astro_core.domain import ImagePart, no_progress
from astro_core.errors import BadInputError

_EACH_BAND = "{band}"  # stands for each band of an object, not for a column
_COLUMN = re.compile(r"\{(?!band\})([^{}]+)\}")
_LOOKED_AT = 2_000


@dataclass(frozen=True, kw_only=True)
class Stamps:
    """Where the image of each row of a catalogue is.

    Attributes
    ----------
    root : Path
        No file outside is read.
    pattern : str
        Path below the root, with columns of the catalogue in braces.
    """

    root: Path
    pattern: str

    @property
    def fields(self) -> tuple[str, ...]:
        """Columns of the catalogue that the pattern asks for."""
        return columns_in(self.pattern)

    def files(self, frame: pd.DataFrame) -> list[str]:
        """Path below the root for each row; ``{band}`` stays as it is.

        Empty where the row has nothing in one of the columns.
        """
        told = [
            frame[piece].astype(str) if place % 2 else itertools.repeat(piece)
            for place, piece in enumerate(_COLUMN.split(self.pattern))
        ]
        filled = frame[list(self.fields)].notna().all(axis=1)
        rows = zip(filled, zip(*told, strict=False), strict=True)
        return ["".join(row) if whole else "" for whole, row in rows]


def columns_in(pattern: str) -> tuple[str, ...]:
    """Columns of a catalogue that a pattern asks for."""
    return tuple(dict.fromkeys(_COLUMN.findall(pattern)))


def why_unusable(object_id: str, file: str) -> str:
    """Say what a row of a catalogue lacks; empty where it has an identifier and a file."""
    if not object_id:
        return "This row has no identifier."
    return "" if file else "This row names no stamp."


def find_stamps(stamps: str, columns: Columns) -> Stamps:
    """Understand what a person says of where the stamps are.

    Parameters
    ----------
    stamps : str
        A folder, or a pattern such as ``/data/{field}/{object_id}.jpg``. In a folder the
        catalogue's column of file names counts, or else files are called after the identifier.

    Raises
    ------
    BadInputError
        If the folder is not there, holds no images, or the pattern names no column.
    """
    path = Path(os.path.abspath(Path(stamps).expanduser()))  # noqa: PTH100 - keeps links
    if "{" in stamps:
        return _of_pattern(path)
    if not path.is_dir():
        raise BadInputError(
            f"There is no folder '{path}'",
            expected="a folder of stamps, or a pattern such as stamps/{object_id}.jpg",
        )
    if columns.file is not None:
        return Stamps(root=path, pattern=f"{{{columns.file}}}")
    return Stamps(root=path, pattern=f"{{object_id}}{_suffix(path)}")


def _of_pattern(path: Path) -> Stamps:
    fixed = list(itertools.takewhile(lambda part: "{" not in part, path.parts))
    root = Path(*fixed)
    found = Stamps(root=root, pattern=str(path.relative_to(root)))
    if not found.fields:
        raise BadInputError(
            f"The pattern '{path}' names no column, so every galaxy would have the same file",
            expected="one such as stamps/{object_id}.jpg",
        )
    return found


def _suffix(folder: Path) -> str:
    """What the images of a folder end in, by the first of them."""
    seen: Counter[str] = Counter()
    for entry in itertools.islice(entries(folder), _LOOKED_AT):
        stem = fits_stem(entry.name)
        if stem is not None:
            seen[entry.name[len(stem) :]] += 1
        elif is_picture(entry.name):
            seen[Path(entry.name).suffix] += 1
    if not seen:
        raise BadInputError(
            f"There are no images in '{folder}' itself",
            todo="Where they lie deeper, say how: a pattern such as stamps/{field}/{object_id}.jpg",
        )
    return seen.most_common(1)[0][0]


def part_of(root: Path, files: list[str]) -> ImagePart:
    """Find out by a few of the files how all are read.

    Raises
    ------
    BadInputError
        If not one of them is there, or they are no images.
    """
    named = [file for file in files if file]
    if not named:
        raise BadInputError(f"None of the first {len(files):,} rows names a stamp")
    there = [file for file in named if _is_there(root, file)]
    if not there:
        inside(root, named[0])
        raise BadInputError(
            f"None of the first {len(files):,} stamps is there",
            given=f"the first is looked for at '{root / named[0]}'",
            todo="Say where they are with a pattern such as stamps/{object_id}.jpg",
        )
    if _EACH_BAND in there[0]:
        bands = by_wavelength(_bands(root, there[0]))
        tokens = {"tokens": {band: band for band in bands}}
        return ImagePart(layout="fits_bands", root=str(root), bands=bands, options=tokens)
    if is_picture(there[0]):
        return picture_part(root, there)
    found = find_cubes(root, there[:1], no_progress)
    if not found.parts:
        raise BadInputError(found.problems[0].reason)
    return found.parts[0]


def _is_there(root: Path, file: str) -> bool:
    """Whether there is such a file, or one of a band, and not outside the root."""
    try:
        path = inside(root, file)
    except BadInputError:
        return False
    return bool(_bands(root, file)) if _EACH_BAND in file else path.is_file()


def _bands(root: Path, file: str) -> list[str]:
    """Bands of which there is a file."""
    before, _, after = file.partition(_EACH_BAND)
    there = root.glob(f"{glob.escape(before)}*{glob.escape(after)}")
    names = (str(path.relative_to(root)) for path in there)
    tokens = (name[len(before) : len(name) - len(after)] for name in names)
    return [token for token in tokens if band_key(token) is not None]
