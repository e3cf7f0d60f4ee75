"""From votes to one answer per galaxy.

A lead's settlement wins over all of them. Labels that were given to many galaxies in one go
are weak votes.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.labels.crowdlab import crowdlab
from astro_core.labels.votes import Votes
from astro_core.registry import Registry

Scores = NDArray[np.float64]
_SAME = 1e-9
_LEAST_WEIGHT = 0.05


@dataclass(frozen=True, kw_only=True)
class ConsensusSpec:
    """One rule: `score(votes)` gives numbers of shape (n_objects, n_answers), the best wins.

    Attributes
    ----------
    methods : str
        How a paper says it, after "They were combined".
    asks_model : bool
        Whether it needs the probabilities of a model.
    """

    name: str
    label: str
    description: str
    methods: str
    score: Callable[[Votes], Scores]
    asks_model: bool = False


CONSENSUS: Registry[ConsensusSpec] = Registry("consensus rule")


def consensus(votes: Votes, rule: str = "majority") -> pd.DataFrame:
    """Say what people together think of each galaxy.

    Parameters
    ----------
    rule : str
        Name in the registry of consensus rules.

    Returns
    -------
    DataFrame
        object_id; label (None where there is none); share of the label in all votes by the
        rule's weights, or its probability; n_votes; n_skips; status: agreed (one answer leads),
        conflict (two lead together), settled (by a lead) or unanswered (nobody voted).

    Raises
    ------
    NotFoundError
        For an unknown rule.
    """
    spec = CONSENSUS.get(rule)
    n_objects = len(votes.object_ids)
    n_votes = np.bincount(votes.on, minlength=n_objects)
    scores = spec.score(votes) if len(votes.on) else np.zeros((n_objects, len(votes.answers)))
    best, share, alone = _leader(scores)
    status = np.select(
        [votes.settled >= 0, n_votes == 0, alone], ["settled", "unanswered", "agreed"], "conflict"
    )
    winner = np.where(votes.settled >= 0, votes.settled, best)
    named = np.isin(status, ("settled", "agreed"))
    names = np.array([*votes.answers, None], dtype=object)
    label = names[np.where(named, winner, len(votes.answers))]
    return pd.DataFrame(
        {
            "object_id": pd.Series(votes.object_ids, dtype=object),
            "label": pd.Series(label, dtype=object),
            "share": _share_of(scores, winner, share),
            "n_votes": n_votes,
            "n_skips": votes.skips,
            "status": status,
        }
    )


def _leader(scores: Scores) -> tuple[NDArray[np.intp], Scores, NDArray[np.bool_]]:
    """The best answer, its share, and whether no other is as good."""
    if scores.shape[1] == 0:
        zero = np.zeros(len(scores))
        return zero.astype(np.intp), zero, zero.astype(bool)
    best = scores.argmax(axis=1)
    top = np.take_along_axis(scores, best[:, None], axis=1)
    total = scores.sum(axis=1)
    share = np.divide(top[:, 0], total, out=np.zeros(len(total)), where=total > 0)
    return best, share, (scores >= top - _SAME).sum(axis=1) == 1


def _share_of(scores: Scores, winner: NDArray[np.intp], share: Scores) -> Scores:
    """The share of the answer that won, which a settlement may have made another one."""
    if scores.shape[1] == 0:
        return share
    total = scores.sum(axis=1)
    own = np.take_along_axis(scores, winner[:, None], axis=1)[:, 0]
    shares: Scores = np.divide(own, total, out=np.zeros(len(total)), where=total > 0)
    return shares


def reviewer_skills(votes: Votes) -> pd.DataFrame:
    """How often each reviewer is right on gold, and agrees with the others elsewhere.

    Returns
    -------
    DataFrame
        reviewer, n_votes, n_compared (galaxies on which the others have a leading answer),
        n_agreed (those of them with the same answer), n_gold (galaxies whose answer is known
        beforehand), n_right (those of them with that answer), and skill: the share of right
        answers on gold and agreeing ones elsewhere, with one right and one wrong answer added.
    """
    agreed, compared = _against_others(votes)
    right, gold = _against_gold(votes)
    n = len(votes.reviewers)
    own = [np.bincount(votes.by, weights=w, minlength=n) for w in (compared, agreed, gold, right)]
    elsewhere = [np.bincount(votes.by, weights=w & ~gold, minlength=n) for w in (compared, agreed)]
    return pd.DataFrame(
        {
            "reviewer": list(votes.reviewers),
            "n_votes": np.bincount(votes.by, minlength=n),
            "n_compared": own[0].astype(int),
            "n_agreed": own[1].astype(int),
            "n_gold": own[2].astype(int),
            "n_right": own[3].astype(int),
            "skill": (own[3] + elsewhere[1] + 1) / (own[2] + elsewhere[0] + 2),
        }
    )


def _against_gold(votes: Votes) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    if votes.known is None:
        none = np.zeros(len(votes.on), dtype=bool)
        return none, none
    known = votes.known[votes.on]
    return known == votes.said, known >= 0


def _against_others(votes: Votes) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    others = votes.tally(votes.weights)[votes.on]
    others[np.arange(len(others)), votes.said] -= votes.weights
    best, _, alone = _leader(others)
    compared = alone & (others.max(axis=1, initial=0) > _SAME)
    return compared & (best == votes.said), compared


def _majority(votes: Votes) -> Scores:
    return votes.tally(votes.weights)


def _weighted(votes: Votes) -> Scores:
    """Log odds of being right as weights (Nitzan & Paroush 1982), one skill per reviewer."""
    skill = reviewer_skills(votes)["skill"].to_numpy()
    odds = skill * max(len(votes.answers) - 1, 1) / (1 - skill)
    weight = np.maximum(np.log(odds), _LEAST_WEIGHT)
    return votes.tally(votes.weights * weight[votes.by])


def _dawid_skene(votes: Votes) -> Scores:
    """Dawid & Skene (1979): confusion matrices of reviewers and answers found together.

    A reviewer's labels given to many galaxies in one go are those of a reviewer of their own,
    whose reliability is found as everybody's is.
    """
    from crowdkit.aggregation import DawidSkene

    frame = pd.DataFrame(
        {"task": votes.on, "worker": votes.by * 2 + votes.bulk, "label": votes.said}
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pd.errors.Pandas4Warning)  # the library's own
        found = DawidSkene(n_iter=100).fit_predict_proba(frame)
    scores = np.zeros((len(votes.object_ids), len(votes.answers)))
    scores[np.ix_(found.index.to_numpy(), found.columns.to_numpy(dtype=int))] = found.to_numpy()
    return scores


for _spec in (
    ConsensusSpec(
        name="majority",
        label="Majority",
        description="The answer that most people gave; a tie is a conflict.",
        methods="by majority; galaxies on which two answers led together were left open",
        score=_majority,
    ),
    ConsensusSpec(
        name="weighted",
        label="Weighted by skill",
        description="People who are often right on gold, and agree with the others elsewhere, "
        "count more.",
        methods="by a vote weighted with the log odds of each reviewer's agreement with the others "
        "and with galaxies of known class (Nitzan & Paroush 1982)",
        score=_weighted,
    ),
    ConsensusSpec(
        name="dawid-skene",
        label="Dawid-Skene",
        description="Finds with which answers each person is mistaken, and the answers, together.",
        methods="with the model of Dawid & Skene (1979), which estimates the confusion matrix of "
        "each reviewer and the answers together",
        score=_dawid_skene,
    ),
    ConsensusSpec(
        name="crowdlab",
        label="CROWDLAB",
        description="People and a model together, each by how often they agree with the others; "
        "needs a model that did not learn from these answers.",
        methods="with the probabilities of a model by CROWDLAB (Goh et al. 2022)",
        score=crowdlab,
        asks_model=True,
    ),
):
    CONSENSUS.add(_spec)
