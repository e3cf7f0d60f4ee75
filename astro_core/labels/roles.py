"""Which role each person has, and every change of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from astro_core.domain import Role, utc_text
from astro_core.labels.role_tables import ROLE_EVENTS
from astro_core.labels.store import LabelStore
from astro_core.labels.tables import EVENTS

ARRIVED = ""  # in place of a role: the person came, and nobody has decided about them


@dataclass(frozen=True, kw_only=True)
class RoleEvent:
    """A role that a person was given, or that they came for the first time; never edited.

    Attributes
    ----------
    role : str
        Empty where the person came and nobody decided.
    given_by : str
        Who gave it; empty where nobody did.
    at : str
        ISO 8601 in UTC.
    """

    person: str
    role: str
    given_by: str = ""
    at: str
    reason: str = ""


def arrive(store: LabelStore, person: str, *, first_leads: bool) -> tuple[RoleEvent, ...]:
    """Note that somebody signed in for the first time, and return all that is known of them.

    Parameters
    ----------
    first_leads : bool
        Whether they become a lead where nobody signed in before.
    """
    with store.writing() as connection:
        if not _events(connection, person):
            first = first_leads and not _events(connection, None)
            role, reason = ("lead", "the first to sign in") if first else (ARRIVED, "")
            _add(connection, RoleEvent(person=person, role=role, at=_now(), reason=reason))
        return _events(connection, person)


def give_role(
    store: LabelStore, person: str, role: Role, *, given_by: str, reason: str = ""
) -> RoleEvent:
    """Give a person a role from now on."""
    event = RoleEvent(person=person, role=role, given_by=given_by, at=_now(), reason=reason.strip())
    with store.writing() as connection:
        _add(connection, event)
    return event


def role_events(store: LabelStore, person: str | None = None) -> tuple[RoleEvent, ...]:
    """All that was decided about a person, or about everybody, the oldest first."""
    with store.reading() as connection:
        return _events(connection, person)


def last_of_each(store: LabelStore) -> tuple[RoleEvent, ...]:
    """Return the newest event of each person, in the order of names."""
    with store.reading() as connection:
        rows = connection.execute(_newest().order_by(ROLE_EVENTS.c.person)).mappings().all()
    return tuple(RoleEvent(**row) for row in rows)


def reviewers(store: LabelStore) -> tuple[str, ...]:
    """Names under which answers were given, in order."""
    with store.reading() as connection:
        names = connection.execute(select(EVENTS.c.reviewer).distinct()).scalars()
        return tuple(sorted(names))


def _events(connection: Connection, person: str | None) -> tuple[RoleEvent, ...]:
    wanted = select(*_columns()).order_by(ROLE_EVENTS.c.seq)
    if person is not None:
        wanted = wanted.where(ROLE_EVENTS.c.person == person)
    return tuple(RoleEvent(**row) for row in connection.execute(wanted).mappings())


def _columns() -> list[Any]:
    return [c for c in ROLE_EVENTS.c if c.name != "seq"]


def _newest() -> Select[Any]:
    last = select(func.max(ROLE_EVENTS.c.seq)).group_by(ROLE_EVENTS.c.person)
    return select(*_columns()).where(ROLE_EVENTS.c.seq.in_(last))


def _add(connection: Connection, event: RoleEvent) -> None:
    connection.execute(insert(ROLE_EVENTS), vars(event))


def _now() -> str:
    return utc_text(datetime.now(UTC))
