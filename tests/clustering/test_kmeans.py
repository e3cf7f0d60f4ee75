"""K-means."""

import numpy as np
import pytest
from sklearn.cluster import KMeans

from astro_core.clustering import agreement, cluster, kmeans
from astro_core.domain import Cancelled
from astro_core.errors import BadInputError


@pytest.mark.parametrize("rows_at_once", [1, 1000, 50_000])
def test_many_starts_give_what_one_call_of_the_library_gives(
    features_of, monkeypatch, rows_at_once
):
    monkeypatch.setattr(kmeans, "ROWS_AT_ONCE", rows_at_once)
    features = features_of(np.random.default_rng(0).normal(size=(400, 8)))
    ours = cluster(features, "kmeans", {"n_clusters": 7, "n_init": 6, "seed": 11})
    plain = KMeans(7, n_init=6, random_state=11).fit(features.values)
    assert float(ours.details["inertia"]) == pytest.approx(plain.inertia_, rel=1e-6)
    assert agreement(ours.labels, [str(v) for v in plain.labels_])["ari"] == 1


def test_it_stops_between_two_starts(features_of, planted, monkeypatch):
    monkeypatch.setattr(kmeans, "ROWS_AT_ONCE", 1)
    seen = []

    def stop(done, total, message=""):
        seen.append((done, total))
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        cluster(features_of(planted()[0]), "kmeans", {"n_clusters": 4}, stop)
    assert seen == [(0, 10), (1, 10), (2, 10)]


def test_large_samples_are_grouped_in_batches_and_it_says_so(features_of, planted):
    values, truth = planted(n=1500)
    settings = {"n_clusters": 4, "minibatch_above": 1000}
    result = cluster(features_of(values), "kmeans", settings)
    assert agreement(result.labels, [str(t) for t in truth])["ari"] > 0.95
    assert "Centres were moved by batches" in result.notes[0]
    assert "more than 1,000" in result.notes[0]


def test_more_groups_than_different_galaxies_are_refused(features_of):
    values = np.repeat([[0.0, 0], [1, 1], [2, 5]], 10, axis=0)
    with pytest.raises(BadInputError, match=r"exactly the same features.*Lower Clusters to at mos"):
        cluster(features_of(values), "kmeans", {"n_clusters": 5})


def test_strength_is_one_at_the_centre_and_none_in_the_middle(features_of):
    values = [[0.0], [1], [2], [9], [10], [11], [5.4]]
    result = cluster(features_of(values), "kmeans", {"n_clusters": 2})
    strength = dict(zip(result.object_ids, result.strengths, strict=True))
    ids = result.object_ids
    assert strength[ids[4]] == pytest.approx(1)
    assert strength[ids[6]] < 0.35


def test_too_few_iterations_are_said(features_of):
    features = features_of(np.random.default_rng(0).normal(size=(400, 8)))
    result = cluster(features, "kmeans", {"max_iter": 1, "n_init": 1})
    assert "raise Iterations" in result.notes[0]
