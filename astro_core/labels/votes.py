"""The standing answers about a dataset as arrays, one row per vote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.labels.rules import WEAK

if TYPE_CHECKING:
    from astro_core.labels.store import LabelStore


@dataclass(frozen=True, kw_only=True)
class Votes:
    """What people say of a dataset's galaxies; skips and flags are no votes.

    Attributes
    ----------
    object_ids : array of str, shape (n_objects,)
        Galaxies that somebody answered, skipped or settled, sorted.
    answers : tuple of str
        Classes, or answers to the question.
    reviewers : tuple of str
        Those who voted.
    on, said, by : array of int, shape (n_votes,)
        Number of the galaxy, the answer and the reviewer of each vote.
    bulk : array of bool, shape (n_votes,)
        Whether the label was given to many galaxies in one go.
    settled : array of int, shape (n_objects,)
        Number of the answer that a lead settled on, -1 where none did.
    skips : array of int, shape (n_objects,)
        People who looked and gave no answer.
    """

    object_ids: NDArray[np.object_]
    answers: tuple[str, ...]
    reviewers: tuple[str, ...]
    on: NDArray[np.intp]
    said: NDArray[np.intp]
    by: NDArray[np.intp]
    bulk: NDArray[np.bool_]
    settled: NDArray[np.intp]
    skips: NDArray[np.intp]

    @property
    def weights(self) -> NDArray[np.float64]:
        """What each vote counts: 1, or less where many galaxies were labelled in one go."""
        return np.where(self.bulk, WEAK, 1.0)

    def tally(self, weights: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """Sum of the votes per galaxy and answer, shape (n_objects, n_answers)."""
        shape = len(self.object_ids), len(self.answers)
        cells = self.on * shape[1] + self.said
        summed = np.bincount(cells, weights=weights, minlength=shape[0] * shape[1])
        return summed.reshape(shape).astype(float)


def read_votes(
    store: LabelStore, dataset: str, *, question: str = "", answers: Sequence[str] = ()
) -> Votes:
    """Read what stands in the store.

    Parameters
    ----------
    question : str
        A question of the decision tree; the classes when empty.
    answers : sequence of str
        The order of the answers; others that people gave follow.
    """
    return votes_of(store.answers(dataset, question), answers)


def votes_of(frame: pd.DataFrame, answers: Sequence[str] = ()) -> Votes:
    """Make votes of a table of standing answers.

    Parameters
    ----------
    frame : DataFrame
        object_id, reviewer, action (label, skip or settle), said, at, bulk.
    """
    numbers, ids = pd.factorize(frame["object_id"], sort=True)
    action = frame["action"].to_numpy()
    votes = action == "label"
    given = pd.unique(frame["said"][action != "skip"])
    names = tuple(dict.fromkeys([*answers, *sorted(given)]))
    said = pd.Index(names, dtype=object).get_indexer(frame["said"][votes])
    by, reviewers = pd.factorize(frame["reviewer"][votes], sort=True)
    return Votes(
        object_ids=np.asarray(ids, dtype=object),
        answers=names,
        reviewers=tuple(reviewers),
        on=numbers[votes],
        said=said,
        by=by,
        bulk=frame["bulk"].to_numpy(dtype=bool)[votes],
        settled=_settled(frame[action == "settle"], ids, names),
        skips=np.bincount(numbers[action == "skip"], minlength=len(ids)),
    )


def _settled(frame: pd.DataFrame, ids: pd.Index, names: Sequence[str]) -> NDArray[np.intp]:
    """The newest settlement of each galaxy."""
    settled = np.full(len(ids), -1, dtype=np.intp)
    newest = frame.sort_values("at", kind="stable")
    rows = pd.Index(ids, dtype=object).get_indexer(newest["object_id"])
    settled[rows] = pd.Index(names, dtype=object).get_indexer(newest["said"])
    return settled
