"""The rules of a queue, and every change of them: who, when, before and after."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from astro_core.domain.label import utc_text
from astro_core.errors import BadInputError, NotFoundError
from astro_core.labels.queue_tables import RULE_EVENTS
from astro_core.labels.rules import ReviewRules
from astro_core.labels.store import LabelStore
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


def change_rules(
    store: LabelStore, queue_id: str, rules: ReviewRules, *, who: str, reason: str = ""
) -> RuleEvent | None:
    """Give a queue other rules from now on; None if they are what they were.

    Raises
    ------
    NotFoundError
        If there is no such queue.
    BadInputError
        If nobody is named.
    """
    if not who.strip():
        raise BadInputError("A change of rules needs the name of who makes it")
    with store.writing() as connection:
        before = rules_within(connection, queue_id)
        if before == rules:
            return None
        event = RuleEvent(
            queue_id=queue_id, who=who.strip(), at=utc_text(datetime.now(UTC)), before=before,
            after=rules, reason=reason.strip(),
        )  # fmt: skip
        _add(connection, event)
        return event


def rules_of(store: LabelStore, queue_id: str) -> ReviewRules:
    """Return the rules of a queue as they are now.

    Raises
    ------
    NotFoundError
        If there is no such queue.
    """
    with store.reading() as connection:
        return rules_within(connection, queue_id)


def rule_events(store: LabelStore, queue_id: str) -> tuple[RuleEvent, ...]:
    """All rules that a queue has had, the oldest first."""
    wanted = select(RULE_EVENTS).where(RULE_EVENTS.c.queue_id == queue_id)
    with store.reading() as connection:
        rows = connection.execute(wanted.order_by(RULE_EVENTS.c.seq)).mappings().all()
    return tuple(
        RuleEvent(
            queue_id=row["queue_id"], who=row["who"], at=row["at"],
            before=_read(row["before"]) if row["before"] else None,
            after=_read(row["after"]), reason=row["reason"],
        )
        for row in rows
    )  # fmt: skip


def first_rules(
    connection: Connection, queue_id: str, rules: ReviewRules, *, who: str, at: str
) -> None:
    """Write the rules that a queue is made with."""
    _add(connection, RuleEvent(queue_id=queue_id, who=who, at=at, before=None, after=rules))


def rules_within(connection: Connection, queue_id: str) -> ReviewRules:
    """`rules_of` inside a transaction."""
    wanted = select(RULE_EVENTS.c.after).where(RULE_EVENTS.c.queue_id == queue_id)
    found = connection.execute(wanted.order_by(RULE_EVENTS.c.seq.desc()).limit(1)).scalar()
    if found is None:
        raise NotFoundError(f"There is no queue '{queue_id}'")
    return _read(found)


def _read(text: str) -> ReviewRules:
    return from_mapping(ReviewRules, json.loads(text))


def _add(connection: Connection, event: RuleEvent) -> None:
    values: dict[str, Any] = {
        "queue_id": event.queue_id, "who": event.who, "at": event.at, "reason": event.reason,
        "before": "" if event.before is None else json.dumps(to_mapping(event.before)),
        "after": json.dumps(to_mapping(event.after)),
    }  # fmt: skip
    connection.execute(insert(RULE_EVENTS), values)
