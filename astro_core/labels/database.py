"""Where labels are kept: an SQLite file in the workspace, or a PostgreSQL server."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError

from astro_core.errors import BadInputError
from astro_core.labels.place import ENVIRONMENT_VARIABLE, FILE_NAME
from astro_core.workspace import Workspace

WAIT_S = 30.0  # how long a writer waits for others
_DRIVERS = ("sqlite", "postgresql+psycopg")
_WRITERS_LOCK = 0x7F0_12AB  # any number, the same for all writers of a database


def database_url(workspace: Workspace) -> URL:
    """Return the database that ``TUNINGFORK_DATABASE`` names, or the workspace's own file.

    Raises
    ------
    BadInputError
        If the variable names none, or a kind of database that is not supported.
    """
    named = os.environ.get(ENVIRONMENT_VARIABLE, "").strip()
    if not named:
        return sqlite_url(workspace.labels / FILE_NAME)
    try:
        url = make_url(named)
    except ArgumentError:
        raise _no_database("something else") from None
    if url.drivername not in _DRIVERS or (url.drivername == "sqlite" and not url.database):
        raise _no_database(url.render_as_string(hide_password=True))
    return url


def _no_database(given: str) -> BadInputError:
    return BadInputError(
        f"{ENVIRONMENT_VARIABLE} names no database for labels",
        expected="sqlite:////folder/labels.sqlite or postgresql+psycopg://user@host/name",
        given=given,
    )


def sqlite_url(path: Path) -> URL:
    """The address of an SQLite file."""
    return URL.create("sqlite", database=str(path))


def connect(url: URL, *, wait_s: float = WAIT_S) -> Engine:
    """Make the engine of a database; nothing is opened before the first use.

    Parameters
    ----------
    wait_s : float
        How long to wait for other writers, s.
    """
    if url.drivername == "sqlite":
        with suppress(OSError):  # opening the file says it better
            Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, connect_args={"timeout": wait_s})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        options = {"connect_timeout": max(2, round(wait_s))}
        engine = create_engine(url, connect_args=options, pool_pre_ping=True)
        event.listen(engine, "begin", lambda c: _begin_postgresql(c, wait_s))
    return engine


def reading(engine: Engine) -> Engine:
    """The same engine, for transactions that read: all queries of one see the same moment."""
    if engine.name == "sqlite":  # it does so by itself
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def writing(engine: Engine) -> Engine:
    """The same engine, for transactions that write: one at a time, each waits for the others."""
    return engine.execution_options(writes=True)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say, see _begin_sqlite
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # a commit is on the disk when it returns
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: Connection, wait_s: float) -> None:
    if not connection.get_execution_options().get("writes"):
        return
    # Writers in turn, so that row numbers grow in the order in which others see them.
    connection.execute(text(f"SET LOCAL lock_timeout = {round(wait_s * 1000)}"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITERS_LOCK})
