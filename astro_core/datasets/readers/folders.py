"""A folder per class, or pictures without any label."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from astro_core.datasets.positions import split_name
from astro_core.datasets.readers.base import READERS, Match, ReaderSpec, Scan, ScanOptions
from astro_core.datasets.readers.pictures import (
    find_pictures,
    has_pictures,
    picture_part,
    subfolders,
    unique_ids,
)
from astro_core.domain import Progress
from astro_core.errors import BadInputError

_PLAIN_NAMES = frozenset({"images", "image", "img", "imgs", "pictures", "data", "files", "jpg"})


def _is_split_folders(folders: list[Path]) -> bool:
    """Whether these are train and test with a folder per class in each."""
    return bool(folders) and all(
        split_name(f.name) is not None and any(has_pictures(b, 1) for b in subfolders(f, 5))
        for f in folders
    )


def _sniff(path: Path) -> Match | None:
    if not path.is_dir():
        return None
    folders = [f for f in subfolders(path, 60) if has_pictures(f)]
    if _is_split_folders(folders):
        names = ", ".join(f.name for f in folders[:4])
        return Match(score=0.85, reason=f"{names}, each with a folder of pictures per class")
    if len(folders) > 1:
        names = ", ".join(f.name for f in folders[:4])
        more = " and more" if len(folders) > 4 else ""
        return Match(score=0.8, reason=f"{len(folders)} folders with pictures: {names}{more}")
    if folders and folders[0].name.lower() not in _PLAIN_NAMES:
        return Match(score=0.4, reason=f"One folder with pictures, '{folders[0].name}'")
    if has_pictures(path):
        return Match(score=0.3, reason="Pictures without labels")
    return None


def labels_of_folders(path: Path, files: Sequence[str]) -> pd.DataFrame:
    """Class and split of each file, as its folders tell them.

    Returns
    -------
    DataFrame
        Columns label and split, missing where the folders say nothing.
    """
    parts = [file.split("/")[:-1] for file in files]
    if _is_split_folders([f for f in subfolders(path, 60) if has_pictures(f)]):
        splits = [split_name(p[0]) if p else None for p in parts]
        parts = [p[1:] for p in parts]
    else:
        splits = [None] * len(files)
    tops = [p[0] if p else None for p in parts]
    if {top.lower() for top in tops if top is not None} <= _PLAIN_NAMES:
        tops = [None] * len(files)
    return pd.DataFrame(
        {"label": pd.Series(tops, dtype="str"), "split": pd.Series(splits, dtype="str")}
    )


def _scan(path: Path, options: ScanOptions, progress: Progress) -> Scan:
    progress(0, 0, "Listing pictures")
    files, problems = find_pictures(path)
    if not files:
        raise BadInputError(
            f"There are no pictures in '{path.name}'",
            expected="a folder per class with JPEG, PNG or TIFF files",
        )
    catalogue = pd.DataFrame(
        {"object_id": unique_ids(files), "part": 0, "file": files, "row": 0}
    ).join(labels_of_folders(path, files))
    catalogue["ra_deg"], catalogue["dec_deg"] = np.nan, np.nan
    unlabelled = int(catalogue["label"].isna().sum())
    notes = []
    if unlabelled:
        notes.append(f"{unlabelled:,} pictures lie in no class folder; they have no label.")
    if options.labels is not None:
        notes.append(f"{options.labels.name} was not used: the folders say the classes.")
    return Scan(
        parts=(picture_part(path, files),),
        catalogue=catalogue,
        problems=tuple(problems),
        notes=tuple(notes),
    )


READERS.add(
    ReaderSpec(
        name="folders",
        label="Folder per class",
        description="Pictures in one folder per class, also below train, validation and test; "
        "pictures that lie in no class folder come without a label.",
        sniff=_sniff,
        scan=_scan,
    )
)
