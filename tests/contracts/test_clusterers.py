"""What every clustering method promises, whatever it is given."""

import numpy as np
import pytest

from astro_core.clustering import CLUSTERERS, agreement, cluster
from astro_core.domain import Cancelled, Features
from astro_core.errors import BadInputError, NotFoundError
from astro_core.params import describe, to_mapping

K = 4
ASKED = {"som": {"rows": 2, "columns": 2}, "hdbscan": {"min_cluster_size": 10}}
BY_CELL = ("som",)


def features_of(values, names=None):
    values = np.asarray(values, dtype=np.float32)
    ids = tuple(f"G{i * 7 % 1000:04d}" for i in range(len(values)))
    names = names or tuple(f"f{i}" for i in range(values.shape[1]))
    return Features(object_ids=ids, values=values, names=names, key="k", dataset="d")


def planted(seed=3, n=240, n_features=6):
    """Four round groups of unlike size, all equally far from each other, in no order."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(K, n, p=(0.15, 0.2, 0.3, 0.35))
    return 8 * np.eye(K, n_features)[truth] + rng.normal(size=(n, n_features)), truth


def asked(spec):
    return {"n_clusters": K} if spec.uses_clusters else ASKED[spec.name]


@pytest.fixture(params=CLUSTERERS.names())
def spec(request):
    return CLUSTERERS.get(request.param)


@pytest.fixture(scope="module")
def blobs():
    values, truth = planted()
    return features_of(values), truth


def same(one, other):
    np.testing.assert_array_equal(one.labels, other.labels)
    np.testing.assert_array_equal(one.strengths, other.strengths)
    assert set(one.details) == set(other.details)
    for name, array in one.details.items():
        np.testing.assert_array_equal(array, other.details[name], err_msg=name)


def test_the_five_of_the_notebooks_are_there():
    assert CLUSTERERS.names()[:5] == ("kmeans", "hierarchical", "hdbscan", "som", "gmm")


def test_it_says_what_it_is(spec):
    assert spec.name == spec.name.lower()
    assert spec.label
    assert spec.description.endswith(".")
    assert spec.strength_meaning.endswith(".")
    assert spec.reference


def test_every_setting_says_what_it_is(spec):
    infos = {info.name: info for info in describe(spec.params)}
    assert "seed" in infos
    assert ("n_clusters" in infos) == spec.uses_clusters
    for info in infos.values():
        assert info.label
        assert info.help.endswith(".")
        if info.kind in (int, float):
            assert info.minimum <= info.default <= info.maximum


def test_twelve_groups_by_default(spec):
    params = spec.params()
    if spec.uses_clusters:
        assert params.n_clusters == 12
    if spec.name == "som":
        assert params.rows * params.columns == 12


def test_planted_groups_are_found(spec, blobs):
    features, truth = blobs
    result = cluster(features, spec.name, asked(spec))
    assert result.n_clusters == K
    assert agreement(result.labels, [f"class {t}" for t in truth])["ari"] > 0.95


def test_ids_stay_in_order_and_everything_has_a_row(spec, blobs):
    features, _ = blobs
    result = cluster(features, spec.name, asked(spec))
    assert result.object_ids == features.object_ids
    assert result.method == spec.name
    assert result.features == "k"
    assert result.params == to_mapping(spec.params(**asked(spec)))
    assert result.strengths.min() >= 0
    assert result.strengths.max() <= 1
    assert (result.strengths[result.labels == -1] == 0).all()


def test_groups_are_numbered_by_size(spec, blobs):
    result = cluster(blobs[0], spec.name, asked(spec))
    sizes = np.bincount(result.labels[result.labels >= 0], minlength=result.n_clusters)
    if spec.name not in BY_CELL:
        assert (np.diff(sizes) <= 0).all()


def test_centroids_are_the_means_of_the_members(spec, blobs):
    features, _ = blobs
    result = cluster(features, spec.name, asked(spec))
    assert result.details["centroids"].shape == (K, 6)
    for group, centre in enumerate(result.details["centroids"]):
        members = features.values[result.labels == group]
        np.testing.assert_allclose(centre, members.mean(axis=0, dtype=np.float64), rtol=1e-6)


def test_the_same_seed_gives_the_same_groups(spec):
    features = features_of(np.random.default_rng(1).normal(size=(150, 5)))
    settings = asked(spec) | {"seed": 5}
    if spec.name == "hdbscan":
        settings |= {"one_group": True}
    same(cluster(features, spec.name, settings), cluster(features, spec.name, settings))


def test_what_comes_in_is_not_changed(spec):
    values, _ = planted()
    features = features_of(values)
    before = features.values.copy()
    cluster(features, spec.name, asked(spec))
    np.testing.assert_array_equal(features.values, before)


def test_nothing_but_numbers_and_text_is_kept(spec, blobs):
    result = cluster(blobs[0], spec.name, asked(spec))
    for name, array in result.details.items():
        assert array.dtype.kind in "iuf", name
        assert not array.flags.writeable


def test_galaxies_with_a_gap_are_left_out_and_named(spec):
    values, truth = planted()
    values[7, 2] = np.nan
    values[11, :] = np.inf
    features = features_of(values)
    result = cluster(features, spec.name, asked(spec))
    left = [i for i in range(len(values)) if i not in (7, 11)]
    assert result.object_ids == tuple(features.object_ids[i] for i in left)
    assert dict(result.dropped) == {
        features.object_ids[7]: "f2 is no finite number",
        features.object_ids[11]: "f0, f1, f2 and 3 more are no finite numbers",
    }
    assert "2 of 240 galaxies were left out" in " ".join(result.notes)
    assert agreement(result.labels, [str(truth[i]) for i in left])["ari"] > 0.95


def test_constant_features_are_said(spec):
    values, _ = planted()
    values = np.hstack([values, np.full((len(values), 1), 3.0)])
    features = features_of(values, ("a", "b", "c", "d", "e", "f", "sky"))
    result = cluster(features, spec.name, asked(spec))
    assert "1 of 7 features is the same for every galaxy and sets nothing apart: sky." in (
        result.notes
    )


def test_only_constant_features_are_refused(spec):
    with pytest.raises(BadInputError, match=r"same features.*nothing sets them apart"):
        cluster(features_of(np.ones((50, 3))), spec.name, asked(spec))


def test_a_single_galaxy_is_refused(spec):
    with pytest.raises(BadInputError, match="at least two galaxies"):
        cluster(features_of([[1.0, 2.0]]), spec.name, asked(spec))


def test_no_galaxy_is_refused(spec):
    with pytest.raises(BadInputError, match="at least two galaxies"):
        cluster(features_of(np.empty((0, 3))), spec.name, asked(spec))


def test_gaps_everywhere_are_refused(spec):
    with pytest.raises(BadInputError, match=r"No galaxy has all its features.*G0000: f0"):
        cluster(features_of(np.full((5, 1), np.nan)), spec.name, asked(spec))


def test_fewer_galaxies_than_groups_are_refused(spec):
    few = features_of(np.random.default_rng(0).normal(size=(3, 4)))
    with pytest.raises(BadInputError, match=r"fewer galaxies than .*got 3\. Lower .* at most 3"):
        cluster(few, spec.name, asked(spec))


def test_features_beyond_single_precision_are_refused(spec):
    values, _ = planted()
    with pytest.raises(BadInputError, match="too large or too small to compare"):
        cluster(features_of(values * 1e-20), spec.name, asked(spec))


def test_galaxies_that_are_the_same_make_no_traceback(spec):
    values = np.repeat(planted(n=6)[0], 20, axis=0)
    result = cluster(features_of(values), spec.name, asked(spec))
    assert np.isfinite(result.strengths).all()
    assert len({tuple(sorted(set(result.labels[i : i + 20]))) for i in range(0, 120, 20)}) > 1


def test_far_from_zero_the_groups_are_the_same(spec):
    values, truth = planted()
    result = cluster(features_of(values + 5e3), spec.name, asked(spec))
    assert agreement(result.labels, [str(t) for t in truth])["ari"] > 0.95


def test_it_stops_when_told_to(spec, blobs):
    def stop(done, total, message=""):
        raise Cancelled

    with pytest.raises(Cancelled):
        cluster(blobs[0], spec.name, asked(spec), stop)


def test_progress_is_told_in_words(spec, blobs):
    seen = []
    cluster(blobs[0], spec.name, asked(spec), lambda *args: seen.append(args))
    assert len(seen) >= 2
    for done, total, message in seen:
        assert 0 <= done <= total
        assert message


def test_settings_of_another_method_are_refused(spec, blobs):
    other = next(s for s in CLUSTERERS if s.params is not spec.params)
    with pytest.raises(BadInputError, match=f"not settings of {spec.label}"):
        cluster(blobs[0], spec.name, other.params())


def test_an_unknown_setting_is_named(spec, blobs):
    with pytest.raises(BadInputError, match="no setting named 'colour'"):
        cluster(blobs[0], spec.name, {"colour": 1})


def test_an_unknown_method_is_named(blobs):
    with pytest.raises(NotFoundError, match="no clustering method named 'magic'"):
        cluster(blobs[0], "magic")
