"""What people did in a queue: how much, and how lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, ScalarSelect, Select, and_, case, func, select

from astro_core.labels.queue_tables import GOLD, ITEMS, QUEUES
from astro_core.labels.tables import EVENTS, STANDING
from astro_core.labels.wanted import in_taxonomy

if TYPE_CHECKING:
    from astro_core.labels.store import LabelStore

_LATELY = 400  # events of a dataset; a decision tree takes several for one galaxy


@dataclass(frozen=True, kw_only=True)
class Act:
    """One galaxy that somebody answered or skipped; `at` is when, ISO 8601 in UTC."""

    reviewer: str
    object_id: str
    at: str


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one person did in a queue.

    Attributes
    ----------
    n_answered, n_skipped : int
        Galaxies.
    last_at : str
        ISO 8601 in UTC.
    """

    reviewer: str
    n_answered: int
    n_skipped: int
    last_at: str


@dataclass(frozen=True, kw_only=True)
class GoldAnswer:
    """The class that somebody gave to a gold galaxy."""

    reviewer: str
    object_id: str
    said: str


def lately(store: LabelStore, queue_id: str, since: str) -> tuple[Act, ...]:
    """What was answered or skipped in a queue since a time, in order, as far as it is recent."""
    e, i = EVENTS.c, ITEMS.c
    last = (
        select(e.seq, e.reviewer, e.object_id, e.at, e.action)
        .where(e.dataset == _dataset_of(queue_id))
        .order_by(e.seq.desc())
        .limit(_LATELY)
        .subquery()
    )
    here = and_(i.queue_id == queue_id, i.object_id == last.c.object_id)
    wanted = (
        select(last.c.reviewer, last.c.object_id, last.c.at)
        .join(ITEMS, here)
        .where(last.c.at >= since, last.c.action.in_(("label", "skip")))
        .order_by(last.c.seq)
    )
    with store.reading() as connection:
        rows = connection.execute(wanted).mappings().all()
    return tuple(Act(**row) for row in rows)


def shares(store: LabelStore, queue_id: str) -> tuple[Share, ...]:
    """Say who did how much of a queue since it was made, gold too; who did most comes first."""
    s = STANDING.c
    skip = case((s.action == "skip", s.object_id))
    label = case((s.action == "label", s.object_id))
    n_answered = func.count(label.distinct())
    sums = (
        s.reviewer, n_answered.label("n_answered"),
        func.count(skip.distinct()).label("n_skipped"), func.max(s.at).label("last_at"),
    )  # fmt: skip
    with store.reading() as connection:
        wanted = _in_queue(connection, queue_id, sums).group_by(s.reviewer)
        rows = connection.execute(wanted.order_by(n_answered.desc(), s.reviewer)).mappings().all()
    return tuple(Share(**row) for row in rows)


def n_looked_at(store: LabelStore, queue_id: str, reviewer: str) -> int:
    """How many galaxies of a queue one person answered or skipped since it was made."""
    number = func.count(STANDING.c.object_id.distinct())
    with store.reading() as connection:
        wanted = _in_queue(connection, queue_id, [number])
        mine = wanted.where(STANDING.c.reviewer == reviewer)
        return int(connection.execute(mine).scalar_one())


def gold_answers(store: LabelStore, queue_id: str) -> tuple[GoldAnswer, ...]:
    """What people said of the gold galaxies of a queue since it was made."""
    s = STANDING.c
    with store.reading() as connection:
        wanted = _in_queue(connection, queue_id, (s.reviewer, s.object_id, s.said))
        gold = wanted.where(ITEMS.c.kind == GOLD, s.action == "label", s.question == "")
        rows = connection.execute(gold).mappings().all()
    return tuple(GoldAnswer(**row) for row in rows)


def _in_queue(connection: Connection, queue_id: str, columns: Sequence[Any]) -> Select[Any]:
    """Standing answers to a queue's galaxies, in its classes, since it was made."""
    s, i, q = STANDING.c, ITEMS.c, QUEUES.c
    about = select(q.dataset, q.made_at, q.taxonomy).where(q.queue_id == queue_id)
    dataset, made_at, taxonomy = connection.execute(about).one()
    return (
        select(*columns)
        .join(ITEMS, and_(i.queue_id == queue_id, i.object_id == s.object_id))
        .where(s.dataset == dataset, s.kind == "answer", s.at >= made_at)
        .where(*in_taxonomy(taxonomy))
    )


def _dataset_of(queue_id: str) -> ScalarSelect[str]:
    return select(QUEUES.c.dataset).where(QUEUES.c.queue_id == queue_id).scalar_subquery()
