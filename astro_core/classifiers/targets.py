"""What a model is to answer for each galaxy, and how much each answer counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.domain import Head, Taxonomy
from astro_core.errors import BadInputError

LABEL = "label"
VOTES = "votes"


@dataclass(frozen=True, kw_only=True)
class Targets:
    """Answers of one head for every galaxy.

    Attributes
    ----------
    truth : array of float32, shape (n_objects, n_outputs)
        One-hot classes, or vote fractions; zeros where nothing is known.
    known : array of bool, shape (n_objects,)
    counts : array of float32, shape (n_objects,) or None
        People asked, where that is known.
    """

    head: Head
    truth: NDArray[np.float32]
    known: NDArray[np.bool_]
    counts: NDArray[np.float32] | None = None


def class_head(taxonomy: Taxonomy, present: Sequence[str], *, binary: bool = False) -> Head:
    """Return the head for the classes of a taxonomy that have galaxies.

    Raises
    ------
    BadInputError
        If there are not at least two, or not exactly two for a binary head.
    """
    names = tuple(name for name in taxonomy.class_names if name in set(present))
    if len(names) < 2:
        raise BadInputError(
            "A classifier needs at least two classes with galaxies",
            given=", ".join(names) or "no labelled galaxy",
            todo="Label some galaxies of another class, or import with other classes",
        )
    if binary and len(names) != 2:
        raise BadInputError(
            "This recipe tells two classes apart",
            expected="two classes",
            given=", ".join(names),
            todo="Import the survey with a class map of two classes",
        )
    mirror = tuple(names.index(taxonomy.mirror.get(name, name)) for name in names)
    return Head(name=LABEL, kind="binary" if binary else "classes", outputs=names, mirror=mirror)


def class_targets(head: Head, labels: Sequence[str | None]) -> Targets:
    """Write labels as one column for each class; other labels count as unknown."""
    place = pd.Index(head.outputs).get_indexer(pd.Index(pd.Series(labels, dtype=object)))
    values = np.zeros((len(place), len(head.outputs)), dtype=np.float32)
    known = place >= 0
    values[np.flatnonzero(known), place[known]] = 1.0
    return Targets(head=head, truth=values, known=known)


def vote_head(taxonomy: Taxonomy) -> Head:
    """Return the head for all answers of a decision tree, question by question.

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
    names: list[str] = []
    questions = []
    for question in taxonomy.questions:
        start = len(names)
        names += [answer.column for answer in question.answers]
        questions.append(tuple(range(start, len(names))))
    return Head(name=VOTES, kind="votes", outputs=tuple(names), questions=tuple(questions))


def vote_targets(head: Head, votes: Mapping[str, Sequence[float]] | pd.DataFrame) -> Targets:
    """Take the vote fractions of each galaxy; one that lacks any is unknown.

    Raises
    ------
    BadInputError
        If a column is missing or a fraction is not between 0 and 1.
    """
    table = pd.DataFrame(votes)
    missing = [name for name in head.outputs if name not in table]
    if missing:
        raise BadInputError(
            "The dataset lacks votes that this recipe learns", given=", ".join(missing[:5])
        )
    values = table.loc[:, list(head.outputs)].to_numpy(dtype=np.float32)
    known = np.isfinite(values).all(axis=1)
    if known.any() and not (values[known].min() >= 0 and values[known].max() <= 1.0 + 1e-6):
        raise BadInputError("Vote fractions have to lie between 0 and 1")
    return Targets(head=head, truth=np.where(known[:, None], values, 0.0), known=known)
