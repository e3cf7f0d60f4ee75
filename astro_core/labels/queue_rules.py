"""The rules of a queue, and every change of them: who, when, before and after."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from astro_core.domain.label import utc_text
from astro_core.errors import BadInputError
from astro_core.labels.queue_tables import RULE_EVENTS
from astro_core.labels.rule_rows import RuleEvent, add_rules, read_rules, rules_within
from astro_core.labels.rules import ReviewRules
from astro_core.labels.wanted import count_anew

if TYPE_CHECKING:
    from astro_core.labels.store import LabelStore


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
        add_rules(connection, event)
        count_anew(connection, queue_id, rules)
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
            before=read_rules(row["before"]) if row["before"] else None,
            after=read_rules(row["after"]), reason=row["reason"],
        )
        for row in rows
    )  # fmt: skip


def rules_revision(store: LabelStore) -> int:
    """A number that grows with every queue that is made and every change of rules."""
    with store.reading() as connection:
        return int(connection.execute(select(func.max(RULE_EVENTS.c.seq))).scalar() or 0)
