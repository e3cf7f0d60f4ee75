"""Votes of people along a decision tree, as a head learns them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.classifiers.targets import Targets
from astro_core.classifiers.vote_tree import along_tree, shares
from astro_core.domain import Head, Taxonomy
from astro_core.errors import BadInputError

VOTES = "votes"
TOTAL = "total_classifications"  # people who looked at a galaxy, as Galaxy Zoo 2 calls it
_KIND = re.compile(r"_(?:debiased|weighted_fraction|fraction)$")
_WHOLE = 1e-3  # how far the sum of a question that everybody is asked may be from 1
Votes = Mapping[str, Sequence[float]] | pd.DataFrame


def vote_head(
    taxonomy: Taxonomy, votes: Votes | None = None, *, concentrations: bool = False
) -> Head:
    """Return the head for all answers of a decision tree, question by question.

    Parameters
    ----------
    votes : mapping, optional
        The fractions. Where they are multiplied down the tree, a question whose answers always
        sum to 1 was put to everybody, whatever the tree says ("odd" in the Galaxy Challenge).
    concentrations : bool
        See `Head`.

    Raises
    ------
    BadInputError
        If the taxonomy asks no questions.
    """
    if not taxonomy.questions:
        raise BadInputError(
            "This recipe learns vote fractions, and the dataset has none",
            expected="a dataset with Galaxy Zoo votes",
            todo="Choose a recipe that learns classes",
        )
    names = tuple(answer.column for answer in taxonomy.answers())
    reached_by: tuple[tuple[int, ...], ...] = ()
    if taxonomy.votes_are == "cumulative":
        reached_by = _leads(taxonomy)
        if votes is not None:
            reached_by = _of_some(reached_by, _questions(taxonomy), _values(names, votes))
    return Head(
        name=VOTES,
        kind="votes",
        outputs=names,
        questions=_questions(taxonomy),
        reached_by=reached_by,
        concentrations=concentrations,
    )


def _questions(taxonomy: Taxonomy) -> tuple[tuple[int, ...], ...]:
    ends = np.cumsum([len(question.answers) for question in taxonomy.questions])
    return tuple(
        tuple(range(end - len(question.answers), end))
        for question, end in zip(taxonomy.questions, ends.tolist(), strict=True)
    )


def _leads(taxonomy: Taxonomy) -> tuple[tuple[int, ...], ...]:
    """Places of the answers that lead to each question."""
    following = [answer.next_question for answer in taxonomy.answers()]
    return tuple(
        tuple(place for place, name in enumerate(following) if name == question.name)
        for question in taxonomy.questions
    )


def _of_some(
    leads: tuple[tuple[int, ...], ...],
    questions: tuple[tuple[int, ...], ...],
    values: NDArray[np.float32],
) -> tuple[tuple[int, ...], ...]:
    """Leave nothing to lead to a question that was put to everybody."""
    known = values[np.isfinite(values).all(axis=1)]
    sums = [known[:, list(places)].sum(axis=1) for places in questions]
    return tuple(
        () if len(known) and (np.abs(total - 1) < _WHOLE).all() else before
        for before, total in zip(leads, sums, strict=True)
    )


def _values(names: Sequence[str], votes: Votes) -> NDArray[np.float32]:
    table = pd.DataFrame(votes)
    missing = [name for name in names if name not in table]
    if missing:
        raise BadInputError(
            "The dataset lacks votes that this recipe learns",
            given="no " + ", ".join(missing[:5]),
            todo="Import it with its table of votes, or choose a recipe that learns classes",
        )
    values: NDArray[np.float32] = table.loc[:, list(names)].to_numpy(dtype=np.float32)
    known = values[np.isfinite(values)]
    if len(known) and not (known.min() >= 0 and known.max() <= 1.0 + 1e-6):
        raise BadInputError("Vote fractions have to lie between 0 and 1")
    return values


def vote_targets(
    head: Head, votes: Votes, taxonomy: Taxonomy | None = None, *, counted: bool = False
) -> Targets:
    """Take the vote fractions of each galaxy, and how many people stand behind them.

    A fraction of those who were asked is not known where nobody was; a fraction of everybody is
    0 there.

    Parameters
    ----------
    taxonomy : Taxonomy, optional
        Its tree tells how many of those who looked at a galaxy came to each question, where
        there are no counts of votes.
    counted : bool
        Whether the numbers of people have to be known.

    Raises
    ------
    BadInputError
        If a column is missing, a fraction is not between 0 and 1, or the numbers of people have
        to be known and are not.
    """
    values = _values(head.outputs, votes)
    seen = np.isfinite(values)
    for places in map(list, head.questions):
        whole = seen[:, places].all(axis=1)
        if not head.reached_by:
            whole &= np.nan_to_num(values[:, places]).sum(axis=1) > 0
        seen[:, places] = whole[:, None]
    truth = np.where(seen, values, np.float32(0))
    people = _people(head, taxonomy, pd.DataFrame(votes), truth)
    if people is None and counted:
        raise BadInputError(
            "The Dirichlet-multinomial loss needs counts of votes, and the dataset has none",
            expected=f"a column '{TOTAL}', or one that ends in _count for each answer",
            todo="Choose the squared loss of votes",
        )
    asked = np.ones_like(truth) if people is None else people
    if not head.reached_by:
        seen &= asked > 0
    return Targets(
        head=head,
        truth=np.where(seen, truth, np.float32(0)),
        known=seen.any(axis=1),
        asked=np.where(seen, asked, np.float32(-1)).astype(np.float32),
    )


def of_those_asked(targets: Targets) -> Targets:
    """Turn shares of everybody into shares of those who were asked.

    What was put to nobody is not known then.
    """
    truth = shares(targets.head, targets.truth)
    reached = np.zeros_like(truth, dtype=bool)
    for places in map(list, targets.head.questions):
        reached[:, places] = truth[:, places].any(axis=1, keepdims=True)
    asked = np.ones_like(truth) if targets.asked is None else targets.asked
    seen = reached & (asked >= 0) & targets.known[:, None]
    return replace(
        targets,
        head=replace(targets.head, reached_by=()),
        truth=np.where(seen, truth, np.float32(0)),
        known=seen.any(axis=1),
        asked=np.where(seen, asked, np.float32(-1)).astype(np.float32),
    )


def _people(
    head: Head, taxonomy: Taxonomy | None, table: pd.DataFrame, truth: NDArray[np.float32]
) -> NDArray[np.float32] | None:
    """People who were asked the question of each answer; None where no number is known."""
    counts = [_KIND.sub("_count", name) for name in head.outputs]
    if set(counts) <= set(table.columns) and not set(counts) & set(head.outputs):
        each = np.nan_to_num(table[counts].to_numpy(dtype=np.float32))
        return _spread(head, [each[:, list(places)].sum(axis=1) for places in head.questions])
    if TOTAL not in table or taxonomy is None:
        return None
    total = np.nan_to_num(table[TOTAL].to_numpy(dtype=np.float32))
    return _spread(head, [total * share for share in _reached(head, taxonomy, truth)])


def _spread(head: Head, by_question: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Give every answer the number of its question."""
    out = np.zeros((len(by_question[0]), len(head.outputs)), dtype=np.float32)
    for places, people in zip(head.questions, by_question, strict=True):
        out[:, list(places)] = people[:, None]
    return out


def _reached(
    head: Head, taxonomy: Taxonomy, truth: NDArray[np.float32]
) -> list[NDArray[np.float32]]:
    """Share of everybody who came to each question, from the fractions themselves."""
    if head.reached_by:
        return [truth[:, list(places)].sum(axis=1) for places in head.questions]
    tree = replace(head, reached_by=_leads(taxonomy))
    cumulative = along_tree(tree, shares(tree, truth))
    return [cumulative[:, list(places)].sum(axis=1) for places in head.questions]
