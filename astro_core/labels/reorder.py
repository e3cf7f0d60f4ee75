"""Give the galaxies of a queue that nobody has looked at yet another order."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, insert, select, update

from astro_core.domain.label import utc_text
from astro_core.labels.queue_tables import ASKED, ITEMS, LEASES, QUEUES
from astro_core.labels.rule_rows import RuleEvent, add_rules, rules_within
from astro_core.labels.store import LabelStore
from astro_core.labels.tables import STANDING
from astro_core.labels.wanted import in_taxonomy

_COLUMNS = [column.name for column in ITEMS.c]


def waiting(store: LabelStore, queue_id: str) -> tuple[str, ...]:
    """Galaxies of a queue that `reorder` may move, in order.

    Nobody has answered, skipped or flagged them, and nobody is looking at them. Gold galaxies and
    those drawn for control are none of them: where those come is chance, and has to stay so.

    Raises
    ------
    NotFoundError
        If there is no such queue.
    """
    with store.reading() as connection:
        rules_within(connection, queue_id)
        return tuple(row["object_id"] for row in _waiting(connection, queue_id))


def reorder(
    store: LabelStore,
    queue_id: str,
    object_ids: Sequence[str],
    *,
    who: str,
    reason: str,
    request: Mapping[str, Any] | None = None,
) -> int:
    """Put the waiting galaxies of a queue in another order; returns how many got another place.

    They share the places that they have; all other galaxies stay where they are. It is kept as an
    event of the queue whose rules are the same before and after.

    Parameters
    ----------
    object_ids : sequence of str
        In the wanted order. Those that wait no more are passed over; those that wait and are not
        named come after, as they were.
    request : Mapping, optional
        Replaces these entries of how the galaxies of the queue were chosen.

    Raises
    ------
    NotFoundError
        If there is no such queue.
    """
    rank = {object_id: number for number, object_id in enumerate(dict.fromkeys(object_ids))}
    with store.writing() as connection:
        rules = rules_within(connection, queue_id)
        before = _waiting(connection, queue_id)
        after = sorted(before, key=lambda row: rank.get(row["object_id"], len(rank)))
        moved = [
            {**row, "place": old["place"]}
            for old, row in zip(before, after, strict=True)
            if row["place"] != old["place"]
        ]
        _put(connection, queue_id, moved)
        _ask_otherwise(connection, queue_id, request or {})
        event = RuleEvent(
            queue_id=queue_id, who=who, at=utc_text(datetime.now(UTC)), before=rules, after=rules,
            reason=reason,
        )  # fmt: skip
        add_rules(connection, event)
    return len(moved)


def _waiting(connection: Connection, queue_id: str) -> list[dict[str, Any]]:
    about = select(QUEUES.c.dataset, QUEUES.c.taxonomy).where(QUEUES.c.queue_id == queue_id)
    dataset, taxonomy = connection.execute(about).one()
    i, s = ITEMS.c, STANDING.c
    looked = exists().where(
        s.dataset == dataset, s.object_id == i.object_id, *in_taxonomy(taxonomy)
    )
    held = exists().where(
        LEASES.c.queue_id == queue_id,
        LEASES.c.object_id == i.object_id,
        LEASES.c.until > utc_text(datetime.now(UTC)),
    )
    wanted = (
        select(*(i[name] for name in _COLUMNS))
        .where(i.queue_id == queue_id, i.kind == ASKED, ~looked, ~held)
        .order_by(i.place)
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]


def _put(connection: Connection, queue_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows at places that are taken by others of them: all leave, then all come back."""
    if not rows:
        return
    places = [{"its_place": row["place"]} for row in rows]
    here = (ITEMS.c.queue_id == queue_id) & (ITEMS.c.place == bindparam("its_place"))
    connection.execute(delete(ITEMS).where(here), places)
    connection.execute(insert(ITEMS), [dict(row) for row in rows])


def _ask_otherwise(connection: Connection, queue_id: str, changes: Mapping[str, Any]) -> None:
    if not changes:
        return
    here = QUEUES.c.queue_id == queue_id
    now = json.loads(connection.execute(select(QUEUES.c.request).where(here)).scalar_one())
    text = json.dumps(now | dict(changes))
    connection.execute(update(QUEUES).where(here).values(request=text))
