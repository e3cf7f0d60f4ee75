"""Where the galaxies of a dataset's pictures are: a simulation knows it, or people said so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from astro_core.datasets.boxes import read_boxes
from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import workspace_of
from astro_core.detection.annotations import GALAXY
from astro_core.domain import Dataset, MarkedBox
from astro_core.errors import NotFoundError
from astro_core.workflows.box_labels import corrected_boxes
from astro_core.workflows.kept_pictures import PICTURES

COLUMNS = ("x0", "y0", "x1", "y1", "type", "snr")


def drawn_by_people(dataset: Dataset) -> bool:
    """Whether people said where the galaxies of a dataset are, not a simulation."""
    return dataset.source.reader == PICTURES.reader


def known_boxes(dataset: Dataset) -> Mapping[str, pd.DataFrame]:
    """Read where the galaxies of pictures are, as it is known now.

    Returns
    -------
    Mapping of str to DataFrame
        By object_id, for the pictures whose galaxies are known, those without a galaxy too:
        x0, y0, x1, y1 in px of the stored array, type, and snr, the signal to noise. It is
        infinite where a person said that there is a galaxy, and 0 where a finder did and nobody
        said whether that is right, or where the middle of the galaxy is beyond the edge.

    Raises
    ------
    NotFoundError
        If it is known of no picture.
    """
    return _drawn(dataset) if drawn_by_people(dataset) else _simulated(dataset)


def _simulated(dataset: Dataset) -> Mapping[str, pd.DataFrame]:
    boxes = read_boxes(dataset)
    columns = boxes[list(COLUMNS)]
    by_picture = dict(tuple(columns.groupby(boxes["field"])))
    none = columns.iloc[:0]
    names = read_catalogue(dataset, ["object_id"])["object_id"]
    return {name: by_picture.get(name, none) for name in names}


def _drawn(dataset: Dataset) -> Mapping[str, pd.DataFrame]:
    catalogue = read_catalogue(dataset, ["object_id", "sha256"]).dropna()
    digests = dict(zip(catalogue["object_id"], catalogue["sha256"], strict=True))
    standing = corrected_boxes(workspace_of(dataset), list(digests.values()))
    if not standing:
        raise NotFoundError(
            f"Nobody says where the galaxies in the pictures of '{dataset.name}' are",
            todo="Draw boxes in Classify, or say there that they are right",
        )
    return {name: _frame(standing[of]) for name, of in digests.items() if of in standing}


def _frame(boxes: Sequence[MarkedBox]) -> pd.DataFrame:
    rows = [(*box.corners, GALAXY, np.inf if box.by == "person" else 0.0) for box in boxes]
    return pd.DataFrame(rows, columns=list(COLUMNS))
