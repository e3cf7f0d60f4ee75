"""What every extractor of features promises, whatever it looks at."""

import dataclasses

import numpy as np
import pytest
from astropy.io import fits
from scipy.ndimage import gaussian_filter

from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset
from astro_core.errors import BadInputError
from astro_core.features import EXTRACTORS
from astro_core.params import from_mapping
from astro_core.runs import execute
from astro_core.workflows.features import (
    feature_problems,
    features_table,
    list_features,
    open_features,
    plan_features,
)
from astro_core.workspace import Workspace

BANDS = ("G", "R", "I")
N = 14
SIDE = 72
BAD = "g05"
FEW = {"pca": {"n_components": 3, "batch": 10}}  # there are few galaxies here


def light(kind, seed):
    """Even ones are large, flat and blue; odd ones are small, round and red."""
    y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    ratio, radius = ((0.45, 7.0), (0.95, 4.0))[kind]
    profile = gaussian_filter(400 * np.exp(-np.hypot(x, y / ratio) / radius), 1.2)
    colour = ((1.0, 0.9, 0.8), (0.3, 0.7, 1.3))[kind]
    noise = np.random.default_rng(seed).normal(0, 1, (3, SIDE, SIDE))
    return profile * np.array(colour)[:, None, None] * (1 + 0.02 * seed) + noise


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    folder = tmp_path_factory.mktemp("extractors")
    for i in range(N):
        planes = light(i % 2, i)
        if f"g{i:02d}" == BAD:
            planes[:] = np.nan
        for band, plane in zip(BANDS, planes, strict=True):
            path = folder / "sky" / f"g{i:02d}_{band}.fits"
            path.parent.mkdir(exist_ok=True)
            fits.PrimaryHDU(plane.astype(np.float32)).writeto(path)
    workspace = Workspace(folder / "space").ensure()
    asked = {"path": str(folder / "sky"), "name": "sky"}
    run = execute(workspace, "import", asked, title="import")
    assert run.state == "done", run.error
    return workspace


@pytest.fixture(scope="module")
def sky(space):
    return open_dataset(space, "sky")


def compute(space, sky, name, **more):
    asked = {"dataset": sky.name, "extractor": name, "params": FEW.get(name, {}), "sample": None}
    kind = "features" if EXTRACTORS.get(name).learn else "features-objects"
    return execute(space, kind, asked | {"seed": 0} | more, title="features")


def usable(sky):
    return [spec for spec in EXTRACTORS if not spec.unavailable(sky)]


@pytest.fixture(scope="module", params=EXTRACTORS.names())
def computed(request, space, sky):
    """The extractor and its features of the sky."""
    spec = EXTRACTORS.get(request.param)
    if spec.unavailable(sky):
        pytest.skip(f"{spec.name}: {spec.unavailable(sky)}")
    run = compute(space, sky, spec.name)
    assert run.state == "done", run.error
    return spec, run.result["key"]


@pytest.mark.parametrize("spec", EXTRACTORS, ids=EXTRACTORS.names())
def test_a_page_can_show_it(spec, sky):
    assert spec.label
    assert spec.description.endswith(".")
    assert dataclasses.is_dataclass(spec.params)
    from_mapping(spec.params, {})
    if not spec.unavailable(sky):
        assert (spec.learn is None) != (spec.measure is None)
        assert (spec.recipe is not None) == (spec.learn is not None)
        assert (spec.names is not None) == (spec.measure is not None)


@pytest.mark.parametrize("spec", EXTRACTORS, ids=EXTRACTORS.names())
def test_what_cannot_be_used_says_why(spec, sky):
    reason = spec.unavailable(sky)
    if not reason:
        pytest.skip("can be used")
    with pytest.raises(BadInputError, match=reason):
        plan_features(sky, spec.name, {})


def test_all_but_learned_embeddings_can_be_used_on_bands(sky):
    assert {spec.name for spec in usable(sky)} == set(EXTRACTORS.names()) - {"embedding"}


def test_ids_are_in_the_order_of_the_catalogue_and_all_are_accounted_for(computed, space, sky):
    spec, key = computed
    features, problems = open_features(space, key), feature_problems(space, key)
    left_out = set(problems["object_id"])
    ids = list(read_catalogue(sky)["object_id"])
    assert list(features.object_ids) == [i for i in ids if i not in left_out]
    assert left_out <= {BAD}
    assert problems["reason"].str.len().gt(10).all()
    assert features.values.dtype == np.float32
    assert features.extractor == spec.name
    assert len(set(features.names)) == len(features.names)
    about = next(one for one in list_features(space, sky) if one.key == key)
    assert (about.n_objects, about.n_features) == features.values.shape
    assert about.summary
    table = features_table(space, key)
    assert table["object_id"].tolist() == list(features.object_ids)
    assert set(features.names) < set(table.columns)


def test_columns_have_one_spread(computed, space):
    _, key = computed
    values = open_features(space, key).values
    spread = np.nanstd(values, axis=0)
    assert ((np.abs(spread - 1) < 0.01) | (spread == 0) | np.isnan(spread)).all()


def test_two_kinds_of_galaxies_lie_apart(computed, space):
    spec, key = computed
    features = open_features(space, key)
    values = np.nan_to_num(features.values)
    kinds = np.array([int(i[1:]) % 2 for i in features.object_ids])
    middles = [values[kinds == k].mean(axis=0) for k in (0, 1)]
    nearer = [np.argmin([np.linalg.norm(v - m) for m in middles]) for v in values]
    assert np.mean(np.array(nearer) == kinds) > 0.9, spec.name


def test_the_same_again_is_the_same_to_the_bit(computed, space, sky, tmp_path):
    spec, key = computed
    features = open_features(space, key)
    import shutil

    shutil.copytree(space.datasets, tmp_path / "datasets")
    elsewhere = Workspace(tmp_path).ensure()
    run = compute(elsewhere, sky, spec.name)
    assert run.result["key"] == key
    np.testing.assert_array_equal(open_features(elsewhere, key).values, features.values)


def test_a_sample_is_another_set_with_some_of_the_objects(computed, space, sky):
    spec, key = computed
    run = compute(space, sky, spec.name, sample=8, seed=3)
    assert run.state == "done", run.error
    assert run.result["key"] != key
    assert run.result["n"] + run.result["n_bad"] == 8
    some = open_features(space, run.result["key"]).object_ids
    whole = open_features(space, key).object_ids
    assert list(some) == [i for i in whole if i in set(some)]
