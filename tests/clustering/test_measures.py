"""Agreement with classes, validity, scans and representatives."""

import numpy as np
import pytest
from sklearn import metrics

from astro_core.clustering import (
    MEASURES,
    agreement,
    cluster,
    representatives,
    scan,
    validity,
)
from astro_core.clustering.groups import by_size
from astro_core.domain import Cancelled
from astro_core.errors import BadInputError


def test_every_measure_is_explained():
    assert len(MEASURES) == 10
    for measure in MEASURES:
        assert measure.explanation.endswith(".")
        assert measure.better in ("high", "low")
        assert measure.reference
        assert measure.label


def test_all_measures_are_measured(planted):
    values, truth = planted()
    agreed, apart = agreement(truth, truth.astype(str)), validity(values, truth)
    for measure in MEASURES:
        assert measure.name in (agreed if measure.about == "agreement" else apart)


def test_the_same_division_is_perfect():
    found = agreement([2, 2, 0, 0, 1], ["a", "a", "b", "b", "c"])
    assert {v for k, v in found.items() if k != "n"} == {1.0}
    assert found["n"] == 5


def test_purity_by_hand():
    found = agreement([0, 0, 0, 1, 1, 1, 1], list("aabbbba"))
    assert found["purity"] == pytest.approx(5 / 7)


def test_no_class_is_left_out_and_noise_is_a_group():
    labels = np.array([0, 0, 1, 1, -1, -1, 0])
    found = agreement(labels, ["a", "a", "b", "b", "a", "b", None])
    assert found["n"] == 6
    assert found["purity"] == pytest.approx(5 / 6)
    assert found["ari"] == pytest.approx(
        metrics.adjusted_rand_score([0, 0, 1, 1, 0, 1], [0, 0, 1, 1, 2, 2])
    )
    assert agreement(labels, ["a", "a", "b", "b", "a", "b", float("nan")]) == found
    assert agreement(labels, ["a", "a", "b", "b", "a", "b", ""]) == found


def test_no_classes_at_all():
    found = agreement([0, 1], [None, None])
    assert found["n"] == 0
    assert np.isnan(found["ari"])


def test_classes_of_other_objects_are_refused():
    with pytest.raises(BadInputError, match="not of the same objects"):
        agreement([0, 1], ["a"])


def test_validity_is_the_library_s_without_noise(planted):
    values, truth = planted()
    labels = np.where(np.arange(len(truth)) % 10 == 0, -1, truth)
    kept = labels >= 0
    found = validity(values, labels)
    assert found["n"] == kept.sum()
    assert found["silhouette"] == pytest.approx(
        metrics.silhouette_score(values[kept], labels[kept])
    )
    assert found["davies_bouldin"] == pytest.approx(
        metrics.davies_bouldin_score(values[kept], labels[kept])
    )


def test_validity_of_a_sample_is_seeded_and_stated(planted):
    values, truth = planted(n=600)
    found = validity(values, truth, seed=1, sample=200)
    assert found["n_silhouette"] == 200
    assert found["n"] == 600
    assert found == validity(values, truth, seed=1, sample=200)
    assert found["silhouette"] != validity(values, truth, seed=2, sample=200)["silhouette"]


@pytest.mark.parametrize("labels", [[0, 0, 0], [-1, -1, -1], [0, 1, 2], [0, -1, -1]])
def test_validity_of_what_has_none(labels):
    found = validity(np.arange(6.0).reshape(3, 2), np.array(labels))
    assert np.isnan(found["silhouette"])
    assert np.isnan(found["calinski_harabasz"])


def test_a_scan_shows_how_many_groups_there_are(features_of, planted):
    features = features_of(planted()[0])
    for method, curves in (
        ("kmeans", ["inertia"]),
        ("gmm", ["bic", "aic"]),
        ("hierarchical", []),
        ("spectral", []),
    ):
        table = scan(features, method, [6, 2, 3, 4, 4, 5])
        assert list(table.columns) == ["k", *curves, "silhouette"]
        assert table["k"].tolist() == [2, 3, 4, 5, 6]
        assert table["k"][table["silhouette"].argmax()] == 4
        if "bic" in curves:
            assert table["k"][table["bic"].argmin()] == 4
        if "inertia" in curves:
            assert table["inertia"].is_monotonic_decreasing


def test_a_scan_of_a_tree_is_its_cuts(features_of, planted):
    features = features_of(planted()[0])
    table = scan(features, "hierarchical", [3, 7])
    for k, silhouette in zip(table["k"], table["silhouette"], strict=True):
        labels = cluster(features, "hierarchical", {"n_clusters": k}).labels
        assert silhouette == pytest.approx(
            metrics.silhouette_score(features.values, labels), rel=1e-4
        )


def test_a_scan_can_be_stopped(features_of, planted):
    def stop(done, total, message=""):
        if done == 1:
            raise Cancelled

    with pytest.raises(Cancelled):
        scan(features_of(planted()[0]), "kmeans", [2, 3, 4], progress=stop)


def test_what_cannot_be_scanned_is_said(features_of, planted):
    features = features_of(planted()[0])
    with pytest.raises(BadInputError, match=r"HDBSCAN is not asked for a number.*kmeans"):
        scan(features, "hdbscan", [2, 3])
    with pytest.raises(BadInputError, match="at least 2"):
        scan(features, "kmeans", [1, 2])
    with pytest.raises(BadInputError, match=r"fewer galaxies than groups.*300"):
        scan(features, "kmeans", [2, 300])


def test_typical_and_strange_members(features_of):
    values = [[0.0, 0], [0.2, 0], [-0.3, 0], [3, 0], [50, 0], [51, 0], [52, 0]]
    features = features_of(values)
    result = cluster(features, "kmeans", {"n_clusters": 2})
    ids = features.object_ids
    typical, strange = representatives(features, result, int(result.labels[0]), 2)
    assert strange[0] == ids[3]
    assert typical[0] == ids[1]
    assert representatives(features, result, int(result.labels[4]), 1)[0] == (ids[5],)
    assert representatives(features, result, -1, 5) == ((), ())


def test_representatives_are_joined_by_id(features_of, planted):
    features = features_of(planted()[0])
    result = cluster(features, "kmeans", {"n_clusters": 4})
    order = np.random.default_rng(0).permutation(len(features.values))
    shuffled = type(features)(
        object_ids=tuple(features.object_ids[i] for i in order),
        values=features.values[order],
        names=features.names,
    )
    assert representatives(shuffled, result, 0, 5) == representatives(features, result, 0, 5)
    with pytest.raises(BadInputError, match="no features of"):
        representatives(features_of(features.values[:20]), result, 0, 5)


def test_groups_by_size():
    labels, order = by_size(np.array([2, 2, 0, -1, 1, 1, 2]), 4)
    assert labels.tolist() == [0, 0, 2, -1, 1, 1, 0]
    assert order.tolist() == [2, 1, 0, 3]
