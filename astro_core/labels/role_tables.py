"""The table of roles, as this version of the program knows it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from astro_core.labels.tables import METADATA

_NUMBER = BigInteger().with_variant(Integer, "sqlite")

ROLE_EVENTS = Table(
    "role_events",
    METADATA,
    Column("seq", _NUMBER, primary_key=True, autoincrement=True),
    *(
        Column(name, Text, nullable=False)
        for name in ("person", "role", "given_by", "at", "reason")
    ),
    sqlite_autoincrement=True,
)
Index("role_events_person", ROLE_EVENTS.c.person, ROLE_EVENTS.c.seq)
