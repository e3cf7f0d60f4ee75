"""The Galaxy Challenge: pictures by GalaxyID and 37 vote fractions."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from astro_core.datasets.gz2 import CHALLENGE_TREE, challenge_columns
from astro_core.datasets.readers.base import READERS, Match, ReaderSpec, Scan, ScanOptions
from astro_core.datasets.readers.merge import Merge
from astro_core.datasets.readers.pictures import has_pictures, picture_part
from astro_core.datasets.readers.side_tables import SideTable, side_tables, with_labels
from astro_core.datasets.tables import TableFile, read_table
from astro_core.domain import Progress
from astro_core.errors import BadInputError

_COLUMNS = [column for row in challenge_columns() for column in row]


def _sniff(path: Path) -> Match | None:
    if not path.is_dir() or not has_pictures(path):
        return None
    votes = [table for table in side_tables(path) if table.kind == "challenge"]
    if not votes:
        return None
    return Match(score=0.96, reason=f"Pictures and the votes of '{votes[0].path.name}'")


def _checked(table: TableFile) -> TableFile:
    """Give the columns their official names, and refuse what are no fractions."""
    short = {name.lower(): name for name in table.frame.columns}
    frame = table.frame.rename(
        columns={short[c.lower()]: c for c in _COLUMNS if c.lower() in short}
    )
    missing = [c for c in _COLUMNS if c not in frame]
    if missing:
        raise BadInputError(
            f"'{table.path.name}' lacks columns of the Galaxy Challenge",
            expected="GalaxyID and Class1.1 to Class11.6",
            given=f"no {', '.join(missing[:5])}",
        )
    votes = frame[_COLUMNS].apply(pd.to_numeric, errors="coerce")
    impossible = (votes < 0) | (votes > 1.0001)
    frame[_COLUMNS] = votes.mask(impossible)
    bad = int(impossible.any(axis=1).sum())
    note = f"{bad:,} rows of {table.path.name} hold votes outside 0 to 1; those were left empty."
    return TableFile(
        path=table.path, frame=frame, notes=(*table.notes, note) if bad else table.notes
    )


def _read(table: SideTable) -> TableFile:
    return _checked(read_table(table.path)) if table.kind == "challenge" else read_table(table.path)


def _scan(path: Path, options: ScanOptions, progress: Progress) -> Scan:
    progress(0, 0, "Listing pictures")
    tables = with_labels(path, options.labels)
    if not any(table.kind == "challenge" for table in tables):
        raise BadInputError(
            f"There is no table of votes beside the pictures in '{path.name}'",
            expected="training_solutions_rev1.csv with GalaxyID and Class1.1 to Class11.6",
        )
    merge = Merge(path)
    for table in tables:
        progress(0, 0, f"Reading {table.path.name}")
        merge.add(_read(table), strict=table.kind == "labels")
    return Scan(
        parts=(picture_part(path, merge.files),),
        catalogue=merge.finish(),
        taxonomy=CHALLENGE_TREE,
        problems=tuple(merge.problems),
        notes=tuple(merge.notes),
    )


READERS.add(
    ReaderSpec(
        name="galaxy-challenge",
        label="Galaxy Challenge",
        description="Pictures named by GalaxyID and training_solutions_rev1.csv with its 37 vote "
        "fractions; labels in another table beside them are attached too.",
        sniff=_sniff,
        scan=_scan,
    )
)
