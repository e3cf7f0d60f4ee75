"""The table of what people did with boxes, as this version of the program knows it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from astro_core.labels.tables import METADATA

_NUMBER = BigInteger().with_variant(Integer, "sqlite")

BOX_EVENTS = Table(
    "box_events",
    METADATA,
    Column("seq", _NUMBER, primary_key=True, autoincrement=True),
    *(
        Column(name, Text, nullable=False)
        for name in (
            "event_id", "picture", "name", "reviewer", "at", "finder", "before", "after", "undoes",
        )
    ),
    sqlite_autoincrement=True,
)  # fmt: skip
Index("box_events_id", BOX_EVENTS.c.event_id, unique=True)
Index("box_events_picture", BOX_EVENTS.c.picture, BOX_EVENTS.c.seq)
