"""Find the galaxies in the pictures of files and folders, however many, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from astro_core.detection import FINDERS
from astro_core.detection.annotations import Annotated
from astro_core.domain import USUAL_FINDER, Problem, Progress, no_progress
from astro_core.errors import BadInputError
from astro_core.workflows.detect import find_in_picture
from astro_core.workflows.picture_paths import pictures_at
from astro_core.workflows.pictures import Picture


def detect_paths(
    paths: Sequence[Path], finder: str = USUAL_FINDER, progress: Progress = no_progress
) -> Iterator[Annotated | Problem]:
    """Find the galaxies in the pictures that somebody names.

    Parameters
    ----------
    paths : sequence of Path
        As `pictures_at` takes them.

    Yields
    ------
    Annotated or Problem

    Raises
    ------
    NotFoundError
        If there is no such finder, or one of the paths is not there.
    """
    FINDERS.get(finder)
    for read in pictures_at(paths, progress):
        yield _annotated(read, finder) if isinstance(read, Picture) else read


def _annotated(picture: Picture, finder: str) -> Annotated | Problem:
    height, width = picture.image.shape[:2]
    try:
        boxes = find_in_picture(picture, finder)
    except BadInputError as error:
        return Problem(object_id="", file=picture.name, reason=str(error))
    return Annotated(file=picture.name, width_px=width, height_px=height, boxes=boxes)


def box_table(pictures: Sequence[Annotated]) -> pd.DataFrame:
    """Write boxes as a table: file, x0, y0, x1, y1 (pixels, half-open), score; label if any."""
    corners = np.concatenate([np.empty((0, 4)), *(each.boxes.corners for each in pictures)])
    table = pd.DataFrame(corners, columns=["x0", "y0", "x1", "y1"])
    table.insert(0, "file", [each.file for each in pictures for _ in each.labels])
    table["score"] = [score for each in pictures for score in each.boxes.scores.tolist()]
    if any(each.boxes.labels for each in pictures):
        table["label"] = [label for each in pictures for label in each.labels]
    return table
