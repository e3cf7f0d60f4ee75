"""The label store: events are added and never changed."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Select, func, insert, select

from astro_core.domain import LabelAction, LabelEvent, new_event_id
from astro_core.errors import ConflictError
from astro_core.labels import database
from astro_core.labels.events import from_row, to_row
from astro_core.labels.frames import read_frame
from astro_core.labels.retractions import last_act, retraction, undone_by
from astro_core.labels.schema import upgrade
from astro_core.labels.standing import (
    after_what_stands,
    bring_up_to_date,
    taken_back,
    touched,
)
from astro_core.labels.tables import EVENTS, STANDING
from astro_core.labels.trouble import told
from astro_core.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from astro_core.labels.backup import Restored

_ROWS_AT_ONCE = 500
_READ_AT_ONCE = 5_000


class LabelStore:
    """What people said about the galaxies of all datasets.

    Datasets go by the name of their folder, see ``labels.events.dataset_key``. All methods may
    be called from several threads and processes at once.

    Parameters
    ----------
    url : URL
        An SQLite file, which is made where it is not there, or a PostgreSQL database.
    wait_s : float
        How long a writer waits for others before it gives up, s.

    Raises
    ------
    LabelStoreError
        If the database cannot be opened, or was written by a newer version of the program.
    """

    def __init__(self, url: URL, *, wait_s: float = database.WAIT_S) -> None:
        self.url = url
        self.place = url.render_as_string(hide_password=True)
        self._engine = database.connect(url, wait_s=wait_s)
        try:
            with told(self.place):
                upgrade(database.writing(self._engine), self.place)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees the store as it is at one moment."""
        with told(self.place), database.reading(self._engine).connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection in a transaction that is alone in writing.

        It is committed, and on the disk, when the block ends; an error undoes it whole.
        """
        with told(self.place), database.writing(self._engine).begin() as connection:
            yield connection

    def append(self, events: Iterable[LabelEvent], *, live: bool = False) -> tuple[str, ...]:
        """Add events, all or none; they are on the disk when this returns.

        Parameters
        ----------
        live : bool
            Whether a person does this now, in one act: it then comes after what it replaces,
            even if that was said by a clock that was ahead.

        Returns
        -------
        tuple of str
            Ids of the events that are new; one that is there already is not stored twice.

        Raises
        ------
        ConflictError
            If an event of the same id is there that says something else.
        LabelStoreError
            If they could not be stored; the same call can be made again.
        """
        with self.writing() as connection:
            said = after_what_stands(connection, list(events)) if live else events
            return add_events(connection, said)

    def events(
        self,
        dataset: str,
        object_ids: Sequence[str] | None = None,
        reviewer: str | None = None,
        since: str | None = None,
    ) -> Iterator[LabelEvent]:
        """All that happened, in the order in which it was stored, a few thousand at a time.

        Parameters
        ----------
        since : str, optional
            Only what happened at this time or later, as ``domain.utc_text`` writes times.
        """
        wanted = select(EVENTS).where(EVENTS.c.dataset == dataset).order_by(EVENTS.c.seq)
        if object_ids is not None:
            wanted = wanted.where(EVENTS.c.object_id.in_(list(object_ids)))
        if reviewer is not None:
            wanted = wanted.where(EVENTS.c.reviewer == reviewer)
        if since is not None:
            wanted = wanted.where(EVENTS.c.at >= since)
        with self.reading() as connection:
            result = connection.execution_options(yield_per=_READ_AT_ONCE).execute(wanted)
            for row in result.mappings():
                yield from_row(row)

    def count(self, dataset: str) -> int:
        """Number of events of a dataset."""
        wanted = select(func.count()).select_from(EVENTS).where(EVENTS.c.dataset == dataset)
        with self.reading() as connection:
            return int(connection.execute(wanted).scalar_one())

    def revision(self, dataset: str) -> int:
        """A number that grows with every event of a dataset; 0 without any."""
        wanted = select(func.max(EVENTS.c.seq)).where(EVENTS.c.dataset == dataset)
        with self.reading() as connection:
            return int(connection.execute(wanted).scalar() or 0)

    def known(self, event_ids: Sequence[str]) -> dict[str, str]:
        """Those of the ids that are there already, with the dataset that each is about."""
        return self._of_ids(event_ids, EVENTS.c.dataset)

    def taken_back(self, event_ids: Sequence[str]) -> dict[str, str]:
        """Those of the ids that are there and were taken back, with the time of each."""
        return self._of_ids(event_ids, EVENTS.c.at, taken_back())

    def _of_ids(self, event_ids: Sequence[str], column: Any, *where: Any) -> dict[str, str]:
        wanted = select(EVENTS.c.event_id, column).where(*where)
        found: dict[str, str] = {}
        with self.reading() as connection:
            for start in range(0, len(event_ids), _ROWS_AT_ONCE):
                some = EVENTS.c.event_id.in_(event_ids[start : start + _ROWS_AT_ONCE])
                found.update(map(tuple, connection.execute(wanted.where(some))))
        return found

    def current(self, dataset: str, object_ids: Sequence[str] | None = None) -> pd.DataFrame:
        """Return each reviewer's standing answers: the last not taken back.

        Returns
        -------
        DataFrame
            object_id, reviewer, kind (answer, flag or settle), question, action, said (class or
            answer, empty for skip and flag), at, bulk, ordered by object and reviewer.
        """
        columns = [c for c in STANDING.c if c.name not in ("dataset", "seq")]
        with self.reading() as connection:
            frame = read_frame(connection, _standing(dataset, object_ids, columns))
        return frame.astype({"bulk": bool})

    def undo(
        self,
        dataset: str,
        reviewer: str,
        *,
        event_id: str | None = None,
        action: LabelAction | None = None,
    ) -> tuple[LabelEvent, ...]:
        """Take back the reviewer's last act that still stands.

        Galaxies that were labelled in one go are taken back in one go.

        Parameters
        ----------
        event_id : str, optional
            Made where the key was pressed; the same key press undoes once.
        action : str, optional
            The last act of this kind instead: "settle".

        Returns
        -------
        tuple of LabelEvent
            What was taken back; empty when there was nothing.
        """
        with self.writing() as connection:
            key = event_id or new_event_id()
            if already := undone_by(connection, key):
                return already
            last = last_act(connection, dataset, reviewer, action)
            add_events(connection, [retraction(e, key, n) for n, e in enumerate(last)])
            return last

    def backup(self, path: Path) -> int:
        """Write all of it into one file and return the number of events; see `labels.backup`."""
        from astro_core.labels.backup import back_up

        return back_up(self, path)

    def restore(self, path: Path) -> Restored:
        """Add what a backup holds and is not here; see `labels.backup`."""
        from astro_core.labels.backup import restore

        return restore(self, path)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def _standing(dataset: str, object_ids: Sequence[str] | None, columns: list[Any]) -> Select[Any]:
    s = STANDING.c
    wanted = select(*columns).where(s.dataset == dataset)
    if object_ids is not None:
        wanted = wanted.where(s.object_id.in_(list(object_ids)))
    return wanted.order_by(s.object_id, s.reviewer, s.kind, s.question)


def add_events(connection: Connection, events: Iterable[LabelEvent]) -> tuple[str, ...]:
    """Add events in a transaction that is open for writing; see `LabelStore.append`."""
    rows: dict[str, dict[str, Any]] = {}
    for row in map(to_row, events):
        if rows.setdefault(row["event_id"], row) != row:
            raise _says_otherwise(row["event_id"])
    every, added = list(rows.values()), []
    for start in range(0, len(every), _ROWS_AT_ONCE):
        added += _add_some(connection, every[start : start + _ROWS_AT_ONCE])
    return tuple(row["event_id"] for row in added)


def _add_some(connection: Connection, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ids = [row["event_id"] for row in rows]
    found = connection.execute(select(EVENTS).where(EVENTS.c.event_id.in_(ids))).mappings()
    there = {found_row["event_id"]: to_row(from_row(found_row)) for found_row in found}
    for row in rows:
        if there.get(row["event_id"], row) != row:
            raise _says_otherwise(row["event_id"])
    new = [row for row in rows if row["event_id"] not in there]
    if new:
        connection.execute(insert(EVENTS), new)
        bring_up_to_date(connection, touched(connection, new))
    return new


def _says_otherwise(event_id: str) -> ConflictError:
    return ConflictError(
        f"A label event with the id '{event_id}' is there already and says something else",
        todo="Give a new event a new id: what was said once is never changed",
    )


@functools.lru_cache(maxsize=8)
def _opened(url: URL) -> LabelStore:
    return LabelStore(url)


def open_store(workspace: Workspace) -> LabelStore:
    """Open the label store of a workspace, or the one that ``TUNINGFORK_DATABASE`` names.

    It is opened once per process and kept.
    """
    return _opened(database.database_url(workspace))


def forget_store(workspace: Workspace) -> None:
    """Close what `open_store` keeps of a workspace in this process: its file is about to go."""
    open_store(workspace).close()
    _opened.cache_clear()
