import numpy as np
import pytest

from astro_core.clustering import cluster
from astro_core.errors import BadInputError, NotFoundError
from astro_core.features.planes import PLANES
from astro_core.runs import execute
from astro_core.workflows import map_values, maps
from astro_core.workflows.browse import open_view
from astro_core.workflows.feature_store import open_features
from astro_core.workflows.maps import find_map, map_path, open_map, submit_map


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """Do runs in this process, at once, instead of by an engine."""

    def submit(workspace, kind, params, *, title):
        return execute(workspace, kind, params, title=title).run_id

    monkeypatch.setattr(maps.runs, "submit", submit)


@pytest.fixture
def plane(survey_space, blobs):
    return open_map(survey_space, submit_map(survey_space, blobs, "pca", {}).result["key"])


@pytest.mark.parametrize("method", PLANES.names())
def test_a_map_is_stored_and_opened_as_it_was(survey_space, blobs, method):
    assert find_map(survey_space, blobs, method, {}) is None
    run = submit_map(survey_space, blobs, method, {})
    assert run.state == "done", run.error
    key = find_map(survey_space, blobs, method, {})
    assert run.result == {"key": key, "n_objects": 60, "n_dropped": 0}
    laid = open_map(survey_space, key)
    again = maps.lay_out(open_features(survey_space, blobs), method)
    np.testing.assert_array_equal(laid.xy, again.xy)
    assert laid.object_ids == again.object_ids
    assert (laid.method, laid.params, laid.features) == (method, again.params, blobs)
    assert (laid.note, laid.key) == (again.note, key)
    assert {path.suffix for path in map_path(survey_space, key).iterdir()} == {
        *(".npy", ".parquet", ".json")
    }


def test_the_same_map_is_made_once_and_others_have_other_keys(survey_space, blobs, monkeypatch):
    submit_map(survey_space, blobs, "umap", {"seed": 1})
    assert find_map(survey_space, blobs, "umap", {"seed": "1"}) is not None
    assert find_map(survey_space, blobs, "umap", {"seed": 2}) is None
    assert find_map(survey_space, "others", "umap", {"seed": 1}) is None

    def never(*_, **__):
        raise AssertionError

    monkeypatch.setattr(maps, "lay_out", never)
    assert submit_map(survey_space, blobs, "umap", {"seed": 1}).state == "done"


def test_left_out_galaxies_are_kept_with_the_reason(survey_space, store_features):
    values = np.random.default_rng(0).normal(size=(20, 3))
    values[4, 2] = np.nan
    run = submit_map(survey_space, store_features(values), "pca", {})
    laid = open_map(survey_space, run.result["key"])
    assert run.result["n_dropped"] == 1
    assert [why for _, why in laid.dropped] == ["no value for pc_2"]


def test_what_cannot_be_done_is_said(survey_space, blobs, store_features):
    with pytest.raises(NotFoundError, match="map method named 'tsne'"):
        submit_map(survey_space, blobs, "tsne", {})
    with pytest.raises(BadInputError, match="Neighbours"):
        submit_map(survey_space, blobs, "umap", {"n_neighbors": 0})
    with pytest.raises(NotFoundError, match="no map 'gone'"):
        open_map(survey_space, "gone")
    with pytest.raises(BadInputError, match="cannot be named"):
        open_map(survey_space, "../runs")
    alike = submit_map(survey_space, store_features(np.ones((9, 2)), "alike"), "pca", {})
    assert alike.state == "failed"
    assert "nothing to lay out" in alike.error
    missing = submit_map(survey_space, "nowhere", "pca", {})
    assert missing.state == "failed"


def test_everything_there_is_can_colour_the_map(survey_space, survey, blobs, plane):
    view, features = open_view(survey), open_features(survey_space, blobs)
    result = cluster(features, "kmeans", {"n_clusters": 3})
    known = map_values.quantities(view, features, result)
    names = [quantity.name for quantity in known]
    assert names[:4] == ["group", "strength", "class", "odd"]
    assert {"cat.redshift", "cat.split", "feat.pc_0"} <= set(names)
    assert not {"cat.file", "cat.object_id", "cat.remark", "cat.label"} & set(names)
    for quantity in known:
        if quantity.kind == "number":
            found = map_values.numbers_of(
                plane.object_ids, quantity, workspace=survey_space, view=view,
                features=features, result=result,
            )  # fmt: skip
            assert found.shape == (60,)
            assert np.isfinite(found).any(), quantity.name
    assert "group" not in [q.name for q in map_values.quantities(view, features, None)]


def test_values_are_joined_by_object(survey_space, survey, blobs):
    view, features = open_view(survey), open_features(survey_space, blobs)
    ids = [features.object_ids[7], "a stranger", features.object_ids[0]]
    redshift = next(
        q for q in map_values.quantities(view, features, None) if q.name == "cat.redshift"
    )
    found = map_values.numbers_of(
        ids, redshift, workspace=survey_space, view=view, features=features, result=None
    )
    expected = view.numbers("redshift")
    np.testing.assert_array_equal(found, [expected[7], np.nan, expected[0]])
    result = cluster(features, "kmeans", {"n_clusters": 3})
    groups = map_values.groups_of(ids, result)
    np.testing.assert_array_equal(groups, [result.labels[7], -1, result.labels[0]])
    codes, names = map_values.texts_of(ids, view, "label")
    assert [names[c] if c >= 0 else None for c in codes] == ["spiral", None, "elliptical"]


def test_codes_follow_another_order_of_names():
    np.testing.assert_array_equal(
        map_values.in_place(np.array([0, 2, -1, 1]), [2, 0, 1]), [2, 1, -1, 0]
    )
