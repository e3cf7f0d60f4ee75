"""Who is at the browser, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from astro_core.errors import BadInputError, ForbiddenError

Role = Literal["viewer", "reviewer", "lead"]
ROLES: tuple[Role, ...] = get_args(Role)
MAX_PERSON_NAME = 200


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody at the browser or at the shell.

    Attributes
    ----------
    name : str
        What their labels are kept under: the name that was typed, or the one that the sign-in
        vouches for.
    role : {"viewer", "reviewer", "lead"}
        A viewer looks, a reviewer answers too, a lead decides too. Without sign-in everybody is
        a lead.
    signed_in : bool
        Whether a sign-in vouches for the name.

    Raises
    ------
    BadInputError
        If the name is empty, too long, or more than one line.
    """

    name: str
    role: Role = "lead"
    signed_in: bool = False

    def __post_init__(self) -> None:
        clean = " ".join(self.name.split())
        if not 0 < len(clean) <= MAX_PERSON_NAME or not clean.isprintable():
            raise BadInputError(
                "A person needs a name", expected=f"1 to {MAX_PERSON_NAME} characters on one line"
            )
        if self.role not in ROLES:
            raise BadInputError(
                f"There is no role '{self.role}'", expected="one of " + ", ".join(ROLES)
            )
        object.__setattr__(self, "name", clean)

    def may(self, role: Role) -> bool:
        """Whether this person's role is `role` or one above it."""
        return ROLES.index(self.role) >= ROLES.index(role)


def require(person: Person, role: Role, doing: str) -> None:
    """Refuse what a person may not do.

    Parameters
    ----------
    doing : str
        What they want to do, as in "change the rules of a queue".

    Raises
    ------
    ForbiddenError
        If their role is below `role`.
    """
    if not person.may(role):
        who = " or a ".join(ROLES[ROLES.index(role) :])
        raise ForbiddenError(
            f"Only a {who} may {doing}",
            given=f"{person.name}, who is a {person.role}",
            todo="Ask a lead to do it, or to give you that role",
        )
