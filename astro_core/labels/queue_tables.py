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
    literal_column,
)

from astro_core.labels.tables import METADATA

ASKED, CONTROL, GOLD = "asked", "control", "gold"
EVERYBODY = 1_000_000_000  # how many people a gold galaxy wants
_NUMBER = BigInteger().with_variant(Integer, "sqlite")

QUEUES = Table(
    "review_queues",
    METADATA,
    Column("queue_id", String, primary_key=True),
    *(
        Column(name, Text, nullable=False)
        for name in ("dataset", "name", "made_by", "made_at", "request")
    ),
    Column("taxonomy", Text, nullable=False, server_default=""),  # name; empty for any
    *(  # sums over its items, see `wanted`
        Column(name, Integer, nullable=False, server_default="0")
        for name in ("n_items", "n_gold", "n_open", "n_votes")
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
    Column("wanted", Integer, nullable=False, server_default="1"),  # more people, see `wanted`
    UniqueConstraint("queue_id", "object_id"),
)
OPEN = ITEMS.c.wanted > literal_column("0")  # said as in the index, which is not used otherwise
Index(
    "review_items_wanted",
    ITEMS.c.queue_id,
    ITEMS.c.place,
    ITEMS.c.wanted,
    sqlite_where=OPEN,
    postgresql_where=OPEN,
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
