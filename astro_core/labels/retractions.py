"""Taking back what was said: an event like any other."""

from __future__ import annotations

from sqlalchemy import Connection, select

from astro_core.domain import LabelAction, LabelEvent
from astro_core.labels.events import from_row
from astro_core.labels.standing import taken_back
from astro_core.labels.tables import EVENTS, has


def last_act(
    connection: Connection, dataset: str, reviewer: str, action: LabelAction | None
) -> tuple[LabelEvent, ...]:
    """What a person did last that still stands, all of it if it was done in one go."""
    standing = (
        select(EVENTS)
        .where(EVENTS.c.dataset == dataset, EVENTS.c.reviewer == reviewer)
        .where(EVENTS.c.action == action if action else EVENTS.c.action != "retract")
        .where(~taken_back())
        .order_by(EVENTS.c.seq.desc())
    )
    last = connection.execute(standing.limit(1)).mappings().first()
    if last is None or not last["batch_id"]:
        return () if last is None else (from_row(last),)
    batch = standing.where(has(EVENTS.c.batch_id), EVENTS.c.batch_id == last["batch_id"])
    return tuple(from_row(row) for row in reversed(connection.execute(batch).mappings().all()))


def undone_by(connection: Connection, key: str) -> tuple[LabelEvent, ...]:
    """What the key press `key` has taken back already."""
    back = EVENTS.alias("back")
    wanted = select(EVENTS).join(back, back.c.retracts == EVENTS.c.event_id).order_by(EVENTS.c.seq)
    one = connection.execute(wanted.where(back.c.event_id == key)).mappings().all()
    if one and one[0]["batch_id"]:
        many = wanted.where(has(back.c.batch_id), back.c.batch_id == key)
        one = connection.execute(many).mappings().all()
    return tuple(from_row(row) for row in one)


def retraction(event: LabelEvent, key: str, number: int, *, who: str = "") -> LabelEvent:
    """The event that takes another one back, as the `number`-th of one key press.

    Parameters
    ----------
    who : str
        Who takes it back; the one who said it by default.
    """
    return LabelEvent(
        dataset=event.dataset,
        object_id=event.object_id,
        action="retract",
        question=event.question,
        reviewer=who or event.reviewer,
        event_id=key if number == 0 else f"{key}-{number}",
        batch_id=key if event.batch_id else "",
        taxonomy=event.taxonomy,
        taxonomy_version=event.taxonomy_version,
        fingerprint=event.fingerprint,
        retracts=event.event_id,
    )
