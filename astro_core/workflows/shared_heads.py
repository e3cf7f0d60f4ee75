"""Which datasets teach which heads of one network, and what they say together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from astro_core.classifiers.targets import Targets
from astro_core.classifiers.vote_targets import of_those_asked
from astro_core.domain import Dataset, Taxonomy
from astro_core.errors import BadInputError
from astro_core.workflows.training_plan import TrainingData

Heads = Mapping[str, str | Sequence[str]]
VOTES = "votes"  # the head that learns vote fractions; the others learn classes


def teachers_of(heads: Heads, head: str) -> list[str]:
    """Return the datasets that teach a head; the first one judges it, too."""
    names = heads[head]
    return [names] if isinstance(names, str) else list(names)


def taught_by(heads: Heads) -> dict[str, list[str]]:
    """Return each dataset with the heads that it teaches, in the order in which they are named."""
    found: dict[str, list[str]] = {}
    for head in heads:
        for name in teachers_of(heads, head):
            found.setdefault(name, []).append(head)
    return found


def head_targets(
    head: str, heads: Heads, datasets: Sequence[Dataset], answers: Sequence[TrainingData]
) -> Targets:
    """Put what the datasets say for a head below each other, over the galaxies of all datasets.

    Parameters
    ----------
    datasets, answers
        All that are trained on, in the order of their galaxies; the targets of `answers` bear
        the names of heads.

    Raises
    ------
    BadInputError
        If datasets that teach one head have other classes or other questions.
    """
    names = [dataset.name for dataset in datasets]
    places = [names.index(name) for name in teachers_of(heads, head)]
    first, total = _said(answers[places[0]], head), sum(len(one.table) for one in answers)
    starts = np.cumsum([0, *(len(one.table) for one in answers)])
    truth = np.zeros((total, *first.truth.shape[1:]), dtype=np.float32)
    known, asked = np.zeros(total, dtype=bool), np.full_like(truth, -1)
    for place in places:
        its = _said(answers[place], head)
        if place != places[0]:
            _check_alike(head, datasets[places[0]], datasets[place], first, its)
            its = _to_teach(first, its, (answers[place].table["part"] == "train").to_numpy())
        rows = slice(starts[place], starts[place + 1])
        truth[rows], known[rows] = its.truth, its.known
        asked[rows] = 1 if its.asked is None else its.asked
    return replace(first, truth=truth, known=known, asked=None if first.asked is None else asked)


def _said(answers: TrainingData, head: str) -> Targets:
    return next(target for target in answers.targets if target.head.name == head)


def _check_alike(head: str, one: Dataset, other: Dataset, first: Targets, its: Targets) -> None:
    if head == VOTES:
        alike = _asks(one.taxonomy) == _asks(other.taxonomy)
        alike &= not first.head.reached_by or first.head.reached_by == its.head.reached_by
    else:
        alike = first.head.outputs == its.head.outputs
    if not alike:
        raise BadInputError(
            f"'{one.name}' and '{other.name}' cannot teach one head, '{head}'",
            expected="the same classes, or the same questions with votes of those asked first",
        )


def _asks(taxonomy: Taxonomy) -> list[tuple[str, list[str]]]:
    return [(asked.name, [a.name for a in asked.answers]) for asked in taxonomy.questions]


def _to_teach(first: Targets, its: Targets, train: np.ndarray) -> Targets:
    """Say answers as the head's own dataset does, and of training galaxies alone."""
    if its.head.reached_by and not first.head.reached_by:
        its = of_those_asked(its)
    asked = None if its.asked is None else np.where(train[:, None], its.asked, np.float32(-1))
    return replace(its, head=first.head, known=its.known & train, asked=asked)
