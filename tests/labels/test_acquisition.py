"""Each way of choosing, on galaxies whose right order is known."""

import itertools

import numpy as np
import pytest

from astro_core.errors import BadInputError
from astro_core.labels.acquisition import NO_LABEL, Pool, choose
from astro_core.labels.acquisition.bald import mutual_information
from astro_core.labels.acquisition.entropy import entropy
from astro_core.labels.acquisition.kcenter import farthest_first
from astro_core.labels.acquisition.margin import margin
from astro_core.labels.acquisition.nearest import squared_to_nearest
from astro_core.labels.acquisition.set_size import set_sizes


def named(rows, **more):
    return Pool(object_ids=tuple(f"g{i}" for i in range(len(rows))), **more)


def of(probabilities, **more):
    return named(probabilities, probabilities=np.array(probabilities, dtype=float), **more)


def order(pool, strategy, size=99, **more):
    return [int(name[1:]) for name in choose(pool, strategy, size, **more).object_ids]


def test_undefined_takes_the_band_of_two_classes_and_no_others():
    second = [0.10, 0.2499, 0.26, 0.50, 0.60, 0.74, 0.75, 0.99]
    pool = of([[1 - p, p] for p in second])
    assert order(pool, "undefined") == [3, 4, 2, 5] or order(pool, "undefined") == [3, 4, 5, 2]
    assert order(of([[0.9, 0.1]]), "undefined") == []


def test_unsure_galaxies_are_drawn_more_often_but_not_always_first():
    n = 400
    top = np.linspace(0.5, 1, n)
    pool = of(np.column_stack([top, 1 - top]))
    orders = [order(pool, "margin_drawn", n, seed=s) for s in range(5)]
    assert len({tuple(one) for one in orders}) == 5
    for one in orders:
        assert sorted(one) == list(range(n))
        assert np.mean(one[:100]) < n / 2 - 50 < n / 2 + 50 < np.mean(one[-100:])
        assert max(one[:100]) > n / 2


def test_margin_and_entropy_differ_where_a_third_class_matters():
    pool = of([[0.5, 0.5, 0.0], [0.4, 0.3, 0.3], [0.8, 0.1, 0.1]])
    assert order(pool, "margin") == [0, 1, 2]
    assert order(pool, "entropy") == [1, 0, 2]
    np.testing.assert_allclose(margin(pool.probabilities), [0, 0.1, 0.7])
    np.testing.assert_allclose(entropy(np.array([[0.5, 0.5], [1.0, 0.0]])), [np.log(2), 0])


def test_bald_wants_contradiction_not_doubt():
    agree_in_doubt, contradict, agree = [0.5, 0.5], [[1.0, 0.0], [0.0, 1.0]], [0.9, 0.1]
    members = np.array([[agree_in_doubt, contradict[m], agree] for m in range(2)])
    np.testing.assert_allclose(mutual_information(members), [0, np.log(2), 0], atol=1e-12)
    assert order(named(range(3), members=members), "bald")[0] == 1


def test_the_larger_set_comes_first_and_an_empty_one_is_the_largest():
    rows = [[0.9, 0.05, 0.05], [0.45, 0.45, 0.1], [0.34, 0.33, 0.33], [0.6, 0.3, 0.1]]
    assert list(set_sizes(np.array(rows), 0.4)) == [1, 2, 3, 1]
    assert order(of(rows, set_threshold=0.4), "set_size") == [2, 1, 3, 0]


def test_diverse_galaxies_cover_every_blob_before_any_twice():
    rng = np.random.default_rng(0)
    centres = 50 * np.array([[0, 0], [1, 0], [0, 1], [1, 1], [3, 3]])
    blob = rng.choice(5, 300, p=(0.6, 0.2, 0.1, 0.07, 0.03))
    features = centres[blob] + rng.normal(size=(300, 2))
    first = order(named(range(300), features=features), "kcenter", 5)
    assert set(blob[first]) == set(range(5))
    rest = order(named(range(300), features=features, covered=centres[:3]), "kcenter", 2)
    assert set(blob[rest]) == {3, 4}


def test_the_greedy_radius_is_within_twice_the_best():
    rng = np.random.default_rng(3)
    points = rng.normal(size=(14, 2))
    best = min(
        squared_to_nearest(points, points[list(chosen)]).max()
        for chosen in itertools.combinations(range(14), 3)
    )
    chosen = farthest_first(points, None, 3, np.random.default_rng(0))
    assert squared_to_nearest(points, points[chosen]).max() <= 4 * best + 1e-5


def test_the_distance_to_the_nearest_is_right_in_every_block(monkeypatch):
    from astro_core.labels.acquisition import nearest

    monkeypatch.setattr(nearest, "_BLOCK", 20)
    rng = np.random.default_rng(1)
    some, others = rng.normal(size=(33, 4)), rng.normal(size=(7, 4))
    expected = ((some[:, None] - others) ** 2).sum(axis=2).min(axis=1)
    np.testing.assert_allclose(squared_to_nearest(some, others), expected, rtol=1e-4)


def test_the_nearest_neighbours_come_first():
    features = np.array([[0.0], [5.0], [1.0], [9.0]])
    assert order(named(range(4), features=features, likes=np.array([[4.0]])), "like_this") == [
        1, 2, 0, 3,
    ]  # fmt: skip
    two = named(range(4), features=features, likes=np.array([[0.0], [8.0]]))
    assert set(order(two, "like_this", 3)) == {0, 2, 3}


def test_the_surest_contradiction_comes_first():
    rows = [[0.9, 0.1], [0.3, 0.7], [0.02, 0.98], [0.01, 0.99]]
    pool = of(rows, labels=np.array([0, 0, 0, NO_LABEL]))
    assert order(pool, "disagreement") == [2, 1]


def test_planted_label_errors_are_found_but_not_among_what_was_learned():
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 2, 200)
    p = np.full((200, 2), 0.05)
    p[np.arange(200), truth] = 0.95
    labels = truth.copy()
    labels[[3, 50, 120]] = 1 - labels[[3, 50, 120]]
    learned = np.zeros(200, dtype=bool)
    learned[50] = True
    assert set(order(of(p, labels=labels), "label_errors")) == {3, 50, 120}
    assert set(order(of(p, labels=labels, learned=learned), "label_errors")) == {3, 120}
    with pytest.raises(BadInputError, match="did not learn from"):
        order(of(p, labels=labels, learned=np.ones(200, dtype=bool)), "label_errors")


def test_control_galaxies_are_a_fair_sample():
    """Each galaxy is as likely to be one, though the strategy would always take the same."""
    pool = of([[0.5, 0.5]] * 10 + [[0.9, 0.1]] * 30)
    counts = np.zeros(40)
    for seed in range(400):
        found = choose(pool, "margin", 10, seed=seed, control_share=0.5)
        for name, drawn in zip(found.object_ids, found.control, strict=True):
            counts[int(name[1:])] += drawn
    assert counts.sum() == 2000
    assert abs(counts[:10].mean() - counts[10:].mean()) < 7  # 50 each; 4 sigma of the difference
