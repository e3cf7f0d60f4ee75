"""One galaxy's votes laid along the decision tree."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from astro_core.domain import Question, Taxonomy


@dataclass(frozen=True, kw_only=True)
class QuestionVotes:
    """The votes on one question.

    Attributes
    ----------
    fractions : tuple of float
        Share of the people who were asked this question, one per answer, in [0, 1]; NaN where
        there is no vote.
    reached : float
        Share of everybody who was asked this question, in [0, 1]; NaN when unknown.
    on_path : bool
        Whether the favourite answers lead here.
    favourite : int
        Position of the answer with most votes; -1 without votes.
    """

    question: Question
    fractions: tuple[float, ...]
    reached: float
    on_path: bool
    favourite: int


def _value(votes: Mapping[str, Any], column: str) -> float:
    value = votes.get(column)
    return math.nan if value is None else float(value)


def _raw(taxonomy: Taxonomy, votes: Mapping[str, Any]) -> dict[str, tuple[float, ...]]:
    return {q.name: tuple(_value(votes, a.column) for a in q.answers) for q in taxonomy.questions}


def _favourite(fractions: tuple[float, ...]) -> int:
    known = [(f, -i) for i, f in enumerate(fractions) if not math.isnan(f)]
    return -max(known)[1] if known and max(known)[0] > 0 else -1


def _path(taxonomy: Taxonomy, favourites: Mapping[str, int]) -> tuple[str, ...]:
    questions = {q.name: q for q in taxonomy.questions}
    path: list[str] = []
    name = taxonomy.questions[0].name if taxonomy.questions else None
    while name is not None and name not in path and favourites[name] >= 0:
        path.append(name)
        name = questions[name].answers[favourites[name]].next_question
    return tuple(path)


def _in_order(taxonomy: Taxonomy) -> list[Question]:
    """Questions so that each comes after all that lead to it."""
    questions = {q.name: q for q in taxonomy.questions}
    done: dict[str, Question] = {}
    begun: set[str] = set()

    def visit(name: str) -> None:
        if name in begun:
            return
        begun.add(name)
        for answer in reversed(questions[name].answers):
            if answer.next_question is not None:
                visit(answer.next_question)
        done[name] = questions[name]

    for name in questions:
        visit(name)
    return list(done.values())[::-1]


def _reached(taxonomy: Taxonomy, asked: Mapping[str, tuple[float, ...]]) -> dict[str, float]:
    """Multiply conditional fractions down the tree, each question after those that lead to it."""
    reached = dict.fromkeys(asked, 0.0)
    if not taxonomy.questions:
        return reached
    reached[taxonomy.questions[0].name] = 1.0
    for question in _in_order(taxonomy):
        for answer, fraction in zip(question.answers, asked[question.name], strict=True):
            if answer.next_question is not None and not math.isnan(fraction):
                reached[answer.next_question] += reached[question.name] * fraction
    return reached


def vote_path(taxonomy: Taxonomy, votes: Mapping[str, Any]) -> tuple[QuestionVotes, ...]:
    """Lay one galaxy's votes along the decision tree.

    Parameters
    ----------
    votes : Mapping
        Vote fraction by catalogue column; None or NaN where there is none. Cumulative votes,
        as the Galaxy Challenge has them, are divided by the share that was asked.

    Returns
    -------
    tuple of QuestionVotes
        Questions on the favourite path first, in the order in which they are asked, then the
        others in the tree's order. Empty when the galaxy has no votes.
    """
    raw = _raw(taxonomy, votes)
    cumulative = taxonomy.votes_are == "cumulative"
    fractions: dict[str, tuple[float, ...]] = {}
    sums: dict[str, float] = {}
    for name, values in raw.items():
        total = math.fsum(v for v in values if not math.isnan(v))
        sums[name] = total
        scale = 1 / total if cumulative and total > 0 else 1.0
        fractions[name] = tuple(v * scale for v in values)
    favourites = {name: _favourite(values) for name, values in fractions.items()}
    path = _path(taxonomy, favourites)
    reached = sums if cumulative else _reached(taxonomy, fractions)
    made = {
        q.name: QuestionVotes(
            question=q,
            fractions=fractions[q.name],
            reached=reached[q.name],
            on_path=q.name in path,
            favourite=favourites[q.name],
        )
        for q in taxonomy.questions
    }
    return tuple(made[n] for n in path) + tuple(
        made[q.name] for q in taxonomy.questions if path and q.name not in path
    )
