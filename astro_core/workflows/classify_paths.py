"""Classify the pictures in files and folders, however many, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from astro_core.domain import Problem, Progress, no_progress
from astro_core.workflows.box_labels import as_boxes
from astro_core.workflows.classified import Asked, Classified
from astro_core.workflows.classify import classify_picture
from astro_core.workflows.picture_paths import pictures_at
from astro_core.workspace import Workspace


def classify_paths(
    workspace: Workspace, paths: Sequence[Path], asked: Asked, progress: Progress = no_progress
) -> Iterator[Classified | Problem]:
    """Read pictures and ask a model about the galaxies in them.

    Where a file of annotations beside a picture has its boxes, nothing is searched for.

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
        if isinstance(read, Problem):
            yield read
            continue
        boxes = None if read.boxes is None else as_boxes(read.boxes)
        yield classify_picture(workspace, read, asked, boxes=boxes)
