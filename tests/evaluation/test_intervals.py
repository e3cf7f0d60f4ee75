"""Bootstrap intervals against formulas and against drawing galaxies one by one."""

import numpy as np
import pytest

from astro_core.evaluation.intervals import score_intervals, share_interval
from astro_core.evaluation.report import report_answers

CONFUSION = np.array([[70, 20, 10], [5, 40, 5], [0, 10, 20]])


def test_accuracy_has_the_width_of_a_binomial():
    found = score_intervals(CONFUSION, draws=4000).accuracy
    n, p = CONFUSION.sum(), np.trace(CONFUSION) / CONFUSION.sum()
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * np.sqrt(p * (1 - p) / n), rel=0.05)


def test_it_is_the_same_as_drawing_galaxies():
    rows = np.repeat(np.arange(9), CONFUSION.ravel())
    truth, answer = rows // 3, rows % 3
    rng = np.random.default_rng(1)
    drawn = []
    for _ in range(1500):
        some = rng.integers(0, len(rows), len(rows))
        told = report_answers(answer[some], truth[some], ("a", "b", "c"))
        drawn.append((told.balanced_accuracy, told.macro_f1))
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    found = score_intervals(CONFUSION)
    for place, one in enumerate((found.balanced_accuracy, found.macro_f1)):
        assert (one.low, one.high) == pytest.approx((low[place], high[place]), abs=0.012)


def test_a_class_without_galaxies_says_nothing_and_one_with_few_is_no_error():
    lone = np.array([[9, 1, 0], [0, 1, 0], [0, 0, 0]])
    found = score_intervals(lone)
    assert 0 <= found.balanced_accuracy.low <= found.balanced_accuracy.high <= 1
    perfect = score_intervals(np.diag([4, 3, 0]))
    assert (perfect.macro_f1.low, perfect.macro_f1.high) == (1, 1)


def test_the_same_seed_gives_the_same_interval():
    assert score_intervals(CONFUSION, seed=3) == score_intervals(CONFUSION, seed=3)


def test_the_interval_of_a_share_is_that_of_scipy():
    from scipy.stats import binomtest

    for hits, n in ((0, 5), (3, 5), (90, 100), (7, 7)):
        theirs = binomtest(hits, n).proportion_ci(method="wilson")
        found = share_interval(hits, n)
        assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=1e-6)
    assert np.isnan(share_interval(0, 0).low)
