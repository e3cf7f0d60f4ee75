"""The rules of a queue as rows of the store, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select

from astro_core.errors import NotFoundError
from astro_core.labels.queue_tables import RULE_EVENTS
from astro_core.labels.rules import ReviewRules
from astro_core.params import from_mapping, to_mapping


@dataclass(frozen=True, kw_only=True)
class RuleEvent:
    """One change of the rules of a queue; never edited.

    Attributes
    ----------
    before : ReviewRules or None
        None for the rules that the queue was made with.
    at : str
        ISO 8601 in UTC.
    """

    queue_id: str
    who: str
    at: str
    before: ReviewRules | None
    after: ReviewRules
    reason: str = ""


def first_rules(
    connection: Connection, queue_id: str, rules: ReviewRules, *, who: str, at: str
) -> None:
    """Write the rules that a queue is made with."""
    add_rules(connection, RuleEvent(queue_id=queue_id, who=who, at=at, before=None, after=rules))


def rules_within(connection: Connection, queue_id: str) -> ReviewRules:
    """Return the rules of a queue as they are now.

    Raises
    ------
    NotFoundError
        If there is no such queue.
    """
    wanted = select(RULE_EVENTS.c.after).where(RULE_EVENTS.c.queue_id == queue_id)
    found = connection.execute(wanted.order_by(RULE_EVENTS.c.seq.desc()).limit(1)).scalar()
    if found is None:
        raise NotFoundError(f"There is no queue '{queue_id}'")
    return read_rules(found)


def rules_of_all(connection: Connection, queue_ids: Sequence[str]) -> dict[str, ReviewRules]:
    """`rules_within` of several queues, in one query."""
    r = RULE_EVENTS.c
    last = select(func.max(r.seq)).where(r.queue_id.in_(queue_ids)).group_by(r.queue_id)
    rows = connection.execute(select(r.queue_id, r.after).where(r.seq.in_(last)))
    return {row.queue_id: read_rules(row.after) for row in rows}


def read_rules(text: str) -> ReviewRules:
    """Read the rules of a row."""
    return from_mapping(ReviewRules, json.loads(text))


def add_rules(connection: Connection, event: RuleEvent) -> None:
    """Write one event."""
    values: dict[str, Any] = {
        "queue_id": event.queue_id, "who": event.who, "at": event.at, "reason": event.reason,
        "before": "" if event.before is None else json.dumps(to_mapping(event.before)),
        "after": json.dumps(to_mapping(event.after)),
    }  # fmt: skip
    connection.execute(insert(RULE_EVENTS), values)
