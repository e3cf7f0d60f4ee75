"""Errors written for the person who reads them."""

from __future__ import annotations


class TuningForkError(Exception):
    """Something a person can put right.

    The message says what was wrong, what was expected, what was given and what to do next,
    in that order and only as far as it is known.

    Parameters
    ----------
    what : str
        What was wrong, a whole sentence without its full stop.
    expected, given, todo : str
        The other three parts, each without a full stop.
    """

    def __init__(self, what: str, *, expected: str = "", given: str = "", todo: str = "") -> None:
        self.what = what
        self.expected = expected
        self.given = given
        self.todo = todo
        super().__init__(what, expected, given, todo)

    def __str__(self) -> str:
        seen = "; ".join(
            part
            for part in (
                f"expected {self.expected}" if self.expected else "",
                f"got {self.given}" if self.given else "",
            )
            if part
        )
        sentences = (self.what, seen[:1].upper() + seen[1:], self.todo)
        return " ".join(s.rstrip(".") + "." for s in sentences if s)


class BadInputError(TuningForkError):
    """What was handed in cannot be used as it is."""


class NotFoundError(TuningForkError):
    """There is no such dataset, object, run, recipe or registry entry."""


class ConflictError(TuningForkError):
    """The name is taken, or somebody else is using the thing."""


class ForbiddenError(TuningForkError):
    """The person's role does not allow it."""
