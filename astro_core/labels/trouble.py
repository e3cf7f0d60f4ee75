"""What goes wrong with a database, in words for the person who pressed a key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from astro_core.errors import TuningForkError


class LabelStoreError(TuningForkError):
    """The store did not do what it was asked for; nothing was half done."""


_AGAIN = "Nothing was stored; "
_SIGNS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("database or disk is full", "diskfull", "no space left", "disk i/o error"),
        "The disk with the labels is full or cannot be written to",
        _AGAIN + "make room, then do it again",
    ),
    (
        ("database is locked", "database table is locked", "locknotavailable", "lock timeout"),
        "The label store is busy with something else",
        _AGAIN + "wait a moment, then do it again",
    ),
    (
        ("readonly database", "readonlysqltransaction", "insufficientprivilege"),
        "The label store may not be written to",
        _AGAIN + "allow writing, then do it again",
    ),
    (
        ("malformed", "file is not a database"),
        "The label store is damaged",
        "Move the file away and bring a backup back with `tuning-fork labels restore FILE`",
    ),
    (
        ("unable to open database file",),
        "The label store cannot be opened",
        "Look whether its folder is there and may be written to",
    ),
    (
        ("connection", "terminating", "server closed", "could not translate host", "timeout"),
        "The database with the labels does not answer",
        _AGAIN + "look whether the server runs, then do it again",
    ),
)


def in_words(error: exc.SQLAlchemyError, place: str) -> LabelStoreError:
    """Say what a database's error means to a person, and what to do."""
    cause = getattr(error, "orig", None) or error
    said = f"{type(cause).__name__}: {cause}".lower()
    for signs, what, todo in _SIGNS:
        if any(sign in said for sign in signs):
            return LabelStoreError(what, given=place, todo=todo)
    first = str(cause).strip().partition("\n")[0]
    return LabelStoreError("The label store failed", given=f"{place}: {first}", todo=_AGAIN[:-2])


@contextmanager
def told(place: str) -> Iterator[None]:
    """Turn errors of the database into words.

    Raises
    ------
    LabelStoreError
        Instead of an error of SQLAlchemy.
    """
    try:
        yield
    except exc.SQLAlchemyError as error:
        raise in_words(error, place) from error
