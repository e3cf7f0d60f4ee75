"""How many more people each galaxy of a queue wants, kept up to date as labels come.

It is kept with the items so that the next galaxy and the progress of a queue cost the same,
however long the queue is and however much was said. It follows from the standing answers and
the rules, in the transaction that changes either.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select, update

from astro_core.labels.queue_tables import GOLD, ITEMS, OPEN, QUEUES
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
        queues = _queues_of(connection, dataset)
        for start in range(0, len(ids) if queues else 0, _AT_ONCE):
            some = sorted(ids)[start : start + _AT_ONCE]
            _count_in(connection, dataset, queues, some)


def count_anew(connection: Connection, queue_id: str, rules: ReviewRules) -> None:
    """Count anew for a whole queue: it is new, or its rules changed."""
    count_items(connection, queue_id, rules)
    i = ITEMS.c
    every, gold = _sums(queue_id), _sums(queue_id, i.kind == GOLD)
    still = _sums(queue_id, i.kind != GOLD, OPEN)
    left = _sums(queue_id, i.kind != GOLD, of=func.coalesce(func.sum(i.wanted), 0))
    sums = {"n_items": every, "n_gold": gold, "n_open": still, "n_votes": left}
    connection.execute(update(QUEUES).where(QUEUES.c.queue_id == queue_id).values(sums))


def count_items(connection: Connection, queue_id: str, rules: ReviewRules) -> None:
    """Count anew for each item of a queue, not for the queue itself."""
    about = select(QUEUES.c.dataset, QUEUES.c.taxonomy).where(QUEUES.c.queue_id == queue_id)
    dataset, taxonomy = connection.execute(about).one()
    i = ITEMS.c
    asked = (i.queue_id == queue_id) & (i.kind != GOLD)
    nobody = open_places((), rules)
    connection.execute(update(ITEMS).where(asked, i.wanted != nobody).values(wanted=nobody))
    votes = votes_within(connection, dataset, taxonomy, select(i.object_id).where(asked))
    _write(connection, queue_id, {one: open_places(said, rules) for one, said in votes.items()})


def _sums(queue_id: str, *which: Any, of: Any = None) -> Any:
    wanted = select(func.count() if of is None else of).select_from(ITEMS)
    return wanted.where(ITEMS.c.queue_id == queue_id, *which).scalar_subquery()


def _queues_of(connection: Connection, dataset: str) -> dict[str, str]:
    """The taxonomy of each queue of a dataset."""
    q = QUEUES.c
    rows = connection.execute(select(q.queue_id, q.taxonomy).where(q.dataset == dataset))
    return {row.queue_id: row.taxonomy for row in rows}


def _count_in(
    connection: Connection, dataset: str, queues: dict[str, str], ids: Sequence[str]
) -> None:
    i = ITEMS.c
    wanted = select(i.queue_id, i.object_id, i.wanted).where(
        i.queue_id.in_(list(queues)), i.object_id.in_(ids), i.kind != GOLD
    )
    before: dict[str, dict[str, int]] = {}
    for queue_id, object_id, n in connection.execute(wanted):
        before.setdefault(queue_id, {})[object_id] = n
    votes = {
        taxonomy: votes_within(connection, dataset, taxonomy, ids)
        for taxonomy in {queues[queue_id] for queue_id in before}
    }
    for queue_id, was in before.items():
        rules, said = rules_within(connection, queue_id), votes[queues[queue_id]]
        now = {one: open_places(said.get(one, ()), rules) for one in was}
        changed = {one: n for one, n in now.items() if n != was[one]}
        if changed:
            _write(connection, queue_id, changed)
            _add_up(connection, queue_id, [was[one] for one in changed], list(changed.values()))


def _write(connection: Connection, queue_id: str, wanted: Mapping[str, int]) -> None:
    rows = [{"one": object_id, "n": n} for object_id, n in wanted.items()]
    if rows:
        here = (ITEMS.c.queue_id == queue_id) & (ITEMS.c.object_id == bindparam("one"))
        connection.execute(update(ITEMS).where(here).values(wanted=bindparam("n")), rows)


def _add_up(
    connection: Connection, queue_id: str, before: Sequence[int], after: Sequence[int]
) -> None:
    """Bring the sums of a queue up to date with what changed."""
    q = QUEUES.c
    opened = sum(n > 0 for n in after) - sum(n > 0 for n in before)
    sums = {"n_open": q.n_open + opened, "n_votes": q.n_votes + sum(after) - sum(before)}
    connection.execute(update(QUEUES).where(q.queue_id == queue_id).values(sums))


def in_taxonomy(taxonomy: str) -> tuple[Any, ...]:
    """Conditions on standing answers: given in these classes, or it was not said in which.

    Parameters
    ----------
    taxonomy : str
        Name; empty for all.
    """
    return (STANDING.c.taxonomy.in_((taxonomy, "")),) if taxonomy else ()


def votes_within(
    connection: Connection, dataset: str, taxonomy: str, ids: Sequence[str] | Select[str]
) -> dict[str, tuple[Vote, ...]]:
    """What each person said of each galaxy, in the order of time.

    Parameters
    ----------
    ids : sequence of str or Select
        Of the galaxies, or a query that gives them.
    """
    s = STANDING.c
    wanted = (
        select(s.object_id, s.reviewer, s.question, s.action, s.said, s.at, s.bulk)
        .where(s.dataset == dataset, s.object_id.in_(ids), s.action.in_(("label", "settle")))
        .where(*in_taxonomy(taxonomy))
        .order_by(s.at)
    )
    people: dict[tuple[str, str, bool], dict[str, Any]] = {}
    for row in connection.execute(wanted):
        whose = row.object_id, row.reviewer, row.action == "settle"
        people.setdefault(whose, {})[row.question] = row
    found: dict[str, list[tuple[str, str, Vote]]] = {}
    for (object_id, reviewer, settled), answers in people.items():
        rows = list(answers.values())
        said = "\x1e".join(f"{name}\x1f{answers[name].said}" for name in sorted(answers))
        weight = WEAK if all(row.bulk for row in rows) else 1.0
        vote = Vote(said, weight, settled)
        found.setdefault(object_id, []).append((max(row.at for row in rows), reviewer, vote))
    return {
        object_id: tuple(vote for _, _, vote in sorted(one, key=lambda v: v[:2]))
        for object_id, one in found.items()
    }
