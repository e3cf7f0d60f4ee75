import numpy as np
import pytest

from astro_core.clustering.anomalies import anomaly_scores
from astro_core.domain import Features
from astro_core.errors import BadInputError, NotFoundError
from astro_core.runs import execute
from astro_core.workflows.anomalies import ranked


def features(values):
    ids = tuple(f"g{i}" for i in range(len(values)))
    names = tuple("abcd")[: values.shape[1]]
    return Features(object_ids=ids, values=values, names=names)


@pytest.fixture
def crowd():
    """Two hundred alike, and one far away at row 17."""
    values = np.random.default_rng(2).normal(0, 1, (200, 4)).astype(np.float32)
    values[17] = 12
    return values


def test_the_stranger_is_the_oddest_and_a_seed_repeats(crowd):
    scores = anomaly_scores(features(crowd), seed=3)
    assert scores.argmax() == 17
    assert scores[17] > 0.6 > np.median(scores)
    np.testing.assert_array_equal(scores, anomaly_scores(features(crowd), seed=3))


def test_a_gap_has_no_score_and_moves_no_other(crowd):
    crowd[5, 1] = np.nan
    scores = anomaly_scores(features(crowd))
    assert np.isnan(scores[5])
    assert np.isfinite(np.delete(scores, 5)).all()
    assert np.nanargmax(scores) == 17


def test_the_ranking_is_kept_and_read_again(survey_space, survey, store_features, crowd):
    key = store_features(crowd[:60])
    first = ranked(survey_space, key)
    assert list(first["score"]) == sorted(first["score"], reverse=True)
    assert first["object_id"][0].endswith(str(587722981733826738 + 17)[-6:])
    assert ranked(survey_space, key).equals(first)
    with pytest.raises(NotFoundError):
        ranked(survey_space, "small0001-other")


def test_outlier_scores_need_hdbscan(survey_space, survey, blobs):
    asked = {"features": blobs, "method": "hdbscan", "params": {"min_cluster_size": 5}}
    run = execute(survey_space, "cluster", asked, title="Group")
    table = ranked(survey_space, blobs, by="hdbscan", clustering_key=run.result["key"])
    assert len(table) == 60
    assert table["score"].is_monotonic_decreasing
    with pytest.raises(BadInputError, match="Group by HDBSCAN"):
        ranked(survey_space, blobs, by="hdbscan")
