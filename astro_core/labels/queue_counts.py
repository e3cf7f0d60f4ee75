"""How far queues are, and who is at work on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from astro_core.domain.label import utc_text
from astro_core.labels.counts import QueueCounts
from astro_core.labels.queue_tables import LEASES, QUEUES

if TYPE_CHECKING:
    from astro_core.labels.store import LabelStore


def queue_counts(
    store: LabelStore, queue_ids: Sequence[str], *, now: datetime | None = None
) -> dict[str, QueueCounts]:
    """Count in several queues at once; one that is not there is left out."""
    moment = utc_text(now or datetime.now(UTC))
    q = QUEUES.c
    sums = select(q.queue_id, q.n_items, q.n_gold, q.n_open, q.n_votes)
    with store.reading() as connection:
        rows = connection.execute(sums.where(q.queue_id.in_(queue_ids))).all()
        working = _at_work(connection, queue_ids, moment)
    return {
        row.queue_id: QueueCounts(
            n_objects=row.n_items - row.n_gold,
            n_done=row.n_items - row.n_gold - row.n_open,
            n_gold=row.n_gold,
            n_votes=row.n_votes,
            at_work=tuple(working.get(row.queue_id, ())),
        )
        for row in rows
    }


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
