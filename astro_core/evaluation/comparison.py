"""Whether one classifier is better than another, judged on the same galaxies or the same folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from astro_core.errors import BadInputError
from astro_core.evaluation.intervals import DRAWS
from astro_core.evaluation.report import Classes, Floats

FEWEST_PAIRS = 10  # for a signed-rank test
COVERAGE = 0.95
_BUDGET = 20_000_000  # galaxies drawn again in about a second


@dataclass(frozen=True, kw_only=True)
class PairedTest:
    """A difference, first minus second, with its 95 per cent interval and what a test says of it.

    Attributes
    ----------
    test : str
        Name of the test and its source.
    n_pairs : int
        Folds or galaxies.
    low, high : float
        NaN where the test gives no interval.
    p : float
        Two-sided; NaN where nothing can be said.
    """

    test: str
    n_pairs: int
    difference: float
    low: float
    high: float
    p: float


def corrected_t_test(
    first: Sequence[float], second: Sequence[float], *, n_train: float, n_test: float
) -> PairedTest:
    """Compare scores of two recipes on the same folds.

    The corrected resampled t-test (Nadeau & Bengio 2003, Machine Learning 52, 239): folds share
    most of their training galaxies, so the variance of the mean is taken as
    (1/k + n_test/n_train) times that of the k differences.

    Parameters
    ----------
    first, second : sequence of float, length k
        A score on each fold, in the same order.
    n_train, n_test : float
        Galaxies learned from and judged by in one fold, on the mean.

    Raises
    ------
    BadInputError
        If there are fewer than two folds, not equally many, or a score is not a number.
    """
    from scipy.special import stdtr, stdtrit

    differences = np.round(_differences(first, second), 12)  # equal ones differ in the last bits
    k, mean = len(differences), float(differences.mean())
    spread = float(np.sqrt((1 / k + n_test / n_train) * differences.var(ddof=1)))
    half = float(stdtrit(k - 1, 0.5 + COVERAGE / 2)) * spread
    if spread > 0:
        p = float(2 * stdtr(k - 1, -abs(mean) / spread))
    else:
        p = 1.0 if mean == 0 else float("nan")
    return PairedTest(
        test="Corrected resampled t-test (Nadeau & Bengio 2003)",
        n_pairs=k, difference=mean, low=mean - half, high=mean + half, p=p,
    )  # fmt: skip


def signed_rank_test(first: Sequence[float], second: Sequence[float]) -> PairedTest:
    """Compare scores of two recipes on the same folds by ranks (Wilcoxon 1945, Biometrics 1, 80).

    Raises
    ------
    BadInputError
        If there are fewer than `FEWEST_PAIRS`: so few cannot give a small p, however clear they
        are. Or as `corrected_t_test` does.
    """
    from scipy.stats import wilcoxon

    differences = np.round(_differences(first, second), 12)
    if len(differences) < FEWEST_PAIRS:
        raise BadInputError(
            f"A signed-rank test of {len(differences)} pairs cannot give a p below "
            f"{smallest_p(len(differences)):.4g}",
            expected=f"{FEWEST_PAIRS} pairs or more",
            todo=f"Train both recipes with {FEWEST_PAIRS} folds",
        )
    p = float(wilcoxon(differences).pvalue) if differences.any() else 1.0
    return PairedTest(
        test="Wilcoxon signed-rank test", n_pairs=len(differences),
        difference=float(np.median(differences)), low=float("nan"), high=float("nan"), p=p,
    )  # fmt: skip


def smallest_p(n_pairs: int) -> float:
    """Smallest two-sided p that a signed-rank test of so many pairs can give: 0.0625 for five."""
    return min(1.0, 2.0 ** (1 - n_pairs))


def _differences(first: Sequence[float], second: Sequence[float]) -> Floats:
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if a.ndim != 1 or a.shape != b.shape or len(a) < 2:
        raise BadInputError(
            "These scores do not belong to the same folds",
            expected="as many of one as of the other, two or more",
            given=f"{a.size} and {b.size}",
        )
    found: Floats = a - b
    if not np.isfinite(found).all():
        raise BadInputError("A score of a fold is not a number")
    return found


@dataclass(frozen=True, kw_only=True)
class Discordance:
    """Galaxies on which exactly one of two classifiers is right, and the exact McNemar test."""

    n: int
    only_first: int
    only_second: int
    p: float


def mcnemar(first_right: NDArray[np.bool_], second_right: NDArray[np.bool_]) -> Discordance:
    """Ask whether two classifiers are right equally often on the same galaxies.

    The exact test (McNemar 1947, Psychometrika 12, 153): of the galaxies on which only one is
    right, either should have half.
    """
    from scipy.special import bdtr

    only_first = int((first_right & ~second_right).sum())
    only_second = int((second_right & ~first_right).sum())
    few, both = min(only_first, only_second), only_first + only_second
    p = min(1.0, 2 * float(bdtr(few, both, 0.5))) if both else 1.0
    return Discordance(n=len(first_right), only_first=only_first, only_second=only_second, p=p)


def bootstrap_scores(
    truth: Classes,
    first: Classes,
    second: Classes,
    n_classes: int,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> dict[str, PairedTest]:
    """Draw the same galaxies again for both classifiers, and see how the difference moves.

    The paired bootstrap (Efron & Tibshirani 1993) of accuracy, balanced accuracy and macro F1.
    Galaxies with the same label and the same two answers are drawn together, from a multinomial
    distribution: the time does not grow with n.

    Parameters
    ----------
    truth, first, second : array of int, shape (n,)
        Class numbers of label and answers.

    Raises
    ------
    BadInputError
        If the lengths differ or there is no galaxy.
    """  # fmt: skip
    if not len(truth) or not len(truth) == len(first) == len(second):
        raise BadInputError(
            "These answers are not on the same galaxies",
            given=f"{len(truth)} labels, {len(first)} and {len(second)} answers",
        )
    kinds, counts = np.unique(np.stack([truth, first, second]), axis=1, return_counts=True)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(truth), counts / len(truth), size=draws).astype(float)
    drawn = np.vstack([counts.astype(float)[None, :], drawn])  # first the galaxies as they are
    one, other = (_scores(kinds[0], kinds[i], drawn, n_classes) for i in (1, 2))
    return {name: _bootstrapped(one[name] - other[name], len(truth)) for name in one}


def _scores(truth: Classes, answers: Classes, drawn: Floats, k: int) -> dict[str, Floats]:
    """Scores of each draw; `drawn` has a row per draw and a column per kind of galaxy."""
    right = drawn * (truth == answers)
    support, given, hits = (
        counts @ np.eye(k)[of]
        for counts, of in ((drawn, truth), (drawn, answers), (right, truth))
    )  # fmt: skip
    there = support[0] > 0
    with np.errstate(invalid="ignore"):
        recall, f1 = hits / support, 2 * hits / (support + given)
    return {
        "accuracy": right.sum(axis=1) / drawn.sum(axis=1),
        "balanced_accuracy": _mean(recall[:, there]),
        "macro_f1": _mean(f1[:, there]),
    }


def _mean(values: Floats) -> Floats:
    """Mean over the classes that a draw has."""
    known = np.isfinite(values)
    mean: Floats = np.where(known, values, 0.0).sum(axis=1) / known.sum(axis=1)
    return mean


def bootstrap_rmse(
    first: Floats, second: Floats, truth: Floats, *, draws: int = DRAWS, seed: int = 0
) -> PairedTest:
    """Compare root mean square errors of two predictions of the same vote fractions.

    Errors are over all answers of all galaxies at once, as `vote_report` has them; whole galaxies
    are drawn.

    Parameters
    ----------
    first, second, truth : array, shape (n, n_answers)
        NaN in `truth` where nobody was asked; such answers do not count.

    Raises
    ------
    BadInputError
        If the shapes differ or no galaxy has votes.
    """
    seen = np.isfinite(truth)
    if not first.shape == second.shape == truth.shape or not seen.any():
        raise BadInputError(
            "These fractions are not of the same galaxies and answers",
            given=f"{first.shape}, {second.shape} and {truth.shape}",
        )
    voted = seen.any(axis=1)
    seen, truth = seen[voted], truth[voted]
    squares = [np.where(seen, v[voted] - truth, 0.0) ** 2 for v in (first, second)]
    sums = np.stack([*(square.sum(axis=1) for square in squares), seen.sum(axis=1)], axis=1)
    n = len(sums)
    rng = np.random.default_rng(seed)
    draws = max(200, min(draws, _BUDGET // n))
    totals = np.array(
        [sums.sum(axis=0), *(sums[rng.integers(0, n, n)].sum(axis=0) for _ in range(draws))]
    )
    rmse = np.sqrt(totals[:, :2] / totals[:, 2:])
    return _bootstrapped(rmse[:, 0] - rmse[:, 1], n)


def _bootstrapped(differences: Floats, n: int) -> PairedTest:
    """What draws of a difference tell; the first is of the galaxies as they are."""
    drawn = differences[1:]
    low, high = np.quantile(drawn, [0.5 - COVERAGE / 2, 0.5 + COVERAGE / 2])
    beyond = 1 + min(int((drawn <= 0).sum()), int((drawn >= 0).sum()))
    return PairedTest(
        test="Paired bootstrap (Efron & Tibshirani 1993)",
        n_pairs=n, difference=float(differences[0]), low=float(low), high=float(high),
        p=min(1.0, 2 * beyond / (len(drawn) + 1)),
    )  # fmt: skip


def holm(p_values: Sequence[float]) -> list[float]:
    """Raise p values for how many comparisons were made (Holm 1979, Scand. J. Stat. 6, 65).

    Those that are no numbers stay so and do not count.
    """
    p = np.asarray(p_values, dtype=float)
    out = np.full(len(p), np.nan)
    known = np.flatnonzero(np.isfinite(p))
    order = known[np.argsort(p[known], kind="stable")]
    raised = p[order] * np.arange(len(order), 0, -1)
    out[order] = np.minimum(np.maximum.accumulate(raised), 1.0)
    return [float(value) for value in out]
