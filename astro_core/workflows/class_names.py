"""Finds what a name means that people write in several ways, and never what it does not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Generic, TypeVar

Meaning = TypeVar("Meaning")
_BETWEEN_WORDS = re.compile(r"(?<=[^\W_])(?:[\s_]+(?=[^\W_])|-(?=[^\W\d_]))")


class Names(Generic[Meaning]):
    """What names mean, as they are written, or else loosely where only one thing is meant.

    Loosely, capitals and what parts words do not matter: spaces, underscores and dashes. Signs
    and points do, as in -5, S0- and <0.5.

    Parameters
    ----------
    meanings : iterable of tuple
        Each name with what it means.
    """

    def __init__(self, meanings: Iterable[tuple[str, Meaning]]) -> None:
        named = list(meanings)
        self._exact = _unambiguous(named)
        self._loose = _unambiguous((_loose(name), meaning) for name, meaning in named)

    def find(self, name: str) -> Meaning | None:
        """What a name means; None where it means nothing, or several things."""
        return self._exact.get(name) or self._loose.get(_loose(name))


def _loose(name: str) -> str:
    return _BETWEEN_WORDS.sub("", name.strip(" _").casefold())


def _unambiguous(meanings: Iterable[tuple[str, Meaning]]) -> dict[str, Meaning]:
    every: dict[str, set[Meaning]] = {}
    for name, meaning in meanings:
        every.setdefault(name, set()).add(meaning)
    return {name: several.pop() for name, several in every.items() if len(several) == 1}
