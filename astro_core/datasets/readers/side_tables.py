"""Tables that lie beside pictures, and what kind each of them is."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from astro_core.datasets.columns import plain, recognise
from astro_core.datasets.gz2 import VOTE_COLUMNS, VoteColumns, challenge_columns, gz2_columns
from astro_core.datasets.readers.pictures import entries, refusal
from astro_core.datasets.tables import TABLE_SUFFIXES, column_names, table_suffix

TableKind = Literal["challenge", "gz2", "labels", "ids", "other"]
_MAX_TABLES = 12
_MAX_FITS = 4
_ENDINGS = (*TABLE_SUFFIXES, *(f"{suffix}.gz" for suffix in TABLE_SUFFIXES))
_CHALLENGE = {plain(column) for row in challenge_columns() for column in row}


@dataclass(frozen=True, kw_only=True)
class SideTable:
    """A table found beside pictures.

    Attributes
    ----------
    kind : str
        "challenge": the 37 columns of the Galaxy Challenge; "gz2": vote columns or class
        strings of Galaxy Zoo 2; "labels": says a class; "ids": names objects or files and says
        something else of them; "other": nothing that can be attached to pictures.
    """

    path: Path
    names: tuple[str, ...]
    kind: TableKind


def gz2_votes(names: Sequence[str]) -> VoteColumns | None:
    """Which of the vote columns of Hart et al. 2016 a table has for the first question."""
    known = set(names)
    return next((k for k in VOTE_COLUMNS if known.issuperset(gz2_columns(k)[0][1:])), None)


def kind_of(names: Sequence[str]) -> TableKind:
    """Say from its column names what kind of table it is."""
    short = {plain(name) for name in names}
    if len(short & _CHALLENGE) >= 30:
        return "challenge"
    if gz2_votes(names) is not None or "gz2class" in short:
        return "gz2"
    roles = recognise(names)
    if roles.object_id is None and roles.file is None:
        return "other"
    return "labels" if roles.label is not None else "ids"


def describe_table(path: Path) -> SideTable:
    """Look at the header of a table."""
    names = column_names(path)
    return SideTable(path=path, names=names, kind=kind_of(names))


def side_tables(folder: Path) -> list[SideTable]:
    """Tables that lie directly in a folder, labels first; FITS only where there are few."""
    inside = f"{folder.resolve()}{os.sep}"
    named = [e for e in entries(folder) if e.name.lower().endswith(_ENDINGS)]
    found = sorted(Path(e.path) for e in named if not refusal(e, inside))
    fits = {p for p in found if table_suffix(p) in (".fits", ".fit")}
    chosen = [p for p in found if p not in fits or len(fits) <= _MAX_FITS]
    tables = [describe_table(path) for path in chosen[:_MAX_TABLES] if path.is_file()]
    order = ("labels", "challenge", "gz2", "ids")
    return sorted((t for t in tables if t.kind != "other"), key=lambda t: order.index(t.kind))


def with_labels(folder: Path, labels: Path | None) -> list[SideTable]:
    """Tables to use, the one that a person named first."""
    beside = side_tables(folder)
    if labels is None:
        return beside
    own = [t for t in beside if t.path.resolve() != labels.resolve()]
    return [describe_table(labels), *own]
