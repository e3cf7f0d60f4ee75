"""Classify the pictures in files and folders, however many, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from astro_core.domain import Problem, Progress, no_progress
from astro_core.workflows.classified import Asked, Classified
from astro_core.workflows.classify import classify_picture
from astro_core.workflows.picture_paths import pictures_at
from astro_core.workflows.pictures import Picture
from astro_core.workspace import Workspace


def classify_paths(
    workspace: Workspace, paths: Sequence[Path], asked: Asked, progress: Progress = no_progress
) -> Iterator[Classified | Problem]:
    """Read pictures and ask a model about the galaxies in them.

    Parameters
    ----------
    paths : sequence of Path
        As `pictures_at` takes them.

    Yields
    ------
    Classified or Problem

    Raises
    ------
    NotFoundError
        If one of the paths, or the model, head or finder, is not there.
    """
    for read in pictures_at(paths, progress):
        yield classify_picture(workspace, read, asked) if isinstance(read, Picture) else read
