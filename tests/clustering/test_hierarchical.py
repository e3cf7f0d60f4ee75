"""Hierarchical grouping, its tree, and cuts of it."""

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage

from astro_core.clustering import agreement, branch_members, cluster, cut_tree
from astro_core.clustering.hierarchical import LINKAGES
from astro_core.clustering.tree import branch_leaves, cut_height, leaf_groups, n_groups_below
from astro_core.errors import BadInputError


def text(labels):
    return [str(v) for v in labels]


@pytest.fixture(scope="module")
def noisy(features_of):
    return features_of(np.random.default_rng(0).normal(size=(200, 5)))


@pytest.fixture(scope="module")
def sampled(features_of, planted):
    """A tree on 100 of 400 galaxies."""
    values, truth = planted(n=400)
    features = features_of(values)
    settings = {"n_clusters": 4, "max_tree": 100, "seed": 3}
    return features, truth, cluster(features, "hierarchical", settings)


@pytest.mark.parametrize("kind", LINKAGES)
def test_the_tree_is_the_library_s(noisy, kind):
    result = cluster(noisy, "hierarchical", {"linkage": kind})
    tree = linkage(noisy.values, kind)
    np.testing.assert_array_equal(result.details["linkage"], tree)
    assert agreement(result.labels, text(fcluster(tree, 12, "maxclust")))["ari"] == 1


@pytest.mark.parametrize("k", [1, 2, 7, 199, 200])
def test_a_cut_leaves_as_many_groups_as_asked(noisy, k):
    tree = linkage(noisy.values, "ward")
    groups = leaf_groups(tree, k)
    assert len(np.unique(groups)) == k
    assert n_groups_below(tree, cut_height(tree, k)) == k


def test_merges_of_equal_height_are_cut_all_the_same():
    tree = linkage(np.arange(8.0)[:, None], "average")
    for k in range(1, 9):
        assert len(np.unique(leaf_groups(tree, k))) == k


def test_cutting_again_is_grouping_again(noisy):
    first = cluster(noisy, "hierarchical", {"n_clusters": 5})
    again = cut_tree(first, noisy, n_clusters=9)
    fresh = cluster(noisy, "hierarchical", {"n_clusters": 9})
    np.testing.assert_array_equal(again.labels, fresh.labels)
    np.testing.assert_array_equal(again.strengths, fresh.strengths)
    assert again.params == fresh.params
    assert set(again.details) == set(fresh.details)
    for name, array in fresh.details.items():
        np.testing.assert_array_equal(again.details[name], array)


def test_a_cut_at_a_height(noisy):
    first = cluster(noisy, "hierarchical", {"n_clusters": 5})
    height = float(first.details["linkage"][-3, 2]) + 1e-6
    again = cut_tree(first, noisy, height=height)
    assert again.n_clusters == 3
    assert float(again.details["cut_height"]) == height
    assert cut_tree(first, noisy, height=1e9).n_clusters == 1
    assert cut_tree(first, noisy, height=0).n_clusters == 200


def test_a_large_sample_gets_a_tree_of_some_and_the_others_join(sampled):
    features, truth, result = sampled
    assert result.details["linkage"].shape == (99, 4)
    assert len(result.details["tree_rows"]) == 100
    assert (np.diff(result.details["tree_rows"]) > 0).all()
    assert len(result.labels) == 400
    assert agreement(result.labels, text(truth))["ari"] > 0.95
    assert "sample of 100 of 400 galaxies" in result.notes[0]
    assert cut_tree(result, features, n_clusters=2).notes == result.notes


def test_every_galaxy_goes_with_its_nearest_leaf(sampled):
    features, _, result = sampled
    rows, nearest = result.details["tree_rows"], result.details["nearest_leaf"]
    apart = np.linalg.norm(features.values[:, None] - features.values[rows][None], axis=2)
    np.testing.assert_array_equal(nearest, apart.argmin(axis=1))
    np.testing.assert_array_equal(nearest[rows], np.arange(100))


def test_a_seed_draws_the_sample(features_of, planted):
    features = features_of(planted(n=300)[0])
    rows = [
        cluster(features, "hierarchical", {"max_tree": 100, "seed": s}).details["tree_rows"]
        for s in (1, 1, 2)
    ]
    np.testing.assert_array_equal(rows[0], rows[1])
    assert (rows[0] != rows[2]).any()


def test_who_is_in_a_branch(sampled):
    _, _, result = sampled
    assert branch_members(result, 99 + 99) == result.object_ids
    tree = result.details["linkage"]
    one, other = (int(v) for v in tree[-1, :2])
    parts = branch_members(result, one), branch_members(result, other)
    assert set(parts[0]) | set(parts[1]) == set(result.object_ids)
    assert not set(parts[0]) & set(parts[1])
    order = {i: at for at, i in enumerate(result.object_ids)}
    assert list(parts[0]) == sorted(parts[0], key=order.get)


def test_the_branch_of_a_leaf_is_the_leaf(noisy):
    result = cluster(noisy, "hierarchical")
    assert branch_members(result, 17) == (noisy.object_ids[17],)


def test_the_leaves_of_a_branch_are_as_many_as_the_tree_says(noisy):
    tree = linkage(noisy.values, "ward")
    for merge in range(0, len(tree), 17):
        assert len(branch_leaves(tree, 200 + merge)) == tree[merge, 3]


def test_what_cannot_be_cut_is_said(noisy, features_of):
    tree, flat = cluster(noisy, "hierarchical"), cluster(noisy, "kmeans")
    with pytest.raises(BadInputError, match=r"have no tree.*got kmeans"):
        cut_tree(flat, noisy, n_clusters=3)
    with pytest.raises(BadInputError, match="either at a height or"):
        cut_tree(tree, noisy)
    with pytest.raises(BadInputError, match="1 to 200; got 201"):
        cut_tree(tree, noisy, n_clusters=201)
    with pytest.raises(BadInputError, match="not those that were grouped"):
        cut_tree(tree, features_of(noisy.values[:50]), n_clusters=3)
    with pytest.raises(BadInputError, match=r"no such branch.*0 to 398"):
        branch_members(tree, 399)
