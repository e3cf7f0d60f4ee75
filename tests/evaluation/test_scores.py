"""Scores on classifiers whose worth is known."""

import numpy as np
import pytest
from sklearn import metrics

from astro_core.domain import Head
from astro_core.errors import BadInputError
from astro_core.evaluation.calibration import (
    at_temperature,
    calibration,
    conformal_threshold,
    temperature,
    undefined,
)
from astro_core.evaluation.curves import both_curves, precision_recall, roc
from astro_core.evaluation.report import report
from astro_core.evaluation.resampling import draw_counts, resampled_areas
from astro_core.evaluation.votes import vote_report

NAMES = ("a", "b", "c")


def planted(n=3000, *, sharpness=1.0, seed=0):
    """Probabilities that are right as often as they say, then sharpened."""
    rng = np.random.default_rng(seed)
    honest = rng.dirichlet((0.6, 0.6, 0.6), n)
    truth = (honest.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1)
    return at_temperature(honest, 1 / sharpness), truth


def perfect(n=60):
    truth = np.arange(n) % 3
    return np.eye(3)[truth], truth


def test_a_perfect_classifier():
    p, y = perfect()
    found = report(p, y, NAMES)
    assert (found.accuracy, found.balanced_accuracy, found.macro_f1) == (1, 1, 1)
    np.testing.assert_array_equal(found.confusion, np.eye(3) * 20)
    assert [c.area for c in roc(p, y, NAMES, draws=5)] == [1, 1, 1, 1]
    assert [c.area for c in precision_recall(p, y, NAMES, draws=5)] == [1, 1, 1, 1]
    assert calibration(p, y).ece == 0


def test_an_inverted_classifier_has_no_area():
    p, y = perfect()
    inverted = (1 - p) / 2
    assert [c.area for c in roc(inverted, y, NAMES, draws=5)] == [0, 0, 0, 0]
    assert report(inverted, y, NAMES).accuracy == 0


def test_a_random_classifier_is_worth_a_half():
    rng = np.random.default_rng(0)
    p, y = rng.dirichlet((1, 1, 1), 6000), rng.integers(0, 3, 6000)
    one = np.sqrt((6000 + 1) / (12 * 2000 * 4000))  # of a rank statistic without any order
    for curve in roc(p, y, NAMES, draws=200)[:3]:
        assert curve.area == pytest.approx(0.5, abs=3 * one)
        assert (curve.high - curve.low) / 2 == pytest.approx(1.96 * one, rel=0.25)
    assert precision_recall(p, y, NAMES, draws=5)[-1].area == pytest.approx(1 / 3, abs=0.03)


def test_scores_agree_with_scikit_learn():
    p, y = planted(400)
    found = report(p, y, NAMES)
    answers = p.argmax(axis=1)
    assert found.balanced_accuracy == pytest.approx(metrics.balanced_accuracy_score(y, answers))
    assert found.macro_f1 == pytest.approx(metrics.f1_score(y, answers, average="macro"))
    np.testing.assert_array_equal(found.confusion, metrics.confusion_matrix(y, answers))
    for k, (r, c) in enumerate(
        zip(roc(p, y, NAMES, draws=0), precision_recall(p, y, NAMES, draws=0), strict=True)
    ):
        if k < 3:
            assert r.area == pytest.approx(metrics.roc_auc_score(y == k, p[:, k]))
            assert c.area == pytest.approx(metrics.average_precision_score(y == k, p[:, k]))


def test_ties_make_no_area_of_their_own():
    p, y = np.full((10, 3), 1 / 3), np.arange(10) % 3
    assert roc(p, y, NAMES, draws=0)[0].area == pytest.approx(0.5)


def test_a_class_without_objects_says_nothing_and_spoils_nothing():
    p, y = perfect(20)
    y = np.where(y == 2, 1, y)
    found = report(p, y, NAMES)
    assert np.isnan(found.by_class.loc["c", "recall"])
    assert found.balanced_accuracy == pytest.approx((1 + 7 / 13) / 2)
    assert np.isfinite(roc(p, y, NAMES, draws=5)[-1].area)


def test_an_honest_model_is_calibrated_and_a_sharpened_one_is_not():
    p, y = planted()
    honest = calibration(p, y)
    assert honest.ece == pytest.approx(honest.chance, rel=0.5)
    sharp, y = planted(sharpness=3.0)
    found = calibration(sharp, y)
    assert found.ece > 4 * found.chance
    assert temperature(sharp, y) == pytest.approx(3.0, rel=0.08)
    mended = calibration(at_temperature(sharp, temperature(sharp, y)), y)
    assert mended.ece == pytest.approx(mended.chance, rel=0.6)


def test_nineteen_of_twenty_honest_models_err_less_than_chance_allows():
    found = [calibration(*planted(300, seed=seed)) for seed in range(100)]
    within = sum(one.ece <= one.chance_95 for one in found)
    assert 88 <= within <= 99
    assert all(one.chance < one.chance_95 < 2 * one.chance for one in found)


def test_an_over_confident_model_has_the_known_error():
    """Always 90 per cent sure and right six times in ten: 30 per cent off."""
    y = np.array([0] * 60 + [1] * 40)
    p = np.tile([0.9, 0.1], (100, 1))
    found = calibration(p, y)
    assert found.ece == pytest.approx(0.3)
    assert found.bins.iloc[0][["n", "confidence", "accuracy"]].tolist() == pytest.approx(
        [100, 0.9, 0.6]
    )


@pytest.mark.parametrize("coverage", [0.8, 0.9, 0.95])
def test_conformal_sets_hold_the_label_as_often_as_stated(coverage):
    held = []
    for seed in range(40):
        p, y = planted(500, sharpness=2.0, seed=seed)
        threshold = conformal_threshold(p[:250], y[:250], coverage)
        sets = p[250:] >= threshold
        held.append(sets[np.arange(250), y[250:]].mean())
    assert np.mean(held) == pytest.approx(coverage, abs=0.015)


def test_too_few_galaxies_for_the_coverage_give_every_class():
    p, y = planted(5)
    assert conformal_threshold(p, y, 0.99) == 0.0


def test_undefined_is_below_three_quarters():
    p = np.array([[0.74, 0.26, 0.0], [0.75, 0.25, 0.0], [0.25, 0.75, 0.0]])
    assert undefined(p).tolist() == [True, False, False]


def test_areas_of_draws_agree_with_scikit_learn():
    """Also where scores are taken together, and for a class with few galaxies."""
    rng = np.random.default_rng(3)
    right = rng.random(6000) < 0.02
    scores = rng.normal(right.astype(float), 1)
    counts = draw_counts(6000, 3, seed=1)
    roc_areas, precision = resampled_areas(right, scores, counts)
    for draw, weights in enumerate(counts):
        wanted = metrics.roc_auc_score(right, scores, sample_weight=weights)
        assert roc_areas[draw] == pytest.approx(wanted, abs=1e-3)
        wanted = metrics.average_precision_score(right, scores, sample_weight=weights)
        assert precision[draw] == pytest.approx(wanted, abs=5e-3)


def test_ties_in_a_draw_make_no_area():
    right = np.arange(40) % 2 == 0
    areas, _ = resampled_areas(right, np.zeros(40), np.ones((2, 40), dtype=np.uint8))
    assert areas.tolist() == [0.5, 0.5]


def test_both_curves_are_those_of_each_alone():
    p, y = planted(200)
    both = both_curves(p, y, NAMES, draws=9)
    assert [c.low for c in both[0]] == [c.low for c in roc(p, y, NAMES, draws=9)]
    assert [c.high for c in both[1]] == [c.high for c in precision_recall(p, y, NAMES, draws=9)]


def test_draws_without_a_rare_class_count_for_the_others():
    """Were they left out, the mean of many rare classes would rest on hardly any draw."""
    p, y = planted(200)
    rare = len(NAMES) + 12
    wide = np.full((len(y) + 12, rare), 1e-3)
    wide[: len(y), : len(NAMES)] = p
    wide[len(y) + np.arange(12), len(NAMES) + np.arange(12)] = 0.9
    truth = np.append(y, len(NAMES) + np.arange(12))
    wide /= wide.sum(axis=1, keepdims=True)
    *_, macro = roc(wide, truth, [f"c{i}" for i in range(rare)], draws=200)
    assert macro.low < macro.area < macro.high


def test_votes_are_judged_by_the_challenges_formula():
    head = Head(name="votes", kind="votes", outputs=("x", "y"), questions=((0, 1),))
    truth = np.array([[1.0, 0.0], [0.0, 1.0]])
    values = np.array([[0.8, 0.2], [0.4, 0.6]])
    found = vote_report(values, truth, head, truth.mean(axis=0))
    assert found.rmse == pytest.approx(np.sqrt((2 * 0.2**2 + 2 * 0.4**2) / 4))
    assert found.rmse_of_mean == pytest.approx(0.5)
    np.testing.assert_allclose(found.by_answer["bias"], [0.1, -0.1])


@pytest.mark.parametrize(
    ("p", "y", "said"),
    [
        (np.zeros((0, 3)), np.zeros(0, int), "no labelled galaxy"),
        (np.ones((2, 2)), np.zeros(2, int), "do not belong"),
        (np.full((2, 3), np.nan), np.zeros(2, int), "not numbers"),
        (np.ones((2, 3)) / 3, np.array([0, 3]), "none of the classes"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(p, y, said):
    with pytest.raises(BadInputError, match=said):
        report(p, y, NAMES)
