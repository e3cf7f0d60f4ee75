"""The catalogue of a dataset: one row per object, columnar on disk, read column by column."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from astro_core.domain import Dataset

REQUIRED_COLUMNS = (
    "object_id",  # str, unique
    "part",  # int: index into Dataset.parts
    "file",  # str: path below the part's root; "{band}" in it stands for each band
    "row",  # int: row inside the file for layouts that hold many, else 0
    "label",  # str or None: the class as imported
    "split",  # str or None: train, validation or test
    "group",  # str: objects with one group never straddle a split
    "ra_deg",  # float, NaN where unknown
    "dec_deg",  # float, NaN where unknown
    "width_px",  # int
    "height_px",  # int
    "content",  # str: hash of the image content
    "duplicate_of",  # str or None: first object with the same content
)


def catalogue_path(dataset: Dataset) -> Path:
    """Where the catalogue of this state of the dataset is; the fingerprint names it."""
    return dataset.folder / f"catalogue-{dataset.fingerprint}.parquet"


def catalogue_schema(dataset: Dataset) -> pa.Schema:
    """Column names and types, without reading the rows."""
    return pq.read_schema(catalogue_path(dataset))


def read_catalogue(dataset: Dataset, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read the catalogue, or only some columns of it, in its stored order."""
    frame: pd.DataFrame = pq.read_table(
        catalogue_path(dataset), columns=None if columns is None else list(columns)
    ).to_pandas()
    return frame


def write_catalogue(path: Path, catalogue: pd.DataFrame) -> None:
    """Write a catalogue with the required columns first.

    Raises
    ------
    KeyError
        If a required column is missing.
    """
    others = [c for c in catalogue.columns if c not in REQUIRED_COLUMNS]
    ordered = catalogue[[*REQUIRED_COLUMNS, *others]]
    table = pa.Table.from_pandas(ordered, preserve_index=False)
    pq.write_table(table, path, compression="zstd", row_group_size=65_536)


def read_problems(dataset: Dataset) -> pd.DataFrame:
    """Everything that was wrong at import: object_id, file, reason."""
    path = dataset.folder / f"problems-{dataset.fingerprint}.parquet"
    frame: pd.DataFrame = pq.read_table(path).to_pandas()
    return frame
