"""FITS files that hold all bands of an object: cubes, extensions, single images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from astro_core.datasets.bands import band_key, band_names, by_wavelength
from astro_core.datasets.readers.base import READERS, Match, ReaderSpec, Scan, ScanOptions
from astro_core.datasets.readers.fits_names import find_fits, unique_names
from astro_core.datasets.readers.fits_planes import Cube, describe_cube
from astro_core.datasets.readers.fits_sample import Sample, look
from astro_core.datasets.readers.fits_scan import Found, finish_scan
from astro_core.datasets.tables import column_names
from astro_core.domain import ImagePart, Problem, Progress
from astro_core.errors import BadInputError

_PEEK = 5


def _sniff(path: Path) -> Match | None:
    seen = look(path)
    if seen is None:
        return None
    if seen.in_sets == len(seen.files):
        return Match(score=0.2, reason="FITS files, each taken as an object of its own")
    cube = _first_cube(path, seen)
    if cube is None:
        return Match(score=0.3, reason=f"{len(seen.files):,} FITS files")
    bands = ", ".join(cube.bands)
    if len(cube.bands) == 1:
        return Match(score=seen.weight * 0.7, reason=f"FITS images in one band, {bands}")
    if seen.in_sets:
        return Match(score=seen.weight * 0.6, reason=f"FITS files, some with the bands {bands}")
    return Match(score=seen.weight * 0.93, reason=f"FITS files with the bands {bands} in each")


def _first_cube(path: Path, seen: Sample) -> Cube | None:
    """Of the first few files, one with several bands, else any image."""
    found: Cube | None = None
    for file in sorted(seen.files)[:_PEEK]:
        try:
            cube = describe_cube(path / file if path.is_dir() else path, file)
        except BadInputError:
            continue
        if found is None or len(cube.bands) > len(found.bands):
            found = cube
    return found


def find_cubes(
    root: Path, files: Sequence[str], progress: Progress, names: Mapping[str, str] | None = None
) -> Found:
    """List the objects of files that hold all their bands themselves.

    Parameters
    ----------
    names : Mapping
        How bands are called elsewhere in the same import, by key.
    """
    found = Found()
    cubes: list[tuple[str, str, Cube]] = []
    for i, (object_id, file) in enumerate(zip(unique_names(list(files)), files, strict=True)):
        progress(i, len(files), "Reading headers")
        try:
            cubes.append((object_id, file, describe_cube(root / file, file)))
        except BadInputError as error:
            if column_names(root / file):
                found.tables.append(root / file)
            else:
                found.leave_out(object_id, file, str(error))
    called = band_names(band for *_, cube in cubes for band in cube.bands) | dict(names or {})
    parts: dict[tuple[Any, ...], int] = {}
    for object_id, file, cube in cubes:
        key = _bands_and_planes(cube, called)
        part = parts.setdefault(key, len(parts))
        row = {"object_id": object_id, "file": file, "row": 0, "part": part}
        found.add_known(row, [file], cube.head)
    found.parts = [
        ImagePart(
            layout="fits_cube",
            root=str(root.resolve()),
            bands=bands,
            options={"planes": [list(plane) for plane in planes]},
        )
        for bands, planes in parts
    ]
    return found


def _bands_and_planes(
    cube: Cube, called: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]]:
    """Bands as they are called in this import, shortest wavelength first, and their planes."""
    planes = {
        called.get(band_key(band) or "", band): plane
        for band, plane in zip(cube.bands, cube.planes, strict=True)
    }
    bands = by_wavelength(planes)
    return bands, tuple(planes[band] for band in bands)


def list_fits(path: Path, progress: Progress) -> tuple[Path, list[str], list[Problem]]:
    """Folder, FITS files in it, and problems with their names; a path may be one file.

    Raises
    ------
    BadInputError
        If there is none.
    """
    progress(0, 0, "Listing FITS files")
    if path.is_file():
        return path.parent, [path.name], []
    files, problems = find_fits(path)
    if not files:
        raise BadInputError(
            f"There are no FITS files in '{path.name}'",
            expected="names that end in .fits, .fit, .fts or .fz, also with .gz, .bz2 or .xz",
        )
    return path, files, problems


def _scan(path: Path, options: ScanOptions, progress: Progress) -> Scan:
    root, files, problems = list_fits(path, progress)
    found = find_cubes(root, files, progress)
    found.problems.extend(problems)
    return finish_scan(root, found, options)


READERS.add(
    ReaderSpec(
        name="fits-cube",
        label="FITS cubes",
        description="One FITS file per object with all its bands, as planes of a cube or as "
        "extensions; also single images. Bands are read from BANDS, BAND0, FILTER or EXTNAME.",
        sniff=_sniff,
        scan=_scan,
    )
)
