"""How far queues are, and who is at work on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, case, func, select

from astro_core.domain.label import utc_text
from astro_core.labels.queue_tables import EVERYBODY, ITEMS, LEASES, OPEN

if TYPE_CHECKING:
    from astro_core.labels.store import LabelStore


@dataclass(frozen=True, kw_only=True)
class QueueCounts:
    """How far a queue is.

    Attributes
    ----------
    n_objects : int
        Galaxies to decide, gold left out.
    n_done : int
        Those that were looked at enough by the rules as they are now.
    n_gold : int
    at_work : tuple of str
        Who is looking at one of its galaxies now, by name.
    """

    n_objects: int
    n_done: int
    n_gold: int
    at_work: tuple[str, ...]


def queue_counts(
    store: LabelStore, queue_ids: Sequence[str], *, now: datetime | None = None
) -> dict[str, QueueCounts]:
    """Count in several queues at once; one that has no galaxies is left out."""
    moment = utc_text(now or datetime.now(UTC))
    with store.reading() as connection:
        every = _every(connection, queue_ids)
        still = _open(connection, queue_ids)
        working = _at_work(connection, queue_ids, moment)
    found = {}
    for queue_id, n in every.items():
        n_open, n_gold = still.get(queue_id, (0, 0))
        found[queue_id] = QueueCounts(
            n_objects=n - n_gold, n_done=n - n_open, n_gold=n_gold,
            at_work=tuple(working.get(queue_id, ())),
        )  # fmt: skip
    return found


def _every(connection: Connection, queue_ids: Sequence[str]) -> dict[str, int]:
    i = ITEMS.c
    wanted = select(i.queue_id, func.count()).where(i.queue_id.in_(queue_ids))
    return {row[0]: int(row[1]) for row in connection.execute(wanted.group_by(i.queue_id))}


def _open(connection: Connection, queue_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Items that want somebody, and how many of them are gold, which always do."""
    i = ITEMS.c
    gold = func.sum(case((i.wanted == EVERYBODY, 1), else_=0))
    wanted = select(i.queue_id, func.count(), gold).where(i.queue_id.in_(queue_ids), OPEN)
    rows = connection.execute(wanted.group_by(i.queue_id))
    return {row[0]: (int(row[1]), int(row[2])) for row in rows}


def _at_work(connection: Connection, queue_ids: Sequence[str], moment: str) -> dict[str, list[str]]:
    held = LEASES.c
    wanted = (
        select(held.queue_id, held.reviewer)
        .where(held.queue_id.in_(queue_ids), held.until > moment)
        .distinct()
        .order_by(held.reviewer)
    )
    found: dict[str, list[str]] = {}
    for queue_id, reviewer in connection.execute(wanted):
        found.setdefault(queue_id, []).append(reviewer)
    return found
