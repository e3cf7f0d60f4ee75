import numpy as np
import pandas as pd
import pytest

from astro_core.datasets.splits import stratified_folds, stratified_split
from astro_core.errors import BadInputError

RNG = np.random.default_rng(3)


def count(labels, split):
    return pd.crosstab(pd.Series(labels, name="label"), pd.Series(split, name="split"))


def test_every_class_is_spread_alike_to_within_one_object():
    labels = ["a"] * 1000 + ["b"] * 203 + ["c"] * 41
    table = count(labels, stratified_split(labels, seed=1))
    for name, n in (("a", 1000), ("b", 203), ("c", 41)):
        for part, share in (("train", 0.70), ("validation", 0.15), ("test", 0.15)):
            assert abs(table.loc[name, part] - share * n) <= 1


def test_the_same_seed_gives_the_same_split_and_another_seed_another():
    labels = list(RNG.choice(["a", "b"], 500))
    first = stratified_split(labels, seed=7)
    np.testing.assert_array_equal(first, stratified_split(labels, seed=7))
    assert (first != stratified_split(labels, seed=8)).any()


def test_this_very_split_is_what_seed_0_gives():
    """A stored split must not change with a new version of the program."""
    split = stratified_split(["a", "b"] * 6, [f"g{i}" for i in range(12)], seed=0)
    assert split[:6].tolist() == ["validation", "validation", "train", "test", "train", "train"]


def test_the_order_of_the_rows_does_not_matter():
    labels = RNG.choice(["a", "b", "c"], 300)
    groups = np.array([f"g{i % 120}" for i in range(300)])
    straight = stratified_split(list(labels), list(groups), seed=5)
    order = RNG.permutation(300)
    shuffled = stratified_split(list(labels[order]), list(groups[order]), seed=5)
    np.testing.assert_array_equal(straight[order], shuffled)


def test_groups_are_never_torn_and_shares_stay_close():
    sizes = RNG.integers(1, 8, 400)
    groups = np.repeat([f"g{i}" for i in range(400)], sizes)
    labels = np.repeat(RNG.choice(["a", "b"], 400), sizes)
    split = stratified_split(list(labels), list(groups), seed=2)
    assert len({*zip(groups, split, strict=True)}) == 400
    for name in ("a", "b"):
        chosen = split[labels == name]
        assert abs((chosen == "train").mean() - 0.7) < 0.01


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (1, {"train"}),
        (2, {"train", "test"}),
        (3, {"train", "validation", "test"}),
        (4, {"train", "validation", "test"}),
    ],
)
def test_small_classes_fill_train_then_test_then_validation(n, expected):
    labels = ["big"] * 100 + ["small"] * n
    split = stratified_split(labels, seed=0)
    assert set(split[100:]) == expected


def test_unlabelled_objects_are_split_too():
    split = stratified_split([None] * 100, seed=0)
    assert (split == "train").sum() == 70


def test_what_is_fixed_stays_and_the_rest_makes_up_for_it():
    labels = ["a"] * 100
    given = ["test"] * 10 + [None] * 90
    split = stratified_split(labels, given=given, seed=0)
    assert set(split[:10]) == {"test"}
    assert (split == "test").sum() == 15
    follow = stratified_split(["a", "a"], ["g", "g"], given=["validation", None])
    assert follow.tolist() == ["validation", "validation"]


def test_a_part_may_be_empty():
    split = stratified_split(["a"] * 10, fractions=(0.8, 0.0, 0.2), seed=0)
    assert "validation" not in split
    assert (split == "test").sum() == 2


@pytest.mark.parametrize("fractions", [(0.5, 0.5), (0.7, 0.7, -0.4), (0.5, 0.2, 0.2)])
def test_shares_that_make_no_whole_are_refused(fractions):
    with pytest.raises(BadInputError, match="one whole"):
        stratified_split(["a"] * 3, fractions=fractions)


def test_a_given_split_that_tears_a_group_gives_way_to_the_test_part():
    groups = ["copy", "copy", "pair", "pair", "alone"]
    given = ["train", "test", "validation", "train", "train"]
    split = stratified_split(["a"] * 5, groups, given=given)
    assert list(split) == ["test", "test", "validation", "validation", "train"]


def test_folds_have_every_class_to_within_one_and_equal_sizes():
    labels = ["a"] * 203 + ["b"] * 41 + [None] * 17
    folds = stratified_folds(labels, [f"g{i}" for i in range(261)], 5, seed=1)
    table = count(["none" if x is None else x for x in labels], folds)
    assert (table.max(axis=1) - table.min(axis=1) <= 1).all()
    assert np.ptp(np.bincount(folds)) <= 1


def test_folds_never_tear_groups_and_do_not_mind_the_order():
    sizes = RNG.integers(1, 8, 200)
    groups = np.repeat([f"g{i}" for i in range(200)], sizes)
    labels = np.repeat(RNG.choice(["a", "b"], 200), sizes)
    folds = stratified_folds(list(labels), list(groups), 4, seed=2)
    assert len({*zip(groups, folds, strict=True)}) == 200
    assert np.ptp(np.bincount(folds)) <= 8
    order = RNG.permutation(len(groups))
    again = stratified_folds(list(labels[order]), list(groups[order]), 4, seed=2)
    np.testing.assert_array_equal(folds[order], again)
    assert (folds != stratified_folds(list(labels), list(groups), 4, seed=3)).any()


@pytest.mark.parametrize("n_folds", [0, 1, 4])
def test_more_folds_than_groups_cannot_be_made(n_folds):
    with pytest.raises(BadInputError, match="So many folds"):
        stratified_folds(["a"] * 6, ["g", "h", "i"] * 2, n_folds)
