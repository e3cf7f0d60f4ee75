"""Who may do what: the roles of those who sign in, kept in the label store."""

from __future__ import annotations

import getpass
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from astro_core.domain import ROLES, Person, Role, require
from astro_core.errors import BadInputError, ConflictError, NotFoundError
from astro_core.workspace import Workspace

if TYPE_CHECKING:
    from astro_core.labels.roles import RoleEvent

LEADS_VARIABLE = "TUNINGFORK_LEADS"
ROLE_VARIABLE = "TUNINGFORK_ROLE"
_FIRST_ROLE: Role = "reviewer"


@dataclass(frozen=True, kw_only=True)
class Known:
    """A person as a list shows them.

    Attributes
    ----------
    named : bool
        Whether ``TUNINGFORK_LEADS`` makes them a lead, whatever else was decided.
    """

    name: str
    role: Role
    named: bool


def name_of(claims: Mapping[str, Any]) -> str:
    """Return the name under which somebody who signed in is kept.

    It is what the provider vouches for and no two people share: the e-mail address, in small
    letters, and where there is none, or it was not verified, the provider's own id. A display
    name is neither.

    Parameters
    ----------
    claims : Mapping
        What an OpenID Connect provider says of a person.

    Raises
    ------
    BadInputError
        If the provider does not say who it is.
    """
    address = str(claims.get("email") or "").strip().lower()
    if address and claims.get("email_verified") is not False:
        return address
    own_id = str(claims.get("sub") or "").strip()
    if not own_id:
        raise BadInputError(
            "The sign-in does not say who you are",
            expected="an e-mail address or an id",
            todo="Ask whoever runs this app to let the provider send the scope 'openid email'",
        )
    return own_id


def signed_in(workspace: Workspace, claims: Mapping[str, Any]) -> Person:
    """Return the person that a sign-in vouches for, with their role.

    Where ``TUNINGFORK_LEADS`` names nobody, the first who ever signs in is a lead.

    Raises
    ------
    BadInputError
        If the provider does not say who it is, or a setting names no role.
    LabelStoreError
        If the roles cannot be read.
    """
    from astro_core.labels.roles import arrive, role_events
    from astro_core.labels.store import open_store

    name, leads, store = name_of(claims), _leads(), open_store(workspace)
    events = role_events(store, name) or arrive(store, name, first_leads=not leads)
    return Person(name=name, role=_decided(name, events, leads), signed_in=True)


def at_shell() -> Person:
    """Whoever runs a command here: they can read and write the files, so they are a lead."""
    return Person(name=getpass.getuser())


def role_of(workspace: Workspace, name: str) -> Role:
    """Return the role of somebody who signs in: as it was given, else as the settings say."""
    from astro_core.labels.roles import role_events
    from astro_core.labels.store import open_store

    return _decided(name, role_events(open_store(workspace), name), _leads())


def _decided(name: str, events: Sequence[RoleEvent], leads: Collection[str]) -> Role:
    given = [event.role for event in events if event.role]
    if name in leads:
        return "lead"
    return _role(given[-1]) if given else first_role()


def typed(workspace: Workspace, name: str) -> Person:
    """Return the person of a name that was typed, spelled as in their earlier answers.

    Raises
    ------
    BadInputError
        If it is no name.
    LabelStoreError
        If the labels cannot be read.
    """
    from astro_core.labels.roles import reviewers
    from astro_core.labels.store import open_store

    person = Person(name=name)
    known = reviewers(open_store(workspace))
    if person.name in known:
        return person
    alike = [n for n in known if n.casefold() == person.name.casefold()]
    return Person(name=alike[0]) if alike else person


def list_people(workspace: Workspace) -> tuple[Known, ...]:
    """All who ever signed in or were given a role, in the order of names."""
    from astro_core.labels.roles import last_of_each
    from astro_core.labels.store import open_store

    leads, otherwise = _leads(), first_role()
    given = {event.person: event.role for event in last_of_each(open_store(workspace))}
    roles: dict[str, Role] = {n: _role(role) if role else otherwise for n, role in given.items()}
    roles |= dict.fromkeys(leads, "lead")
    return tuple(Known(name=n, role=roles[n], named=n in leads) for n in sorted(roles))


def set_role(
    workspace: Workspace, name: str, role: Role, *, by: Person, reason: str = ""
) -> RoleEvent | None:
    """Give a person another role from now on; None if they have it already.

    Raises
    ------
    ForbiddenError
        If `by` is no lead.
    NotFoundError
        If nobody of that name has signed in yet.
    ConflictError
        If a setting makes them a lead, or nobody would be left to lead.
    """
    from astro_core.labels.roles import give_role
    from astro_core.labels.store import open_store

    require(by, "lead", "give roles")
    people = {known.name: known for known in list_people(workspace)}
    known = people.get(name)
    if known is None:
        raise NotFoundError(f"Nobody named '{name}' has signed in yet")
    if _role(role) == known.role:
        return None
    if known.named:
        raise ConflictError(
            f"{name} is a lead by the setting {LEADS_VARIABLE}",
            todo="Take the name out of that setting first",
        )
    if not any(k.role == "lead" for k in people.values() if k.name != name):
        raise ConflictError(f"{name} is the only lead", todo="Make somebody else a lead first")
    return give_role(open_store(workspace), name, role, given_by=by.name, reason=reason)


def first_role() -> Role:
    """The role of those about whom nobody decided, as ``TUNINGFORK_ROLE`` says.

    Raises
    ------
    BadInputError
        If the setting names no role.
    """
    return _role(os.environ.get(ROLE_VARIABLE, "").strip().lower() or _FIRST_ROLE)


def _role(name: str) -> Role:
    for role in ROLES:
        if role == name:
            return role
    raise BadInputError(f"There is no role '{name}'", expected="one of " + ", ".join(ROLES))


def _leads() -> frozenset[str]:
    named = os.environ.get(LEADS_VARIABLE, "").replace(";", ",").split(",")
    return frozenset(name.strip().lower() for name in named if name.strip())
