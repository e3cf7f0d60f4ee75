"""Who looks at which galaxy of a queue now, so that nobody does what another is doing.

A lease keeps a galaxy from others while somebody looks at it, and expires by itself. All of it
happens in one transaction of the label store, which lets one writer in at a time.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from astro_core.domain.label import utc_text
from astro_core.errors import NotFoundError
from astro_core.labels.queue_tables import ASKED, EVERYBODY, GOLD, ITEMS, LEASES, OPEN, QUEUES
from astro_core.labels.rule_rows import first_rules, rules_within
from astro_core.labels.rules import ReviewRules
from astro_core.labels.store import LabelStore
from astro_core.labels.tables import STANDING
from astro_core.labels.wanted import count_anew, in_taxonomy

_About = tuple[str, str]  # dataset and taxonomy of a queue


def make_queue(
    store: LabelStore,
    dataset: str,
    object_ids: Sequence[str],
    *,
    made_by: str,
    rules: ReviewRules,
    name: str = "",
    kinds: Mapping[str, str] | None = None,
    assigned_to: str = "",
    taxonomy: str = "",
    request: Mapping[str, Any] | None = None,
) -> str:
    """Keep galaxies as a queue, in their order; returns its id.

    Parameters
    ----------
    dataset : str
        Key of the dataset, see `events.dataset_key`.
    kinds : Mapping of object_id to str
        "control" for galaxies that were drawn, "gold" for those whose class is known: everybody
        is shown those, however many have answered. All others are "asked".
    assigned_to : str
        The only person who is given these; empty for everybody.
    taxonomy : str
        Name of the classes in which people answer: only answers in these count; empty for all.
    request : Mapping, optional
        How the galaxies were chosen, as plain JSON values.
    """
    queue_id, kinds = uuid.uuid4().hex, kinds or {}
    made_at = utc_text(datetime.now(UTC))
    rows = [
        {
            "queue_id": queue_id, "place": place, "object_id": object_id,
            "kind": kinds.get(object_id, ASKED), "assigned_to": assigned_to,
            "wanted": EVERYBODY if kinds.get(object_id) == GOLD else rules.votes_needed,
        }
        for place, object_id in enumerate(object_ids)
    ]  # fmt: skip
    about = {
        "queue_id": queue_id, "dataset": dataset, "name": name, "made_by": made_by,
        "made_at": made_at, "taxonomy": taxonomy, "request": json.dumps(dict(request or {})),
    }  # fmt: skip
    with store.writing() as connection:
        connection.execute(insert(QUEUES), about)
        if rows:
            connection.execute(insert(ITEMS), rows)
        first_rules(connection, queue_id, rules, who=made_by, at=made_at)
        count_anew(connection, queue_id, rules)
    return queue_id


def next_for(
    store: LabelStore, queue_id: str, reviewer: str, k: int = 1, *, now: datetime | None = None
) -> tuple[str, ...]:
    """Give a person the next galaxies of a queue, and keep them from others for a while.

    Those that the person was given before and has not answered come first. Galaxies that were
    answered or skipped do not come again to the same person.

    Returns
    -------
    tuple of str
        At most `k` object ids; fewer when the queue ends.

    Raises
    ------
    NotFoundError
        If there is no such queue.
    """
    moment = now or datetime.now(UTC)
    with store.writing() as connection:
        rules = rules_within(connection, queue_id)
        about = _about(connection, queue_id)
        _clear(connection, queue_id, about, moment)
        until = utc_text(moment + timedelta(minutes=rules.lease_minutes))
        mine = _renewed(connection, queue_id, reviewer, until)[:k]
        more = _free(connection, queue_id, about, reviewer, k - len(mine))
        _lease(connection, queue_id, reviewer, more, until)
    return (*mine, *more)


def release(store: LabelStore, queue_id: str, reviewer: str) -> int:
    """Let others have what a person was given and has not answered; returns how many."""
    with store.writing() as connection:
        held = (LEASES.c.queue_id == queue_id) & (LEASES.c.reviewer == reviewer)
        return int(connection.execute(delete(LEASES).where(held)).rowcount)


def queues_of(store: LabelStore, dataset: str) -> tuple[dict[str, Any], ...]:
    """List the queues of a dataset, the newest first, as their rows are."""
    q = QUEUES.c
    i = ITEMS.c
    one = select(i.assigned_to).where(i.queue_id == q.queue_id).limit(1).scalar_subquery()
    columns = (q.queue_id, q.name, q.made_by, q.made_at, q.taxonomy, q.request)
    wanted = (
        select(*columns, one.label("assigned_to"))
        .where(q.dataset == dataset)
        .order_by(q.made_at.desc(), q.queue_id)
    )
    with store.reading() as connection:
        rows = connection.execute(wanted).mappings().all()
    return tuple(dict(row) | {"request": json.loads(row["request"])} for row in rows)


def request_of(store: LabelStore, queue_id: str) -> dict[str, Any]:
    """How the galaxies of a queue were chosen.

    Raises
    ------
    NotFoundError
        If there is no such queue.
    """
    wanted = select(QUEUES.c.request).where(QUEUES.c.queue_id == queue_id)
    with store.reading() as connection:
        found = connection.execute(wanted).scalar()
    if found is None:
        raise NotFoundError(f"There is no queue '{queue_id}'")
    return dict(json.loads(found))


def queue_items(store: LabelStore, queue_id: str) -> tuple[tuple[str, str], ...]:
    """Galaxies of a queue in order, each with its kind."""
    i = ITEMS.c
    wanted = select(i.object_id, i.kind).where(i.queue_id == queue_id).order_by(i.place)
    with store.reading() as connection:
        return tuple((row.object_id, row.kind) for row in connection.execute(wanted))


def _about(connection: Connection, queue_id: str) -> _About:
    wanted = select(QUEUES.c.dataset, QUEUES.c.taxonomy).where(QUEUES.c.queue_id == queue_id)
    dataset, taxonomy = connection.execute(wanted).one()
    return dataset, taxonomy


def _clear(connection: Connection, queue_id: str, about: _About, now: datetime) -> None:
    """Drop leases that have run out or were answered."""
    answered = _answered(about, LEASES.c.object_id, LEASES.c.reviewer)
    over = or_(LEASES.c.until <= utc_text(now), answered)
    connection.execute(delete(LEASES).where(LEASES.c.queue_id == queue_id, over))


def _renewed(connection: Connection, queue_id: str, reviewer: str, until: str) -> list[str]:
    """What a person holds, in the order of the queue; held on from now."""
    held = and_(LEASES.c.queue_id == queue_id, LEASES.c.reviewer == reviewer)
    connection.execute(update(LEASES).where(held).values(until=until))
    ids = connection.execute(select(LEASES.c.object_id).where(held)).scalars().all()
    i = ITEMS.c  # sorted here: SQLite would go through the whole queue to find them in order
    mine = select(i.place, i.object_id).where(i.queue_id == queue_id, i.object_id.in_(ids))
    return [row.object_id for row in sorted(connection.execute(mine).all())] if ids else []


def _free(
    connection: Connection, queue_id: str, about: _About, reviewer: str, k: int
) -> Sequence[str]:
    """The first items that want more people than are looking, and this person among them."""
    i = ITEMS.c
    others = LEASES.alias("others")
    looking = (
        select(func.count())
        .where(others.c.queue_id == queue_id, others.c.object_id == i.object_id)
        .scalar_subquery()
    )
    held = exists().where(
        LEASES.c.queue_id == queue_id,
        LEASES.c.object_id == i.object_id,
        LEASES.c.reviewer == reviewer,
    )
    wanted = (
        select(i.object_id)
        .where(i.queue_id == queue_id, OPEN, i.assigned_to.in_(("", reviewer)))
        .where(~_answered(about, i.object_id, reviewer), ~held, i.wanted > looking)
        .order_by(i.place)
        .limit(k)
    )
    return connection.execute(wanted).scalars().all()


def _answered(about: _About, object_id: Any, reviewer: Any) -> ColumnElement[bool]:
    """Whether a person answered or skipped a galaxy."""
    dataset, taxonomy = about
    s = STANDING.c
    theirs = (s.dataset == dataset, s.object_id == object_id, s.reviewer == reviewer)
    return exists().where(*theirs, s.kind == "answer", *in_taxonomy(taxonomy))


def _lease(
    connection: Connection, queue_id: str, reviewer: str, ids: Iterable[str], until: str
) -> None:
    rows = [
        {"queue_id": queue_id, "object_id": i, "reviewer": reviewer, "until": until} for i in ids
    ]
    if rows:
        connection.execute(insert(LEASES), rows)
