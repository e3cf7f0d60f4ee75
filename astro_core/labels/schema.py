"""Bring a label store up to what this version of the program knows."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, select

from astro_core.labels.tables import VERSION
from astro_core.labels.trouble import LabelStoreError

HEAD = "0007"
_SCRIPTS = Path(__file__).with_name("migrations")


def upgrade(engine: Engine, place: str) -> None:
    """Make or bring up to date the tables, once, whoever comes first.

    Raises
    ------
    LabelStoreError
        If the database was written by a version of the program that is not known here.
    """
    with engine.execution_options(writes=False).connect() as connection:
        if version_of(connection) == HEAD:
            return
    with engine.begin() as connection:
        found = version_of(connection)
        if found != HEAD:
            _migrate(connection, found, place)


def version_of(connection: Connection) -> str:
    """The revision of a database's tables; empty where there are none."""
    if not inspect(connection).has_table(VERSION.name):
        return ""
    return connection.execute(select(VERSION.c.version_num)).scalar() or ""


def _migrate(connection: Connection, found: str, place: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found and found not in known:
        raise LabelStoreError(
            "The label store was written by a version of the program that is not known here",
            expected=f"revision {HEAD} or older",
            given=f"revision {found} in {place}",
            todo="Update the program",
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
