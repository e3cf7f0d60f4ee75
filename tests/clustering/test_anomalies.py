import numpy as np
import pytest

from astro_core.clustering.anomalies import anomaly_scores
from astro_core.domain import Features
from astro_core.errors import BadInputError


def features(values):
    values = np.asarray(values, dtype=np.float32)
    ids = tuple(f"g{i}" for i in range(len(values)))
    return Features(
        object_ids=ids, values=values, names=tuple(f"f{i}" for i in range(values.shape[1]))
    )


@pytest.fixture
def crowd():
    values = np.random.default_rng(5).normal(0, 1, (300, 5))
    values[[4, 90, 211]] = [[9] * 5, [-9] * 5, [0, 0, 0, 0, 14]]
    return features(values)


def test_planted_strangers_come_first_for_any_seed_and_input_is_unchanged(crowd):
    before = crowd.values.copy()
    for seed in range(3):
        scores = anomaly_scores(crowd, seed)
        assert set(np.argsort(scores)[-3:]) == {4, 90, 211}
        assert ((scores > 0) & (scores < 1)).all()
        np.testing.assert_array_equal(scores, anomaly_scores(crowd, seed))
    np.testing.assert_array_equal(crowd.values, before)
    assert not np.array_equal(anomaly_scores(crowd, 0), anomaly_scores(crowd, 1))


def test_units_of_a_column_do_not_matter(crowd):
    scaled = features(crowd.values * np.array([1, 1000, 1e-3, 1, 5]))
    correlation = np.corrcoef(anomaly_scores(crowd), anomaly_scores(scaled))[0, 1]
    assert correlation > 0.99


def test_the_order_of_galaxies_does_not_change_who_is_odd(crowd):
    turned = features(crowd.values[::-1])
    assert set(np.argsort(anomaly_scores(turned)[::-1])[-3:]) == {4, 90, 211}


def test_nothing_to_tell_apart_is_said():
    with pytest.raises(BadInputError, match="All galaxies have the same features"):
        anomaly_scores(features(np.ones((20, 3))))
    with pytest.raises(BadInputError, match="No galaxy has all its features"):
        anomaly_scores(features(np.full((20, 3), np.nan)))
    with pytest.raises(BadInputError, match="at least two galaxies"):
        anomaly_scores(features(np.ones((1, 3))))
