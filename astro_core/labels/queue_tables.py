"""The tables of queues, leases and rules, as this version of the program knows them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from astro_core.labels.tables import METADATA

_NUMBER = BigInteger().with_variant(Integer, "sqlite")

QUEUES = Table(
    "review_queues",
    METADATA,
    Column("queue_id", String, primary_key=True),
    *(
        Column(name, Text, nullable=False)
        for name in ("dataset", "name", "made_by", "made_at", "request")
    ),
)

ITEMS = Table(
    "review_items",
    METADATA,
    Column("queue_id", String, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("object_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("assigned_to", Text, nullable=False),
    UniqueConstraint("queue_id", "object_id"),
)

LEASES = Table(
    "review_leases",
    METADATA,
    *(Column(name, String, primary_key=True) for name in ("queue_id", "object_id", "reviewer")),
    Column("until", Text, nullable=False),
)

RULE_EVENTS = Table(
    "rule_events",
    METADATA,
    Column("seq", _NUMBER, primary_key=True, autoincrement=True),
    *(
        Column(name, Text, nullable=False)
        for name in ("queue_id", "who", "at", "before", "after", "reason")
    ),
    sqlite_autoincrement=True,
)
Index("rule_events_queue", RULE_EVENTS.c.queue_id, RULE_EVENTS.c.seq)
