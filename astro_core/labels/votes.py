"""The standing answers about a dataset as arrays, one row per vote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.labels.rules import WEAK

if TYPE_CHECKING:
    from astro_core.labels.store import LabelStore

Texts = NDArray[np.object_]
_BULK, _SKIP, _SETTLE = 1, 2, 3  # 0 is a label given to one galaxy


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
    known : array of int, shape (n_objects,), optional
        Number of the answer that is known beforehand, -1 where none is: gold.
    probabilities : array of float, shape (n_objects, n_answers), optional
        Of a model; NaN where it did not see a galaxy.
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
    known: NDArray[np.intp] | None = None
    probabilities: NDArray[np.float64] | None = None

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
    store: LabelStore,
    dataset: str,
    *,
    question: str = "",
    answers: Sequence[str] = (),
    taxonomy: str = "",
) -> Votes:
    """Read what stands in the store.

    Parameters
    ----------
    question : str
        A question of the decision tree; the classes when empty.
    answers : sequence of str
        The order of the answers; others that people gave follow.
    taxonomy : str
        Name of the classes: only what was said in these counts, or where nobody said in which;
        who said both counts with the former. All when empty.
    """
    from sqlalchemy import case, select

    from astro_core.labels.frames import read_columns
    from astro_core.labels.tables import STANDING
    from astro_core.labels.wanted import in_taxonomy

    s = STANDING.c
    sort = case(
        (s.kind == "settle", _SETTLE), (s.action == "skip", _SKIP), (s.bulk, _BULK), else_=0
    )
    here = (s.dataset == dataset, s.question == question, *in_taxonomy(taxonomy))
    every = select(s.object_id, s.reviewer, s.said, sort).where(*here, s.kind != "flag")
    last = select(s.object_id, s.said).where(*here, s.kind == "settle").order_by(s.at)
    with store.reading() as connection:
        ordered = every.order_by(s.object_id, s.reviewer, s.taxonomy, s.kind)  # as the key is
        object_ids, by, said, sorts = read_columns(connection, ordered)
        settled = dict(zip(*read_columns(connection, last), strict=True))
    rows = object_ids, by, said, sorts.astype(np.int8)
    return _votes(_one_each(*rows) if taxonomy else rows, settled, answers)


def _one_each(
    object_ids: Texts, by: Texts, said: Texts, sorts: NDArray[np.int8]
) -> tuple[Texts, Texts, Texts, NDArray[np.int8]]:
    """The last of the rows that one person has on one galaxy, of answers and of settlements."""
    keep, settles = np.zeros(len(by), dtype=bool), sorts == _SETTLE
    for rows in (np.flatnonzero(settles), np.flatnonzero(~settles)):
        ids, who = object_ids[rows], by[rows]
        twice = np.flatnonzero(who[1:] == who[:-1])
        keep[rows] = True
        keep[rows[twice[ids[twice] == ids[twice + 1]]]] = False
    return object_ids[keep], by[keep], said[keep], sorts[keep]


def with_known(votes: Votes, known: Mapping[str, str]) -> Votes:
    """The same votes, with the answers that are known beforehand, by object_id."""
    place = {name: k for k, name in enumerate(votes.answers)}
    numbers = [place.get(known.get(one, ""), -1) for one in votes.object_ids]
    return replace(votes, known=np.array(numbers, dtype=np.intp))


def with_probabilities(votes: Votes, told: pd.DataFrame) -> Votes:
    """The same votes, with a model's probabilities.

    Parameters
    ----------
    told : DataFrame
        Indexed by object_id, one column per answer; answers that it lacks have probability 0.
    """
    whole = told.reindex(columns=list(votes.answers), fill_value=0.0)
    values = whole.reindex(pd.Index(votes.object_ids)).to_numpy(dtype=float)
    return replace(votes, probabilities=values)


def votes_of(frame: pd.DataFrame, answers: Sequence[str] = ()) -> Votes:
    """Make votes of a table of standing answers.

    Parameters
    ----------
    frame : DataFrame
        object_id, reviewer, action (label, skip or settle), said, at, bulk.
    """
    ordered = frame.sort_values(["object_id", "at"], kind="stable")
    texts = [ordered[n].to_numpy(dtype=object) for n in ("object_id", "reviewer", "said")]
    action, bulk = ordered["action"], ordered["bulk"].astype(bool)
    sorts = np.select([action == "settle", action == "skip", bulk], [_SETTLE, _SKIP, _BULK], 0)
    last = ordered[action == "settle"]
    settled = dict(zip(last["object_id"], last["said"], strict=True))
    return _votes((texts[0], texts[1], texts[2], sorts), settled, answers)


def _votes(
    columns: tuple[Texts, Texts, Texts, NDArray[Any]],
    settled: Mapping[str, str],
    answers: Sequence[str],
) -> Votes:
    """Make votes of rows ordered by object."""
    object_ids, by, said, sorts = columns
    ids, numbers = _numbered(object_ids)
    votes = sorts <= _BULK
    who, reviewers = pd.factorize(by[votes], sort=True)
    given, texts = pd.factorize(said[votes])
    names = tuple(dict.fromkeys([*answers, *sorted({*texts, *settled.values()})]))
    place = {name: k for k, name in enumerate(names)}
    return Votes(
        object_ids=ids,
        answers=names,
        reviewers=tuple(reviewers),
        on=numbers[votes],
        said=np.array([place[text] for text in texts], dtype=np.intp)[given],
        by=who,
        bulk=sorts[votes] == _BULK,
        settled=_settled(ids, {i: place[text] for i, text in settled.items()}),
        skips=np.bincount(numbers[sorts == _SKIP], minlength=len(ids)),
    )


def _numbered(object_ids: Texts) -> tuple[Texts, NDArray[np.intp]]:
    """Sorted ids without repeats, and the place of each row's among them."""
    first = np.ones(len(object_ids), dtype=bool)
    first[1:] = object_ids[1:] != object_ids[:-1]
    ids, numbers = object_ids[first], np.cumsum(first) - 1
    if (ids[1:] > ids[:-1]).all():  # a server may sort by the rules of a language
        return ids, numbers
    order = np.argsort(ids)
    return ids[order], np.argsort(order)[numbers]


def _settled(ids: Texts, places: Mapping[str, int]) -> NDArray[np.intp]:
    return np.array([places.get(one, -1) for one in ids], dtype=np.intp)
