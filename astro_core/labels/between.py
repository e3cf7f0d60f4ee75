"""Which answer one person gives where another gives this one, galaxy by galaxy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from astro_core.errors import NotFoundError
from astro_core.labels.votes import Votes

Counts = NDArray[np.int64]
_Said = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Between:
    """Answers of some people against those of others to the same galaxies.

    Attributes
    ----------
    object_ids : array of str, shape (n_objects,)
    answers : tuple of str
    rows, columns : array of bool, shape (n_objects, n_answers)
        Who of either side said what.
    twice : array of bool, shape (n_objects, n_answers)
        Where two different people said the same.
    """

    object_ids: NDArray[np.object_]
    answers: tuple[str, ...]
    rows: _Said
    columns: _Said
    twice: _Said

    @property
    def counts(self) -> Counts:
        """Galaxies on which one says the row's answer and another the column's."""
        found: Counts = self.rows.T.astype(np.int64) @ self.columns.astype(np.int64)
        np.fill_diagonal(found, self.twice.sum(axis=0))
        return found

    @property
    def n_compared(self) -> int:
        """Galaxies that both sides answered."""
        return int((self._differ | self.twice.any(axis=1)).sum())

    @property
    def differing(self) -> tuple[str, ...]:
        """The galaxies on which one says something else than another."""
        return tuple(self.object_ids[self._differ])

    @property
    def _differ(self) -> _Said:
        other = self.rows.sum(axis=1)[:, None] - self.rows > 0
        found: _Said = (self.columns & other).any(axis=1)
        return found

    def cell(self, row: str, column: str) -> tuple[str, ...]:
        """The galaxies of one cell, by two answers."""
        i, j = self.answers.index(row), self.answers.index(column)
        there = self.twice[:, i] if i == j else self.rows[:, i] & self.columns[:, j]
        return tuple(self.object_ids[there])


def between(votes: Votes, one: str = "", other: str = "") -> Between:
    """Set answers to the same galaxies against each other.

    Parameters
    ----------
    one, other : str
        Reviewers; without the first everybody, without the second everybody else.

    Raises
    ------
    NotFoundError
        If one of them has no votes.
    """
    tally = votes.tally()
    mine = tally if not one else _of(votes, one)
    theirs = _of(votes, other) if other else tally - mine if one else tally
    if other and not one:
        mine = tally - theirs
    twice = tally >= 2 if not one and not other else (mine > 0) & (theirs > 0)
    return Between(
        object_ids=votes.object_ids,
        answers=votes.answers,
        rows=mine > 0,
        columns=theirs > 0,
        twice=twice,
    )


def _of(votes: Votes, reviewer: str) -> NDArray[np.float64]:
    if reviewer not in votes.reviewers:
        raise NotFoundError(
            f"'{reviewer}' has answered nothing here",
            expected="one of " + ", ".join(votes.reviewers),
        )
    by_them = votes.by == votes.reviewers.index(reviewer)
    return votes.tally(by_them.astype(float))
