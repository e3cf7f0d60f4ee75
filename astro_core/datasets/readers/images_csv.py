"""Pictures and a table of labels."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from astro_core.datasets.readers.base import READERS, Match, ReaderSpec, Scan, ScanOptions
from astro_core.datasets.readers.folders import labels_of_folders
from astro_core.datasets.readers.merge import Merge
from astro_core.datasets.readers.pictures import has_pictures, picture_part, subfolders
from astro_core.datasets.readers.side_tables import side_tables, with_labels
from astro_core.datasets.tables import read_table
from astro_core.domain import Progress
from astro_core.errors import BadInputError


def _sniff(path: Path) -> Match | None:
    if not path.is_dir() or not has_pictures(path):
        return None
    kinds = {table.kind: table for table in reversed(side_tables(path))}
    if "labels" in kinds:
        return Match(score=0.9, reason=f"Pictures and '{kinds['labels'].path.name}' with labels")
    if "ids" in kinds:
        beside = sum(has_pictures(folder) for folder in subfolders(path, 20)) > 1
        reason = f"Pictures and a table, '{kinds['ids'].path.name}'"
        return Match(score=0.83 if beside else 0.6, reason=reason)
    return None


def _with_folders(path: Path, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Take class and split from the folders where the tables only say other things."""
    told = labels_of_folders(path, list(catalogue["file"]))
    return catalogue.join(told[[name for name in told if name not in catalogue]])


def _scan(path: Path, options: ScanOptions, progress: Progress) -> Scan:
    progress(0, 0, "Listing pictures")
    tables = with_labels(path, options.labels)
    if not tables:
        raise BadInputError(
            f"There is no table of labels beside the pictures in '{path.name}'",
            expected="a CSV, ECSV, FITS, VOTable or Parquet table with a column such as object_id "
            "or file, and one such as label or class",
            todo="Name the table, or import the pictures without labels",
        )
    merge = Merge(path)
    for i, table in enumerate(tables):
        progress(0, 0, f"Reading {table.path.name}")
        named = options.labels is not None and i == 0
        merge.add(read_table(table.path), strict=named or table.kind == "labels")
    catalogue = merge.finish()
    if "label" not in catalogue:
        catalogue = _with_folders(path, catalogue)
        if catalogue["label"].notna().any():
            merge.notes.append("No table says a class; the names of the folders were taken.")
    return Scan(
        parts=(picture_part(path, merge.files),),
        catalogue=catalogue,
        problems=tuple(merge.problems),
        notes=tuple(merge.notes),
    )


READERS.add(
    ReaderSpec(
        name="images-csv",
        label="Pictures and a table of labels",
        description="Pictures in a folder, and a table (CSV, ECSV, FITS, VOTable or Parquet) that "
        "names each by file or identifier and says its class, group, split or position.",
        sniff=_sniff,
        scan=_scan,
    )
)
