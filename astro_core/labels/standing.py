"""Each reviewer's standing answer: the last one in a set of classes that was not taken back.

It is a table of its own so that reading 240,000 galaxies does not sort through all that was
ever said. It follows from the events alone, in the transaction that writes them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    case,
    delete,
    func,
    insert,
    literal,
    select,
)

from astro_core.domain import LabelEvent, utc_text
from astro_core.labels.tables import EVENTS, STANDING, has
from astro_core.labels.wanted import Key, count_after

_OBJECTS_AT_ONCE = 500


def touched(connection: Connection, rows: Sequence[dict[str, Any]]) -> set[Key]:
    """Say whose standing answers on what the new events change."""
    keys = {_key(row) for row in rows if not row["retracts"]}
    targets = [row["retracts"] for row in rows if row["retracts"]]
    if targets:
        wanted = select(EVENTS.c.dataset, EVENTS.c.object_id, EVENTS.c.reviewer)
        found = connection.execute(wanted.where(EVENTS.c.event_id.in_(targets)))
        keys |= {(r.dataset, r.object_id, r.reviewer) for r in found}
    return keys


def _key(row: dict[str, Any]) -> Key:
    return row["dataset"], row["object_id"], row["reviewer"]


def taken_back() -> ColumnElement[bool]:
    """Whether an event was taken back, as a condition on the table of events."""
    back = EVENTS.alias("back")
    this = back.c.retracts == EVENTS.c.event_id
    return select(back.c.seq).where(this, has(back.c.retracts)).exists()


def after_what_stands(connection: Connection, events: Sequence[LabelEvent]) -> Sequence[LabelEvent]:
    """One act of a person, at a time after what it replaces, whatever the clocks say."""
    last = max(_times_of_replaced(connection, events), default="")
    if not last or last < events[0].at:
        return events
    at = utc_text(datetime.fromisoformat(last) + timedelta(microseconds=1))
    return [replace(event, at=at) for event in events]


def _times_of_replaced(connection: Connection, events: Sequence[LabelEvent]) -> Iterator[str]:
    """When the person said what stands of the galaxies; of settlements, when anybody did."""
    s = STANDING.c
    for start in range(0, len(events), _OBJECTS_AT_ONCE):
        some = events[start : start + _OBJECTS_AT_ONCE]
        here = (s.dataset == some[0].dataset, s.object_id.in_([e.object_id for e in some]))
        settles = some[0].action == "settle"
        whose = s.kind == "settle" if settles else s.reviewer == some[0].reviewer
        yield from connection.execute(select(s.at).where(*here, whose)).scalars()


def bring_up_to_date(connection: Connection, keys: Collection[Key]) -> None:
    """Make the standing answers of `keys` anew from the events, and what follows from them."""
    whose: dict[tuple[str, str], list[str]] = {}
    for dataset, object_id, reviewer in sorted(keys):
        whose.setdefault((dataset, reviewer), []).append(object_id)
    for (dataset, reviewer), objects in whose.items():
        for start in range(0, len(objects), _OBJECTS_AT_ONCE):
            _make_anew(connection, dataset, reviewer, objects[start : start + _OBJECTS_AT_ONCE])
    count_after(connection, keys)


def _make_anew(connection: Connection, dataset: str, reviewer: str, objects: Sequence[str]) -> None:
    connection.execute(delete(STANDING).where(*_theirs(STANDING.c, dataset, reviewer, objects)))
    newest = _newest(_theirs(EVENTS.c, dataset, reviewer, objects))
    connection.execute(insert(STANDING).from_select([c.name for c in STANDING.c], newest))


def _theirs(columns: Any, dataset: str, reviewer: str, objects: Sequence[str]) -> list[Any]:
    return [
        columns.dataset == dataset,
        columns.reviewer == reviewer,
        columns.object_id.in_(objects),
    ]


def _newest(theirs: Sequence[Any]) -> Select[Any]:
    e = EVENTS
    kind = case((e.c.action.in_(("label", "skip")), literal("answer")), else_=e.c.action)
    order = (e.c.at.desc(), e.c.seq.desc())
    group = (e.c.dataset, e.c.object_id, e.c.reviewer, e.c.taxonomy, kind, e.c.question)
    acts = (
        select(
            e.c.dataset,
            e.c.object_id,
            e.c.reviewer,
            e.c.taxonomy,
            kind.label("kind"),
            e.c.question,
            e.c.action,
            case((e.c.question != "", e.c.answer), else_=e.c.class_name).label("said"),
            e.c.at,
            (e.c.batch_id != "").label("bulk"),
            e.c.seq,
            func.row_number().over(partition_by=group, order_by=order).label("rank"),
        )
        .where(*theirs)
        .where(e.c.action != "retract")
        .where(~taken_back())
        .subquery()
    )
    return select(*(acts.c[c.name] for c in STANDING.c)).where(acts.c.rank == 1)
