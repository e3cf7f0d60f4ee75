"""Comparisons against values worked out by hand or by scipy, and against known truths."""

import numpy as np
import pytest
from scipy import stats

from astro_core.errors import BadInputError
from astro_core.evaluation.comparison import (
    bootstrap_rmse,
    bootstrap_scores,
    corrected_t_test,
    holm,
    mcnemar,
    signed_rank_test,
    smallest_p,
)
from astro_core.evaluation.report import report_answers

A = [0.84, 0.81, 0.86, 0.83, 0.85]
B = [0.80, 0.80, 0.81, 0.82, 0.79]


def test_the_corrected_t_test_is_the_papers_formula():
    found = corrected_t_test(A, B, n_train=800, n_test=200)
    d = np.subtract(A, B)
    spread = np.sqrt((1 / 5 + 200 / 800) * d.var(ddof=1))
    t = d.mean() / spread
    assert found.p == pytest.approx(2 * stats.t.sf(t, 4))
    low, high = stats.t.interval(0.95, 4, d.mean(), spread)
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.difference == pytest.approx(0.034)
    assert found.n_pairs == 5


def test_it_is_more_careful_than_the_plain_t_test():
    assert corrected_t_test(A, B, n_train=800, n_test=200).p > stats.ttest_rel(A, B).pvalue


def test_the_other_way_round_changes_only_the_sign():
    one = corrected_t_test(A, B, n_train=8, n_test=2)
    other = corrected_t_test(B, A, n_train=8, n_test=2)
    assert one.p == pytest.approx(other.p)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))


def test_folds_without_spread_give_no_false_certainty():
    assert corrected_t_test(A, A, n_train=8, n_test=2).p == 1.0
    shifted = corrected_t_test([0.75, 0.5], [0.5, 0.25], n_train=8, n_test=2)
    assert np.isnan(shifted.p)


def test_under_the_null_it_rejects_seldom():
    """Folds share training galaxies: differences with a common part, on the paper's model."""
    rng = np.random.default_rng(0)
    k, rho = 5, 0.2  # correlation n_test / (n_test + n_train)
    shared = rng.normal(0, np.sqrt(rho), (2000, 1))
    own = rng.normal(0, np.sqrt(1 - rho), (2000, k))
    p = [corrected_t_test(d, np.zeros(k), n_train=4, n_test=1).p for d in shared + own]
    plain = stats.ttest_1samp(shared + own, 0, axis=1).pvalue
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=0.015)
    assert np.mean(plain < 0.05) > 0.1


def test_five_folds_cannot_be_significant_by_ranks():
    assert smallest_p(5) == 0.0625
    assert smallest_p(1) == 1.0
    with pytest.raises(BadInputError, match=r"5 pairs cannot give a p below 0\.0625"):
        signed_rank_test(A, B)


def test_ten_folds_are_ranked_as_scipy_does():
    rng = np.random.default_rng(3)
    a, b = rng.normal(0.8, 0.02, 10), rng.normal(0.79, 0.02, 10)
    assert signed_rank_test(a, b).p == pytest.approx(stats.wilcoxon(a - b).pvalue)
    assert signed_rank_test(a, a).p == 1.0
    clear = signed_rank_test(np.linspace(0.81, 0.9, 10) ** 2, np.zeros(10))
    assert clear.p == pytest.approx(smallest_p(10))


@pytest.mark.parametrize("second", [[0.8, 0.7], [0.8] * 4 + [np.nan], []])
def test_scores_that_do_not_belong_together_are_refused(second):
    with pytest.raises(BadInputError):
        corrected_t_test(A, second, n_train=8, n_test=2)


def test_mcnemar_is_the_exact_binomial_test():
    first = np.repeat([True, True, False, False], [50, 12, 3, 9])
    second = np.repeat([True, False, True, False], [50, 12, 3, 9])
    found = mcnemar(first, second)
    assert (found.n, found.only_first, found.only_second) == (74, 12, 3)
    assert found.p == pytest.approx(stats.binomtest(12, 15).pvalue)
    assert mcnemar(first, first).p == 1.0
    assert mcnemar(second, first).p == pytest.approx(found.p)


def answers(n=600, k=3, right_a=0.9, right_b=0.8, seed=0):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, k, n)
    wrong = (truth + 1) % k
    return truth, *(np.where(rng.random(n) < r, truth, wrong) for r in (right_a, right_b))


def test_the_differences_are_those_of_the_reports():
    truth, a, b = answers()
    names = ("x", "y", "z")
    one, other = (report_answers(v, truth, names) for v in (a, b))
    found = bootstrap_scores(truth, a, b, 3)
    for name, told in found.items():
        assert told.difference == pytest.approx(getattr(one, name) - getattr(other, name))
        assert told.low < told.difference < told.high
        assert told.p < 0.01
        assert told.n_pairs == 600


def test_the_interval_is_that_of_drawing_galaxies_one_by_one():
    truth, a, b = answers(n=200)
    rng = np.random.default_rng(1)
    rows = rng.integers(0, 200, (4000, 200))
    gaps = (a == truth)[rows].mean(axis=1) - (b == truth)[rows].mean(axis=1)
    found = bootstrap_scores(truth, a, b, 3)["accuracy"]
    assert (found.low, found.high) == pytest.approx(np.quantile(gaps, [0.025, 0.975]), abs=0.012)


def test_pairing_makes_the_interval_narrow():
    truth, a, _ = answers()
    b = a.copy()
    b[:6] = (truth[:6] + 1) % 3
    found = bootstrap_scores(truth, a, b, 3)["accuracy"]
    assert found.high - found.low < 0.02


def test_folds_that_differ_by_as_many_galaxies_each_give_no_false_certainty():
    right = np.array([11, 13, 15, 12, 14])
    found = corrected_t_test((right + 1) / 20, right / 20, n_train=80, n_test=20)
    assert found.difference == pytest.approx(0.05)
    assert np.isnan(found.p)


def test_equal_answers_do_not_differ():
    truth, a, _ = answers()
    found = bootstrap_scores(truth, a, a, 3)
    assert all((t.low, t.difference, t.high, t.p) == (0, 0, 0, 1) for t in found.values())


def test_a_class_without_galaxies_counts_nowhere():
    truth, a, b = answers()
    three, four = (bootstrap_scores(truth, a, b, k) for k in (3, 4))
    assert three == four


def test_two_equal_models_are_seldom_told_apart():
    p = []
    for seed in range(200):
        truth, a, b = answers(300, right_a=0.85, right_b=0.85, seed=seed)
        p.append(bootstrap_scores(truth, a, b, 3, draws=400)["balanced_accuracy"].p)
    assert np.mean(np.array(p) < 0.05) < 0.1


def test_errors_of_votes_are_compared_by_galaxy():
    rng = np.random.default_rng(0)
    truth = rng.random((300, 4))
    good, bad = (truth + rng.normal(0, s, truth.shape) for s in (0.05, 0.1))
    found = bootstrap_rmse(good, bad, truth)
    expected = np.sqrt(((good - truth) ** 2).mean()) - np.sqrt(((bad - truth) ** 2).mean())
    assert found.difference == pytest.approx(expected)
    assert found.low < expected < found.high < 0
    assert found.p < 0.01


def test_answers_to_a_question_that_nobody_was_asked_do_not_count():
    rng = np.random.default_rng(0)
    truth = rng.random((300, 4))
    good, bad = (truth + rng.normal(0, s, truth.shape) for s in (0.05, 0.1))
    truth[:250, 2:] = np.nan
    found = bootstrap_rmse(good, bad, truth)
    expected = np.sqrt(np.nanmean((good - truth) ** 2)) - np.sqrt(np.nanmean((bad - truth) ** 2))
    assert found.difference == pytest.approx(expected)
    assert found.n_pairs == 300
    truth[:100] = np.nan
    assert bootstrap_rmse(good, bad, truth).n_pairs == 200


def test_galaxies_that_are_not_the_same_are_refused():
    truth, a, b = answers()
    with pytest.raises(BadInputError, match="not on the same galaxies"):
        bootstrap_scores(truth, a, b[:-1], 3)
    with pytest.raises(BadInputError, match="not on the same galaxies"):
        bootstrap_scores(truth[:0], a[:0], b[:0], 3)
    with pytest.raises(BadInputError, match="not of the same galaxies and answers"):
        bootstrap_rmse(np.zeros((3, 2)), np.zeros((3, 2)), np.zeros((4, 2)))
    with pytest.raises(BadInputError, match="not of the same galaxies and answers"):
        bootstrap_rmse(np.zeros((3, 2)), np.zeros((3, 2)), np.full((3, 2), np.nan))


def test_many_comparisons_raise_p():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    found = holm([0.5, np.nan, 0.9])
    assert found[0] == 1.0
    assert np.isnan(found[1])
    assert holm([]) == []
