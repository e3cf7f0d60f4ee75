import numpy as np
import pytest

from astro_core.domain import Cancelled, Features
from astro_core.errors import BadInputError, NotFoundError
from astro_core.features.planes import PLANES, PlaneMap, lay_out
from astro_core.features.umap_plane import UmapParams, neighbours

METHODS = PLANES.names()


def features(values, extractor="test"):
    values = np.asarray(values, dtype=np.float32)
    return Features(
        object_ids=tuple(f"g{i}" for i in range(len(values))),
        values=values,
        names=tuple(f"f{i}" for i in range(values.shape[1])),
        extractor=extractor,
        key="set",
    )


def blobs(n=90, n_features=6, seed=0):
    rng = np.random.default_rng(seed)
    centres = rng.normal(0, 12, (3, n_features))
    kind = np.arange(n) % 3
    return features(centres[kind] + rng.normal(0, 1, (n, n_features))), kind


@pytest.mark.parametrize("method", METHODS)
def test_planted_groups_lie_apart_and_nothing_is_changed(method):
    given, kind = blobs()
    before = given.values.copy()
    laid = lay_out(given, method)
    assert laid.object_ids == given.object_ids
    assert laid.xy.dtype == np.float32
    assert laid.features == "set"
    assert laid.note
    np.testing.assert_array_equal(given.values, before)
    middles = np.array([laid.xy[kind == k].mean(axis=0) for k in range(3)])
    to_each = np.linalg.norm(laid.xy[:, None] - middles, axis=2)
    np.testing.assert_array_equal(to_each.argmin(axis=1), kind)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_settings_give_the_same_map(method):
    given, _ = blobs()
    first, second = lay_out(given, method).xy, lay_out(given, method).xy
    np.testing.assert_array_equal(first, second)


def test_another_seed_gives_another_map():
    given, _ = blobs()
    xy = [lay_out(given, "umap", {"seed": seed}).xy for seed in (0, 1)]
    assert not np.array_equal(*xy)


def test_the_faster_choice_says_what_it_costs():
    given, _ = blobs()
    laid = lay_out(given, "umap", UmapParams(reproducible=False))
    assert "without a seed" in laid.note
    assert np.isfinite(laid.xy).all()


@pytest.mark.parametrize("method", METHODS)
def test_galaxies_with_gaps_are_left_out_and_listed(method):
    given, _ = blobs()
    values = given.values.copy()
    values[3, 1] = np.nan
    values[7] = np.inf
    laid = lay_out(features(values), method)
    assert dict(laid.dropped) == {
        "g3": "no value for f1",
        "g7": "no value for f0, f1, f2 and 3 more",
    }
    assert "g3" not in laid.object_ids
    assert len(laid.xy) == len(values) - 2


@pytest.mark.parametrize("method", METHODS)
def test_too_few_and_all_alike_are_refused_in_words(method):
    with pytest.raises(BadInputError, match=r"needs more galaxies.*at least 4.*3 of 3"):
        lay_out(features(np.eye(3)), method)
    with pytest.raises(BadInputError, match="nothing to lay out"):
        lay_out(features(np.ones((9, 3))), method)


@pytest.mark.parametrize("n", [4, 5, 9])
@pytest.mark.parametrize("method", METHODS)
def test_a_handful_of_galaxies_has_a_map(method, n):
    laid = lay_out(blobs(n)[0], method)
    assert len(laid.xy) == n
    if method == "umap":
        assert "too few galaxies for 15 neighbours" in laid.note


def test_unknown_method_and_bad_setting_are_named():
    given, _ = blobs()
    with pytest.raises(NotFoundError, match="umap, pca"):
        lay_out(given, "tsne")
    with pytest.raises(BadInputError, match="Neighbours"):
        lay_out(given, "umap", {"n_neighbors": 1})


def test_a_single_feature_has_a_umap_but_no_components():
    given, _ = blobs(30, n_features=1)
    assert np.isfinite(lay_out(given, "umap").xy).all()
    with pytest.raises(BadInputError, match="at least two features"):
        lay_out(given, "pca")


def test_components_of_the_stamps_are_taken_as_they_are():
    given, _ = blobs()
    components = features(given.values, extractor="pca")
    np.testing.assert_array_equal(lay_out(components, "pca").xy, given.values[:, :2])


def test_the_share_of_the_variance_is_stated():
    laid = lay_out(features([[3, 0, 5], [-3, 0, 5], [0, 1, 5], [0, -1, 5]]), "pca")
    assert laid.note == "The two directions hold 90 % and 10 % of the variance."


@pytest.mark.parametrize("metric", ["euclidean", "cosine", "manhattan"])
def test_neighbours_are_the_nearest_and_oneself_comes_first(metric):
    from scipy.spatial.distance import cdist

    values = np.random.default_rng(2).normal(size=(50, 4)).astype(np.float32)
    values[1] = values[0]
    rows, far = neighbours(values, 6, metric, lambda *_: None)
    names = {"manhattan": "cityblock"}
    expected = np.sort(cdist(values, values, names.get(metric, metric)), axis=1)[:, :6]
    np.testing.assert_array_equal(rows[:, 0], np.arange(50))
    np.testing.assert_allclose(far, expected, atol=1e-3)


def test_it_reports_its_rounds_and_stops_when_told():
    given, _ = blobs()
    said = []
    lay_out(given, "umap", progress=lambda done, total, message: said.append((message, done)))
    messages = list(dict.fromkeys(message for message, _ in said))
    assert messages == [
        "Loading UMAP",
        "Finding neighbours",
        "Joining neighbours into a graph",
        "Arranging galaxies, round by round",
    ]

    def stop(done, total, message):
        if done and message.startswith("Arranging"):
            raise Cancelled

    with pytest.raises(Cancelled):
        lay_out(given, "umap", progress=stop)


def test_positions_belong_to_objects():
    with pytest.raises(BadInputError, match="Positions do not belong"):
        PlaneMap(object_ids=("a", "b"), xy=np.zeros((3, 2)), method="pca")
