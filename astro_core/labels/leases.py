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

from sqlalchemy import Connection, and_, case, delete, exists, func, insert, or_, select, update

from astro_core.domain.label import utc_text
from astro_core.errors import NotFoundError
from astro_core.labels.queue_rules import first_rules, rules_within
from astro_core.labels.queue_tables import ITEMS, LEASES, QUEUES
from astro_core.labels.rules import WEAK, ReviewRules, Vote, open_places
from astro_core.labels.store import LabelStore
from astro_core.labels.tables import STANDING

ASKED, CONTROL, GOLD = "asked", "control", "gold"
_AT_ONCE = 200


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
    request : Mapping, optional
        How the galaxies were chosen, as plain JSON values.
    """
    queue_id, kinds = uuid.uuid4().hex, kinds or {}
    made_at = utc_text(datetime.now(UTC))
    rows = [
        {
            "queue_id": queue_id, "place": place, "object_id": object_id,
            "kind": kinds.get(object_id, ASKED), "assigned_to": assigned_to,
        }
        for place, object_id in enumerate(object_ids)
    ]  # fmt: skip
    about = {
        "queue_id": queue_id, "dataset": dataset, "name": name, "made_by": made_by,
        "made_at": made_at, "request": json.dumps(dict(request or {})),
    }  # fmt: skip
    with store.writing() as connection:
        connection.execute(insert(QUEUES), about)
        if rows:
            connection.execute(insert(ITEMS), rows)
        first_rules(connection, queue_id, rules, who=made_by, at=made_at)
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
        dataset = _dataset_of(connection, queue_id)
        rules = rules_within(connection, queue_id)
        _clear(connection, queue_id, dataset, moment)
        until = utc_text(moment + timedelta(minutes=rules.lease_minutes))
        mine = _renewed(connection, queue_id, reviewer, until)[:k]
        found = list(mine)
        after = -1
        while len(found) < k:
            rows = _candidates(connection, queue_id, dataset, reviewer, rules, after)
            if not rows:
                break
            after = rows[-1].place
            free = _free(connection, queue_id, dataset, rows, rules)
            found += free[: k - len(found)]
        _lease(connection, queue_id, reviewer, found[len(mine) :], until)
    return tuple(found)


def release(store: LabelStore, queue_id: str, reviewer: str) -> int:
    """Let others have what a person was given and has not answered; returns how many."""
    with store.writing() as connection:
        held = (LEASES.c.queue_id == queue_id) & (LEASES.c.reviewer == reviewer)
        return int(connection.execute(delete(LEASES).where(held)).rowcount)


def queues_of(store: LabelStore, dataset: str) -> tuple[dict[str, Any], ...]:
    """List the queues of a dataset, the newest first: queue_id, name, made_by, made_at, request."""
    q = QUEUES.c
    columns = (q.queue_id, q.name, q.made_by, q.made_at, q.request)
    wanted = select(*columns).where(q.dataset == dataset).order_by(q.made_at.desc(), q.queue_id)
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


def _dataset_of(connection: Connection, queue_id: str) -> str:
    wanted = select(QUEUES.c.dataset).where(QUEUES.c.queue_id == queue_id)
    found = connection.execute(wanted).scalar()
    if found is None:
        raise NotFoundError(f"There is no queue '{queue_id}'")
    return str(found)


def _clear(connection: Connection, queue_id: str, dataset: str, now: datetime) -> None:
    """Drop leases that have run out or were answered."""
    answered = exists().where(
        STANDING.c.dataset == dataset,
        STANDING.c.object_id == LEASES.c.object_id,
        STANDING.c.reviewer == LEASES.c.reviewer,
        STANDING.c.kind == "answer",
    )
    over = or_(LEASES.c.until <= utc_text(now), answered)
    connection.execute(delete(LEASES).where(LEASES.c.queue_id == queue_id, over))


def _renewed(connection: Connection, queue_id: str, reviewer: str, until: str) -> list[str]:
    """What a person holds, in the order of the queue; held on from now."""
    held = and_(LEASES.c.queue_id == queue_id, LEASES.c.reviewer == reviewer)
    connection.execute(update(LEASES).where(held).values(until=until))
    same = and_(ITEMS.c.queue_id == LEASES.c.queue_id, ITEMS.c.object_id == LEASES.c.object_id)
    wanted = select(LEASES.c.object_id).join(ITEMS, same).where(held).order_by(ITEMS.c.place)
    return list(connection.execute(wanted).scalars())


def _candidates(
    connection: Connection,
    queue_id: str,
    dataset: str,
    reviewer: str,
    rules: ReviewRules,
    after: int,
) -> Sequence[Any]:
    """The next items that this person has neither answered nor been given, and may be open."""
    i, s = ITEMS.c, STANDING.c
    here = and_(s.dataset == dataset, s.object_id == i.object_id)
    mine = exists().where(here, s.reviewer == reviewer, s.kind == "answer")
    held = exists().where(
        LEASES.c.queue_id == queue_id,
        LEASES.c.object_id == i.object_id,
        LEASES.c.reviewer == reviewer,
    )
    wanted = (
        select(i.place, i.object_id, i.kind)
        .where(i.queue_id == queue_id, i.place > after, i.assigned_to.in_(("", reviewer)))
        .where(~mine, ~held, or_(i.kind == GOLD, ~_closed(here, rules)))
        .order_by(i.place)
        .limit(_AT_ONCE)
    )
    return connection.execute(wanted).all()


def _closed(here: Any, rules: ReviewRules) -> Any:
    """Whether a galaxy surely needs nobody: said by as many as it takes, all the same.

    The rest is for `open_places`, which costs more: people who differ, trees, bulk labels.
    """
    s = STANDING.c
    n = func.sum(case((s.bulk.is_(False), 1), else_=0))
    same = and_(n >= rules.votes_needed, func.min(s.said) == func.max(s.said))
    votes = select(s.object_id).where(here, s.action == "label", s.question == "")
    enough = votes.group_by(s.object_id).having(or_(n >= rules.most_votes, same))
    return exists(enough.correlate(ITEMS))


def _free(
    connection: Connection, queue_id: str, dataset: str, rows: Sequence[Any], rules: ReviewRules
) -> list[str]:
    """Those of some items that need more votes than others are about to give."""
    ids = [row.object_id for row in rows]
    votes = _votes(connection, dataset, ids)
    held = _held(connection, queue_id, ids)
    return [
        row.object_id
        for row in rows
        if row.kind == GOLD
        or open_places(votes.get(row.object_id, ()), rules) > held.get(row.object_id, 0)
    ]


def _held(connection: Connection, queue_id: str, ids: Sequence[str]) -> dict[str, int]:
    wanted = (
        select(LEASES.c.object_id, func.count())
        .where(LEASES.c.queue_id == queue_id, LEASES.c.object_id.in_(ids))
        .group_by(LEASES.c.object_id)
    )
    return {row[0]: int(row[1]) for row in connection.execute(wanted)}


def _votes(connection: Connection, dataset: str, ids: Sequence[str]) -> dict[str, tuple[Vote, ...]]:
    """What each person said of each galaxy, in the order of time."""
    s = STANDING.c
    wanted = (
        select(s.object_id, s.reviewer, s.question, s.action, s.said, s.at, s.bulk)
        .where(s.dataset == dataset, s.object_id.in_(ids), s.action.in_(("label", "settle")))
        .order_by(s.object_id, s.reviewer, s.action, s.question)
    )
    people: dict[tuple[str, str, bool], list[Any]] = {}
    for row in connection.execute(wanted):
        people.setdefault((row.object_id, row.reviewer, row.action == "settle"), []).append(row)
    found: dict[str, list[tuple[str, str, Vote]]] = {}
    for (object_id, reviewer, settled), rows in people.items():
        said = "\x1e".join(f"{row.question}\x1f{row.said}" for row in rows)
        weight = WEAK if all(row.bulk for row in rows) else 1.0
        vote = Vote(said, weight, settled)
        found.setdefault(object_id, []).append((max(row.at for row in rows), reviewer, vote))
    return {
        object_id: tuple(vote for _, _, vote in sorted(one, key=lambda v: v[:2]))
        for object_id, one in found.items()
    }


def _lease(
    connection: Connection, queue_id: str, reviewer: str, ids: Iterable[str], until: str
) -> None:
    rows = [
        {"queue_id": queue_id, "object_id": i, "reviewer": reviewer, "until": until} for i in ids
    ]
    if rows:
        connection.execute(insert(LEASES), rows)
