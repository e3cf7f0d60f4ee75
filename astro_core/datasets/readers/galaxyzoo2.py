"""Galaxy Zoo 2: pictures by asset_id, the mapping to SDSS objects, and the vote tables."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from astro_core.datasets.columns import plain
from astro_core.datasets.gz2 import (
    GZ2_CLASSES,
    VoteColumns,
    gz2_taxonomy,
    simplify_gz2_classes,
)
from astro_core.datasets.readers.base import READERS, Match, ReaderSpec, Scan, ScanOptions
from astro_core.datasets.readers.merge import Merge
from astro_core.datasets.readers.pictures import has_pictures, picture_part
from astro_core.datasets.readers.side_tables import (
    SideTable,
    gz2_votes,
    side_tables,
    with_labels,
)
from astro_core.datasets.tables import TableFile, read_table
from astro_core.domain import Progress, Taxonomy
from astro_core.errors import BadInputError

_LEFT_OUT = re.compile(r"t\d\d_.*_(count|weight|flag)")
_ORDER = {"labels": 0, "ids": 1, "gz2": 2}


def _is_mapping(table: SideTable) -> bool:
    return "assetid" in {plain(name) for name in table.names}


def _sniff(path: Path) -> Match | None:
    if not path.is_dir() or not has_pictures(path):
        return None
    tables = side_tables(path)
    votes = [table for table in tables if table.kind == "gz2"]
    if not votes:
        return None
    mapped = [table for table in tables if table.kind == "ids" and _is_mapping(table)]
    also = f" and the mapping '{mapped[0].path.name}'" if mapped else ""
    return Match(score=0.96, reason=f"Pictures, the votes of '{votes[0].path.name}'{also}")


def _read(table: SideTable) -> TableFile:
    read = read_table(table.path, lambda name: _LEFT_OUT.fullmatch(name) is None)
    kept = [name for name in read.frame.columns if _LEFT_OUT.fullmatch(str(name)) is None]
    return TableFile(path=read.path, frame=read.frame[kept], notes=read.notes)


def _scan(path: Path, options: ScanOptions, progress: Progress) -> Scan:
    progress(0, 0, "Listing pictures")
    tables = with_labels(path, options.labels)
    votes = [table for table in tables if table.kind == "gz2"]
    if not votes:
        raise BadInputError(
            f"There is no Galaxy Zoo 2 table beside the pictures in '{path.name}'",
            expected="a table with gz2_class, or columns such as "
            "t01_smooth_or_features_a01_smooth_debiased",
        )
    merge = Merge(path)
    for table in sorted(tables, key=lambda t: _ORDER.get(t.kind, 3)):
        progress(0, 0, f"Reading {table.path.name}")
        merge.add(_read(table), strict=table.kind == "labels")
    catalogue = _with_labels(merge.finish(), merge.notes)
    return Scan(
        parts=(picture_part(path, merge.files),),
        catalogue=catalogue,
        taxonomy=_taxonomy(catalogue, gz2_votes(list(catalogue.columns))),
        problems=tuple(merge.problems),
        notes=tuple(merge.notes),
    )


def _with_labels(catalogue: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Give objects without a label of their own the readable class of their string."""
    column = next((c for c in catalogue.columns if plain(str(c)) == "gz2class"), None)
    if column is None:
        return catalogue
    simple, odd = simplify_gz2_classes(catalogue[column])
    unread = int((catalogue[column].notna() & simple.isna()).sum())
    if unread:
        notes.append(f"{unread:,} strings in {column} do not follow the code and gave no label.")
    out = catalogue.assign(gz2_odd_feature=odd)
    out["label"] = out["label"].where(out["label"].notna(), simple) if "label" in out else simple
    return out


def _taxonomy(catalogue: pd.DataFrame, kind: VoteColumns | None) -> Taxonomy:
    """Classes in the order of the tree, and the tree where there are votes."""
    labels = set(catalogue["label"].dropna()) if "label" in catalogue else set()
    own = labels <= {c.name for c in GZ2_CLASSES}
    classes = tuple(c for c in GZ2_CLASSES if c.name in labels) if own else ()
    if kind is not None:
        return gz2_taxonomy(classes, kind)
    return Taxonomy(name="galaxy_zoo_2", classes=classes)


READERS.add(
    ReaderSpec(
        name="galaxy-zoo-2",
        label="Galaxy Zoo 2",
        description="Pictures named by asset_id, gz2_filename_mapping and a vote table in the "
        "columns of Hart et al. 2016; gz2_class strings become readable classes.",
        sniff=_sniff,
        scan=_scan,
    )
)
