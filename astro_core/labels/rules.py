"""When a galaxy has been looked at often enough, as data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from astro_core.errors import BadInputError
from astro_core.params import param

WEAK = 0.5  # what a label counts that was given to many galaxies in one go
_VOTES = ("label", "settle")


@dataclass(frozen=True)
class Vote:
    """What one person said of one galaxy: a class, or all answers down a tree."""

    said: str
    weight: float = 1.0
    settled: bool = False


@dataclass(frozen=True, kw_only=True)
class ReviewRules:
    """How many people have to look at a galaxy.

    "The first 3 agree, else up to 7" is ``votes_needed=3, most_votes=7``.

    Raises
    ------
    BadInputError
        If the most votes are fewer than those that are needed.
    """

    votes_needed: int = param(
        1,
        label="Votes needed",
        minimum=1,
        maximum=1000,
        help="Enough if the first so many votes agree.",
    )
    most_votes: int = param(
        1,
        label="Most votes",
        minimum=1,
        maximum=1000,
        help="Enough in any case, whether they agree or not.",
    )
    lease_minutes: int = param(
        15,
        label="Lease",
        minimum=1,
        maximum=1440,
        unit="min",
        help="For how long a galaxy that somebody was shown is kept from others.",
    )

    def __post_init__(self) -> None:
        if not 1 <= self.votes_needed <= self.most_votes:
            raise BadInputError(
                "These rules ask for more votes than they allow",
                expected=f"from 1 to {self.most_votes} votes needed",
                given=f"{self.votes_needed} needed, {self.most_votes} at most",
            )


def open_places(said: Sequence[Vote], rules: ReviewRules) -> int:
    """Return how many more people may look at one galaxy now; 0 when it was looked at enough.

    Parameters
    ----------
    said : sequence of Vote
        One for each person, in the order of time.
    """
    total = sum(vote.weight for vote in said)
    if total >= rules.most_votes or any(vote.settled for vote in said):
        return 0
    first, given = [], 0.0
    for vote in said:
        if given < rules.votes_needed:
            first.append(vote.said)
            given += vote.weight
    if given < rules.votes_needed:
        return math.ceil(rules.votes_needed - given)
    return 0 if len(set(first)) == 1 else math.ceil(rules.most_votes - total)


def retired(standing: pd.DataFrame, rules: ReviewRules) -> pd.Index:
    """Return the galaxies that nobody needs to look at any more.

    Parameters
    ----------
    standing : DataFrame
        Standing answers as `LabelStore.current` gives them: object_id, reviewer, question,
        action, said, at, bulk. Skips and flags are no votes; a settlement is the last word.

    Returns
    -------
    Index of object_id, sorted
    """
    said = standing[standing["action"].isin(_VOTES)]
    settled = said.loc[said["action"] == "settle", "object_id"].unique()
    votes = _votes(said[said["action"] == "label"])
    total = votes.groupby("object_id")["weight"].sum()
    enough = total.index[total >= rules.most_votes]
    agreed = _agreed(votes, rules.votes_needed)
    found: pd.Index = pd.Index(np.unique(np.concatenate([settled, enough, agreed]).astype(object)))
    return found


def _votes(answers: pd.DataFrame) -> pd.DataFrame:
    """One row per person and galaxy, in the order of time; all answers down a tree are one vote."""
    ordered = answers.sort_values(["object_id", "reviewer", "question"])
    if ordered["question"].any():
        ordered = ordered.assign(said=ordered["question"] + "\x1f" + ordered["said"])
        found = ordered.groupby(["object_id", "reviewer"], as_index=False).agg(
            said=("said", "\x1e".join), at=("at", "max"), bulk=("bulk", "all")
        )
    else:
        found = ordered[["object_id", "reviewer", "said", "at", "bulk"]]
    weights = np.where(found["bulk"], WEAK, 1.0)
    return found.assign(weight=weights).sort_values(["object_id", "at", "reviewer"])


def _agreed(votes: pd.DataFrame, needed: int) -> np.ndarray:
    """Galaxies whose first votes, until enough were given, say the same."""
    before = votes.groupby("object_id")["weight"].cumsum() - votes["weight"]
    first = votes[before < needed]
    by_galaxy = first.groupby("object_id")
    found = by_galaxy["weight"].sum().ge(needed) & by_galaxy["said"].nunique().eq(1)
    return found.index[found].to_numpy(dtype=object)
