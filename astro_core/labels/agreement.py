"""How far people agree beyond chance, with intervals from resampling the galaxies."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.labels.votes import Votes

Floats = NDArray[np.float64]
DRAWS = 1_000
MOST_REVIEWERS = 20
_MOST_CELLS = 2e8  # galaxies times draws; fewer draws above


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A measure of agreement: 1 is perfect, 0 is chance; NaN where it is not defined.

    Attributes
    ----------
    low, high : float
        95 % percentile interval over bootstrap samples of the galaxies.
    n : int
        Galaxies that two people or more answered.
    """

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How far reviewers agree.

    Attributes
    ----------
    fleiss : Measure
        Fleiss (1971), for galaxies with any number of votes.
    krippendorff : Measure
        Alpha for nominal data, Krippendorff (2011).
    cohen : DataFrame
        a, b, n, kappa, low, high: Cohen (1960), for pairs of the 20 people with most votes.
    confusion : DataFrame
        Answers by answers: where one person gives the row's answer, the share of the other
        answers to the same galaxies that are the column's.
    """

    n_objects: int
    n_reviewers: int
    n_votes: int
    fleiss: Measure
    krippendorff: Measure
    cohen: pd.DataFrame
    confusion: pd.DataFrame


def agreement(votes: Votes, *, seed: int = 0, draws: int = DRAWS) -> Agreement:
    """Measure how far reviewers agree on the galaxies that two or more of them answered.

    Parameters
    ----------
    draws : int
        Bootstrap samples of the galaxies; fewer are drawn above 200,000 galaxies.
    """
    tally = votes.tally()
    tally = tally[tally.sum(axis=1) >= 2]
    rng = np.random.default_rng(seed)
    fleiss, krippendorff = _many(tally, rng, draws)
    return Agreement(
        n_objects=len(votes.object_ids),
        n_reviewers=len(votes.reviewers),
        n_votes=len(votes.on),
        fleiss=fleiss,
        krippendorff=krippendorff,
        cohen=_pairs(votes, rng, draws),
        confusion=_confusion(tally, votes.answers),
    )


def _many(tally: Floats, rng: np.random.Generator, draws: int) -> tuple[Measure, Measure]:
    n_objects = len(tally)
    draws = min(draws, max(100, int(_MOST_CELLS // max(n_objects, 1))))
    sums = _sums(tally)
    whole = sums.sum(axis=0)[None]
    samples = np.empty((draws, sums.shape[1]))
    for draw in range(draws if n_objects else 0):
        times = np.bincount(rng.integers(0, n_objects, n_objects), minlength=n_objects)
        samples[draw] = times @ sums
    if not n_objects:
        samples[:] = np.nan
    return tuple(  # type: ignore[return-value]
        _measure(float(kappa(whole)[0]), kappa(samples), n_objects) for kappa in (_fleiss, _alpha)
    )


def _sums(tally: Floats) -> Floats:
    """What both measures are made of, per galaxy: 1, agreement, disagreement, answers."""
    n = tally.sum(axis=1)
    agreeing = (tally * (tally - 1)).sum(axis=1)
    share = agreeing / (n * (n - 1))
    return np.column_stack([np.ones(len(n)), share, n * (1 - share), tally])


def _fleiss(sums: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        answers = sums[:, 3:] / sums[:, 3:].sum(axis=1, keepdims=True)
        chance = (answers**2).sum(axis=1)
        found: Floats = (sums[:, 1] / sums[:, 0] - chance) / (1 - chance)
    return np.where(chance < 1, found, np.nan)


def _alpha(sums: Floats) -> Floats:
    answers = sums[:, 3:]
    n = answers.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        by_chance = 1 - (answers * (answers - 1)).sum(axis=1) / (n * (n - 1))
        found: Floats = 1 - (sums[:, 2] / n) / by_chance
    return np.where(by_chance > 0, found, np.nan)


def _measure(value: float, samples: Floats, n: int) -> Measure:
    fine = samples[np.isfinite(samples)]
    low, high = np.percentile(fine, [2.5, 97.5]) if len(fine) else (np.nan, np.nan)
    return Measure(value=value, low=float(low), high=float(high), n=n)


def _pairs(votes: Votes, rng: np.random.Generator, draws: int) -> pd.DataFrame:
    counts = np.bincount(votes.by, minlength=len(votes.reviewers))
    most = np.sort(np.argsort(-counts, kind="stable")[:MOST_REVIEWERS])
    said = np.full((len(most), len(votes.object_ids)), -1, dtype=np.int32)
    for row, reviewer in enumerate(most):
        mine = votes.by == reviewer
        said[row, votes.on[mine]] = votes.said[mine]
    rows = []
    for a, b in itertools.combinations(range(len(most)), 2):
        both = (said[a] >= 0) & (said[b] >= 0)
        if both.any():
            names = votes.reviewers[most[a]], votes.reviewers[most[b]]
            found = _cohen(said[a, both], said[b, both], len(votes.answers), rng, draws)
            rows.append((*names, found.n, found.value, found.low, found.high))
    return pd.DataFrame(rows, columns=["a", "b", "n", "kappa", "low", "high"])


def _cohen(
    a: NDArray[np.int32], b: NDArray[np.int32], k: int, rng: np.random.Generator, draws: int
) -> Measure:
    table = np.bincount(a * k + b, minlength=k * k)
    # Each galaxy is one cell of the table, so resampling galaxies is drawing from the cells.
    samples = rng.multinomial(len(a), table / len(a), size=draws)
    value = _kappa(table.reshape(1, k, k).astype(float))[0]
    return _measure(float(value), _kappa(samples.reshape(-1, k, k).astype(float)), len(a))


def _kappa(tables: Floats) -> Floats:
    n = tables.sum(axis=(1, 2))
    same = np.trace(tables, axis1=1, axis2=2) / n
    chance = (tables.sum(axis=1) * tables.sum(axis=2)).sum(axis=1) / n**2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(chance < 1, (same - chance) / (1 - chance), np.nan)


def _confusion(tally: Floats, answers: tuple[str, ...]) -> pd.DataFrame:
    """Ordered pairs of answers to the same galaxy; each galaxy's pairs count as one vote each."""
    per_vote = 1 / np.maximum(tally.sum(axis=1, keepdims=True) - 1, 1)
    pairs = tally.T @ (tally * per_vote) - np.diag((tally * per_vote).sum(axis=0))
    total = pairs.sum(axis=1, keepdims=True)
    shares = np.divide(pairs, total, out=np.full_like(pairs, np.nan), where=total > 0)
    return pd.DataFrame(shares, index=list(answers), columns=list(answers))
