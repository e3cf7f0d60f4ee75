"""The pictures in files, folders and archives, however many, one at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from astro_core.domain import Problem, Progress, no_progress
from astro_core.errors import NotFoundError
from astro_core.workflows.pictures import Picture, each_picture


def pictures_at(
    paths: Sequence[Path], progress: Progress = no_progress
) -> Iterator[Picture | Problem]:
    """Read the pictures that somebody names.

    FITS files of one folder that differ in the name of the band alone are one picture, whether
    they are named one by one or with their folder.

    Parameters
    ----------
    paths : sequence of Path
        Files, folders and archives.

    Yields
    ------
    Picture or Problem
        Its `name` or `file` is its path as it was named here.

    Raises
    ------
    NotFoundError
        If one of the paths is not there.
    """
    for path in paths:
        if not path.exists():
            raise NotFoundError(f"There is no file or folder '{path}'")
    for folder, only in _folders(paths):
        for read in each_picture(folder, only=only, progress=progress):
            if isinstance(read, Picture):
                yield replace(read, name=str(folder / read.name))
            else:
                yield replace(read, file=str(folder / read.file))


def _folders(paths: Sequence[Path]) -> Iterator[tuple[Path, Sequence[str]]]:
    """Group files by their folders, so that bands in separate files are seen together."""
    files = defaultdict(list)
    for path in paths:
        if path.is_file():
            files[path.parent].append(path.name)
        else:
            yield path, ()
    yield from files.items()
