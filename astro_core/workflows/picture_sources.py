"""Which files of an upload make which pictures; nothing but headers is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from astro_core.datasets.archives import ArchiveLimits, is_archive, unpack
from astro_core.datasets.layouts import LAYOUTS, inside
from astro_core.datasets.layouts.fits_io import fits_stem
from astro_core.datasets.layouts.picture import is_picture, picture_head
from astro_core.datasets.readers.fits_bands import find_objects
from astro_core.datasets.readers.fits_names import walk
from astro_core.datasets.readers.fits_sky import read_head
from astro_core.datasets.readers.pictures import picture_part
from astro_core.domain import ImagePart, Pixels, Problem, Progress
from astro_core.errors import BadInputError
from astro_core.workflows.annotations import may_be_annotations
from astro_core.workflows.uploads import PictureLimits


@dataclass(frozen=True, kw_only=True)
class Source:
    """A picture that can be read.

    Attributes
    ----------
    name : str
        Name of its file; of bands in separate files what their names share.
    row : Mapping
        What its layout needs to find it below the part's root, and what its header said.
    """

    name: str
    part: ImagePart
    row: Mapping[str, Any]

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it is read from, below the part's root."""
        return LAYOUTS.get(self.part.layout).files(self.part, self.row)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The same as paths.

        Raises
        ------
        BadInputError
            If one leads outside the root.
        """
        return tuple(inside(Path(self.part.root), file) for file in self.files)

    def check_size(self, max_values: int) -> None:
        """Refuse a picture that would be too large, on its header's word.

        A header that cannot be read passes: reading it says what is wrong.

        Raises
        ------
        BadInputError
            If it has more than `max_values` pixels times bands.
        """
        height, width = self.shape()
        n_values = height * width * len(self.part.bands)
        if n_values > max_values:
            raise BadInputError(
                f"'{self.name}' is too large to be looked at",
                expected=f"at most {max_values // len(self.part.bands):,} pixels",
                given=f"{width:,} x {height:,}",
                todo="Cut out what matters, or make it smaller",
            )

    def shape(self) -> tuple[int, int]:
        """Height and width, on the header's word; zeros where it cannot be read."""
        if self.part.layout == "picture":
            picture = picture_head(self.paths[0])
            return (picture.height, picture.width) if picture else (0, 0)
        fits = read_head(self.paths[0], self.files[0])
        return fits.shape[1], fits.shape[2]

    def read(self) -> Pixels:
        """Read the pixels.

        Raises
        ------
        BadInputError
            If they cannot be used.
        """
        return LAYOUTS.get(self.part.layout).read(Path(self.part.root), self.part, self.row)


def find_sources(
    path: Path,
    unpacked: Path,
    limits: PictureLimits,
    progress: Progress,
    only: Sequence[str] = (),
) -> tuple[list[Source], list[Path], list[Problem]]:
    """List the pictures in a folder, an archive or a file, and files that may hold their boxes.

    Parameters
    ----------
    only : sequence of str
        Files of the folder that are meant; all by default.
    unpacked : Path
        An empty folder for what archives hold; it must last until the sources are read.
    """
    problems: list[Problem] = []
    root = path.parent if path.is_file() else path
    given = only or ([path.name] if path.is_file() else walk(path, problems=problems))
    files = sorted(given)
    sources = _loose(root, files, problems, progress)
    boxes = _boxes(root, files)
    for number, file in enumerate(f for f in files if _may_be_archive(f)):
        into = unpacked / str(number)
        try:
            inner = _unpack(root / file, into, limits, problems, progress)
        except BadInputError as error:
            problems.append(Problem(object_id="", file=file, reason=str(error)))
        else:
            packed = sorted(walk(inner))
            sources.extend(_loose(inner, packed, problems, progress))
            boxes.extend(_boxes(inner, packed))
    return sources, boxes, problems


def _boxes(root: Path, files: Sequence[str]) -> list[Path]:
    return [root / file for file in files if may_be_annotations(file)]


def _may_be_archive(file: str) -> bool:
    return not (is_picture(file) or fits_stem(file) is not None or may_be_annotations(file))


def _unpack(
    path: Path, into: Path, limits: PictureLimits, problems: list[Problem], progress: Progress
) -> Path:
    if not is_archive(path):
        raise BadInputError(
            f"'{path.name}' is not something to look at",
            expected="JPEG, PNG, TIFF or FITS, or a ZIP or TAR archive of them",
        )
    allowed = ArchiveLimits(max_bytes=limits.max_unpacked, max_files=limits.max_files)
    return unpack(path, into, progress, limits=allowed, problems=problems)


def _loose(
    root: Path, files: Sequence[str], problems: list[Problem], progress: Progress
) -> list[Source]:
    """List what lies in a folder as it is."""
    sources = [
        Source(
            name=file,
            part=picture_part(root, [file]),
            row={"object_id": file, "file": file, "row": 0},
        )
        for file in files
        if is_picture(file)
    ]
    fits = [file for file in files if fits_stem(file) is not None]
    found = find_objects(root, fits, progress)
    problems.extend(found.problems)
    for table in found.tables:
        reason = f"'{table.name}' holds a table and no image"
        problems.append(Problem(object_id="", file=table.name, reason=reason))
    for row in found.rows:
        part = found.parts[int(row["part"])]
        made_of = LAYOUTS.get(part.layout).files(part, row)
        name = made_of[0] if len(made_of) == 1 else str(row["object_id"])
        sources.append(Source(name=name, part=part, row=row))
    return sources
