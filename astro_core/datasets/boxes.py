"""The table of true boxes that lies beside a simulated dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from astro_core.domain import Dataset
from astro_core.errors import NotFoundError

BOXES = "boxes"
BACKGROUND = "background_galaxy"  # seen behind the galaxy that a stamp was taken of
BOX_COLUMNS = (
    "object_id",  # of the galaxy
    "field",  # object_id of the image it is in; a stamp is called as the galaxy it was taken of
    "file",
    "x0",  # in the array: y counts from the first stored row
    "y0",
    "x1",
    "y1",
    "x_centre",
    "y_centre",
    "ra_deg",
    "dec_deg",
    "type",  # of the galaxy, or BACKGROUND
    "mag_r",
    "radius_arcsec",
    "snr",  # 0 where the middle of the galaxy is beyond the edge
)


def write_boxes(folder: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the boxes of a dataset into its folder, as Parquet and as CSV."""
    boxes = pd.DataFrame(rows, columns=list(BOX_COLUMNS))
    boxes.to_parquet(folder / f"{BOXES}.parquet", index=False)
    boxes.to_csv(folder / f"{BOXES}.csv", index=False)


def read_boxes(dataset: Dataset) -> pd.DataFrame:
    """Read the boxes of a dataset: `BOX_COLUMNS`, one row per galaxy.

    Raises
    ------
    NotFoundError
        If nobody knows where the galaxies of this dataset are.
    """
    path = dataset.folder / f"{BOXES}.parquet"
    if not path.is_file():
        raise NotFoundError(
            f"Dataset '{dataset.name}' has no true boxes",
            expected="a simulated survey or its fields, or pictures whose boxes people drew",
            todo="Make the first with `tuning-fork demo`, or draw boxes in Classify",
        )
    return pd.read_parquet(path)
