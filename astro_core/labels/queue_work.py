"""What people did in a queue: how much, and how lately."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, func, select

from astro_core.labels.queue_tables import EVERYBODY, ITEMS, OPEN, QUEUES
from astro_core.labels.tables import EVENTS, STANDING
from astro_core.labels.wanted import in_taxonomy

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from astro_core.labels.store import LabelStore

_LATELY = 1_000  # events of a dataset; a decision tree takes several for one galaxy


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


def votes_wanted(store: LabelStore, queue_id: str) -> int:
    """How many votes a queue still needs, if people agree."""
    i = ITEMS.c
    asked = select(func.sum(i.wanted)).where(i.queue_id == queue_id, OPEN, i.wanted != EVERYBODY)
    with store.reading() as connection:
        return int(connection.execute(asked).scalar() or 0)


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


def shares(store: LabelStore, queue_id: str, reviewer: str = "") -> tuple[Share, ...]:
    """Say who did how much of a queue since it was made, or what one person did.

    Gold is counted as all others. Who did most comes first.
    """
    s, i, q = STANDING.c, ITEMS.c, QUEUES.c
    made_at, taxonomy = _made(store, queue_id)
    skip = case((s.action == "skip", s.object_id))
    label = case((s.action == "label", s.object_id))
    n_answered = func.count(label.distinct())
    wanted = (
        select(
            s.reviewer, n_answered.label("n_answered"),
            func.count(skip.distinct()).label("n_skipped"), func.max(s.at).label("last_at"),
        )
        .join(ITEMS, and_(i.queue_id == queue_id, i.object_id == s.object_id))
        .join(QUEUES, q.queue_id == queue_id)
        .where(s.dataset == q.dataset, s.kind == "answer", s.at >= made_at)
        .where(*in_taxonomy(taxonomy))
        .group_by(s.reviewer)
        .order_by(n_answered.desc(), s.reviewer)
    )  # fmt: skip
    if reviewer:
        wanted = wanted.where(s.reviewer == reviewer)
    with store.reading() as connection:
        rows = connection.execute(wanted).mappings().all()
    return tuple(Share(**row) for row in rows)


def _made(store: LabelStore, queue_id: str) -> tuple[str, str]:
    wanted = select(QUEUES.c.made_at, QUEUES.c.taxonomy).where(QUEUES.c.queue_id == queue_id)
    with store.reading() as connection:
        made_at, taxonomy = connection.execute(wanted).one()
    return made_at, taxonomy


def _dataset_of(queue_id: str) -> ColumnElement[str]:
    return select(QUEUES.c.dataset).where(QUEUES.c.queue_id == queue_id).scalar_subquery()
