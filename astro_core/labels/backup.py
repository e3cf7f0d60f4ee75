"""Copies of the label store, and how they come back: nothing that is there is ever replaced."""

from __future__ import annotations

import itertools
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table, func, insert, select

from astro_core.domain import LabelEvent
from astro_core.errors import BadInputError
from astro_core.labels import queue_tables, role_tables  # noqa: F401 - they are copied, too
from astro_core.labels.box_tables import BOX_EVENTS
from astro_core.labels.database import sqlite_url
from astro_core.labels.events import from_row
from astro_core.labels.tables import EVENTS, METADATA, STANDING
from astro_core.labels.taxonomy_tables import TAXONOMIES

if TYPE_CHECKING:
    from astro_core.labels.store import LabelStore

_ROWS_AT_ONCE = 5_000
_MERGED = {TAXONOMIES: ("dataset", "key", "version"), BOX_EVENTS: ("event_id",)}


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What a backup brought back.

    Attributes
    ----------
    n_events : int
        Events in the backup.
    n_new : int
        Those that were not there.
    n_kept : int
        Events that were there and are not in the backup; they stay.
    """

    n_events: int
    n_new: int
    n_kept: int


def back_up(store: LabelStore, path: Path) -> int:
    """Write the whole store into one SQLite file while others go on working.

    Returns
    -------
    int
        Events in it.

    Raises
    ------
    BadInputError
        If the file cannot be written.
    """
    half = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.unlink(missing_ok=True)
        _copy_pages(store, half) if store.url.drivername == "sqlite" else _copy_rows(store, half)
        n_events = _checked(half)
        half.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise BadInputError(
            f"The backup cannot be written to '{path}'",
            given=getattr(error, "strerror", "") or str(error),
            todo="Name another place",
        ) from None
    finally:
        with suppress(OSError):
            half.unlink()
    return n_events


def _copy_pages(store: LabelStore, half: Path) -> None:
    with store.reading() as connection, closing(sqlite3.connect(half)) as copy:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it


def _copy_rows(store: LabelStore, half: Path) -> None:
    from astro_core.labels.store import LabelStore

    copy = LabelStore(sqlite_url(half))
    try:
        with store.reading() as source, copy.writing() as target:
            for table in METADATA.sorted_tables:
                _copy_table(source, target, table)
    finally:
        copy.close()
    with closing(sqlite3.connect(half)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _copy_table(source: Connection, target: Connection, table: Table) -> None:
    columns = [c for c in table.c if c.name != "seq" or table is STANDING]
    ordered = select(*columns).order_by(*table.primary_key.columns)
    result = source.execution_options(yield_per=_ROWS_AT_ONCE).execute(ordered)
    for rows in result.mappings().partitions():
        target.execute(insert(table), [dict(row) for row in rows])


def _checked(half: Path) -> int:
    with closing(sqlite3.connect(half)) as copy:
        said = copy.execute("PRAGMA integrity_check").fetchone()[0]
        if said != "ok":
            raise sqlite3.DatabaseError(said)
        n_events = int(copy.execute(f"SELECT COUNT(*) FROM {EVENTS.name}").fetchone()[0])  # noqa: S608
    with half.open("rb+") as stream:
        os.fsync(stream.fileno())
    return n_events


def restore(store: LabelStore, path: Path) -> Restored:
    """Add what a backup holds and the store does not; nothing that is there goes.

    Queues, rules and roles come back where there are none; of made classes and of boxes, each
    that is not there.

    Raises
    ------
    BadInputError
        If the file is no backup of labels.
    """
    from astro_core.labels.store import add_events

    with _opened(path) as backup, backup.reading() as source, store.writing() as target:
        before = _count(target)
        n_events = n_new = 0
        for events in _batches(source):
            n_events += len(events)
            n_new += len(add_events(target, events))
        for table in METADATA.sorted_tables:
            empty = target.execute(select(func.count()).select_from(table)).scalar_one() == 0
            if empty and table not in (EVENTS, STANDING):
                _copy_table(source, target, table)
        for table, key in _MERGED.items():
            _add_missing(source, target, table, key)
    return Restored(n_events=n_events, n_new=n_new, n_kept=before - (n_events - n_new))


def _add_missing(source: Connection, target: Connection, table: Table, key: Sequence[str]) -> None:
    """Add rows of a table whose key is not there, in the order in which they were written."""
    columns = [c for c in table.c if c.name != "seq"]
    there = set(map(tuple, target.execute(select(*(table.c[name] for name in key)))))
    for row in source.execute(select(*columns).order_by(*table.primary_key.columns)).mappings():
        if tuple(row[name] for name in key) not in there:
            target.execute(insert(table), dict(row))


def _count(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(EVENTS)).scalar_one())


def _batches(source: Connection) -> Iterator[list[LabelEvent]]:
    ordered = select(EVENTS).order_by(EVENTS.c.seq)
    rows = source.execution_options(yield_per=_ROWS_AT_ONCE).execute(ordered).mappings()
    events = map(from_row, rows)
    while some := list(itertools.islice(events, _ROWS_AT_ONCE)):
        yield some


@contextmanager
def _opened(path: Path) -> Iterator[LabelStore]:
    """A copy of the backup, brought up to date; the file itself is only read."""
    from astro_core.labels.store import LabelStore

    if not path.is_file():
        raise BadInputError(f"There is no backup '{path}'")
    folder = Path(tempfile.mkdtemp(prefix="labels-"))
    try:
        copy = folder / "backup.sqlite"
        _take(path, copy)
        backup = LabelStore(sqlite_url(copy))
        try:
            yield backup
        finally:
            backup.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _take(path: Path, copy: Path) -> None:
    wanted = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
    address = f"{path.resolve().as_uri()}?mode=ro"
    try:
        with (
            closing(sqlite3.connect(address, uri=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            held = source.execute(wanted, (EVENTS.name,)).fetchone()[0]
            source.backup(target)
    except sqlite3.Error as error:
        raise BadInputError(f"'{path.name}' is no backup of labels", given=str(error)) from None
    if not held:
        raise BadInputError(f"'{path.name}' is no backup of labels: it holds other tables")
