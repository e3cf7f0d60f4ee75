"""Folds and shares of the training part: nothing tested on is learned from, groups stay whole."""

import numpy as np
import pytest

from astro_core.classifiers.parts import NO_FOLD, PARTS, fold_parts, keep_share, make_folds

N = 400
RNG = np.random.default_rng(5)
GROUPS = [f"g{i // 2}" for i in range(N)]
LABELS = [("a", "a", "a", "b")[(i // 2) % 4] for i in range(N)]
GIVEN = ["test" if i % 40 == 0 else "train" for i in range(N)]


@pytest.fixture(scope="module")
def folds():
    return make_folds(LABELS, GROUPS, GIVEN, 5, seed=0)


def test_the_test_split_and_its_groups_are_in_no_fold(folds):
    out = folds == NO_FOLD
    assert out[np.array(GIVEN) == "test"].all()
    assert out.sum() == 20  # with the other galaxy of each group
    assert set(folds[~out]) == {0, 1, 2, 3, 4}


def test_without_a_test_split_every_galaxy_is_in_a_fold():
    assert (make_folds(LABELS, GROUPS, [None] * N, 5, seed=0) != NO_FOLD).all()


def test_each_fold_has_its_own_four_parts(folds):
    for fold in range(5):
        parts = fold_parts(folds, fold, LABELS, GROUPS, seed=0)
        assert set(parts) == {*PARTS, ""}
        np.testing.assert_array_equal(parts == "test", folds == fold)
        np.testing.assert_array_equal(parts == "", folds == NO_FOLD)
        assert len({*zip(GROUPS, parts, strict=True)}) == len(set(GROUPS))
        shares = [(parts == name).sum() / N for name in ("train", "validation", "calibration")]
        assert shares == pytest.approx([0.58, 0.11, 0.06], abs=0.02)


def parts():
    dealt = np.array(["train", "train", "train", "test"], dtype=object)
    return dealt[RNG.integers(0, 4, N // 2)].repeat(2)


def test_a_share_of_each_class_is_learned_from_and_a_larger_one_holds_it():
    whole = parts()
    half, most = (keep_share(whole, LABELS, GROUPS, s, seed=1) for s in (0.5, 0.8))
    assert set(np.flatnonzero(half == "train")) < set(np.flatnonzero(most == "train"))
    for name in "ab":
        mine = np.array(LABELS) == name
        kept = (half[mine] == "train").sum() / (whole[mine] == "train").sum()
        assert kept == pytest.approx(0.5, abs=0.03)
    np.testing.assert_array_equal(half == "test", whole == "test")
    assert len({*zip(GROUPS, half, strict=True)}) == len(set(GROUPS))


def test_a_class_is_never_left_out():
    found = keep_share(parts(), LABELS, GROUPS, 0.001, seed=1)
    assert set(np.array(LABELS)[found == "train"]) == {"a", "b"}


def test_the_whole_share_changes_nothing():
    whole = parts()
    np.testing.assert_array_equal(keep_share(whole, LABELS, GROUPS, 1.0, seed=1), whole)
