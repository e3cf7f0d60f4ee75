"""How many more people each galaxy of a queue wants, kept up to date as labels come.

It is kept with the items so that the next galaxy and the progress of a queue cost the same,
however long the queue is and however much was said. It follows from the standing answers and
the rules, in the transaction that changes either.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from astro_core.labels.queue_tables import GOLD, ITEMS, QUEUES
from astro_core.labels.rule_rows import rules_within
from astro_core.labels.rules import WEAK, ReviewRules, Vote, open_places
from astro_core.labels.tables import STANDING

Key = tuple[str, str, str]  # dataset, object_id, reviewer
_AT_ONCE = 500


def count_after(connection: Connection, keys: Collection[Key]) -> None:
    """Count anew for the galaxies whose standing answers changed, in all queues they are in."""
    by_dataset: dict[str, set[str]] = {}
    for dataset, object_id, _ in keys:
        by_dataset.setdefault(dataset, set()).add(object_id)
    for dataset, ids in by_dataset.items():
        queues = dict(
            connection.execute(
                select(QUEUES.c.queue_id, QUEUES.c.taxonomy).where(QUEUES.c.dataset == dataset)
            ).all()
        )
        for some in _batches(sorted(ids)) if queues else ():
            _count_in(connection, dataset, queues, some)


def count_anew(connection: Connection, queue_id: str, rules: ReviewRules) -> None:
    """Count anew for a whole queue: it is new, or its rules changed."""
    about = select(QUEUES.c.dataset, QUEUES.c.taxonomy).where(QUEUES.c.queue_id == queue_id)
    dataset, taxonomy = connection.execute(about).one()
    asked = (ITEMS.c.queue_id == queue_id) & (ITEMS.c.kind != GOLD)
    connection.execute(update(ITEMS).where(asked).values(wanted=open_places((), rules)))
    ids = list(connection.execute(select(ITEMS.c.object_id).where(asked)).scalars())
    for some in _batches(ids):
        votes = votes_within(connection, dataset, taxonomy, some)
        _write(connection, queue_id, rules, votes, tuple(votes))


def _count_in(
    connection: Connection, dataset: str, queues: dict[str, str], ids: Sequence[str]
) -> None:
    i = ITEMS.c
    wanted = select(i.queue_id, i.object_id).where(
        i.queue_id.in_(list(queues)), i.object_id.in_(ids), i.kind != GOLD
    )
    held: dict[str, list[str]] = {}
    for queue_id, object_id in connection.execute(wanted):
        held.setdefault(queue_id, []).append(object_id)
    votes = {
        taxonomy: votes_within(connection, dataset, taxonomy, ids)
        for taxonomy in {queues[queue_id] for queue_id in held}
    }
    for queue_id, objects in held.items():
        rules = rules_within(connection, queue_id)
        _write(connection, queue_id, rules, votes[queues[queue_id]], objects)


def _write(
    connection: Connection,
    queue_id: str,
    rules: ReviewRules,
    votes: dict[str, tuple[Vote, ...]],
    ids: Iterable[str],
) -> None:
    rows = [{"one": i, "n": open_places(votes.get(i, ()), rules)} for i in ids]
    if rows:
        here = (ITEMS.c.queue_id == queue_id) & (ITEMS.c.object_id == bindparam("one"))
        connection.execute(update(ITEMS).where(here).values(wanted=bindparam("n")), rows)


def in_taxonomy(taxonomy: str) -> tuple[Any, ...]:
    """Conditions on standing answers: given in these classes, or it was not said in which.

    Parameters
    ----------
    taxonomy : str
        Name; empty for all.
    """
    return (STANDING.c.taxonomy.in_((taxonomy, "")),) if taxonomy else ()


def votes_within(
    connection: Connection, dataset: str, taxonomy: str, ids: Sequence[str]
) -> dict[str, tuple[Vote, ...]]:
    """What each person said of each galaxy, in the order of time."""
    s = STANDING.c
    wanted = (
        select(s.object_id, s.reviewer, s.question, s.action, s.said, s.at, s.bulk)
        .where(s.dataset == dataset, s.object_id.in_(ids), s.action.in_(("label", "settle")))
        .where(*in_taxonomy(taxonomy))
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


def _batches(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
