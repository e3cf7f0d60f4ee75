"""The tables of the label store, as this version of the program knows them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    literal_column,
)

METADATA = MetaData()
_NUMBER = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER is SQLite's own row number
_TEXT_COLUMNS = (
    "event_id", "dataset", "object_id", "action", "class_name", "question", "answer", "reviewer",
    "at", "taxonomy", "fingerprint", "batch_id", "comment", "suggested_class", "model_id",
    "retracts",
)  # fmt: skip

EVENTS = Table(
    "label_events",
    METADATA,
    Column("seq", _NUMBER, primary_key=True, autoincrement=True),
    *(Column(name, Text, nullable=False) for name in _TEXT_COLUMNS),
    Column("taxonomy_version", Integer, nullable=False),
    Column("suggested_probability", Float(53)),
    Column("shown", Boolean(create_constraint=False), nullable=False),
    Column("seconds", Float(53)),
    sqlite_autoincrement=True,
)
Index("label_events_id", EVENTS.c.event_id, unique=True)
Index("label_events_object", EVENTS.c.dataset, EVENTS.c.object_id, EVENTS.c.reviewer)
Index("label_events_order", EVENTS.c.dataset, EVENTS.c.seq)
Index("label_events_reviewer", EVENTS.c.dataset, EVENTS.c.reviewer, EVENTS.c.seq)
for _name in ("retracts", "batch_id"):  # few events have one
    Index(
        f"label_events_{_name}",
        EVENTS.c[_name],
        sqlite_where=EVENTS.c[_name] != "",
        postgresql_where=EVENTS.c[_name] != "",
    )

STANDING = Table(
    "label_standing",  # what follows from the events; can be made again from them
    METADATA,
    *(
        Column(name, String, primary_key=True)
        for name in ("dataset", "object_id", "reviewer", "taxonomy", "kind", "question")
    ),
    Column("action", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("bulk", Boolean(create_constraint=False), nullable=False),
    Column("seq", _NUMBER, nullable=False),
    sqlite_with_rowid=False,
)
Index("label_standing_reviewer", STANDING.c.dataset, STANDING.c.reviewer, STANDING.c.at)

VERSION = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))


def has(column: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a text is not empty, said as in the indexes, which are not used otherwise."""
    return column != literal_column("''")
