"""Classify the pictures in files and folders, however many, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from astro_core.domain import Problem, Progress, no_progress
from astro_core.errors import BadInputError
from astro_core.workflows.box_labels import as_boxes
from astro_core.workflows.classified import Asked, Classified
from astro_core.workflows.classify import classify_picture
from astro_core.workflows.classify_model import open_classifier
from astro_core.workflows.picture_paths import pictures_at
from astro_core.workflows.pictures import Picture
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
    BadInputError
        If the model cannot be read.
    """
    open_classifier(workspace, asked.model)
    for read in pictures_at(paths, progress):
        yield _classified(workspace, read, asked) if isinstance(read, Picture) else read


def _classified(workspace: Workspace, picture: Picture, asked: Asked) -> Classified | Problem:
    boxes = None if picture.boxes is None else as_boxes(picture.boxes)
    try:
        return classify_picture(workspace, picture, asked, boxes=boxes)
    except BadInputError as error:
        return Problem(object_id="", file=picture.name, reason=str(error))
