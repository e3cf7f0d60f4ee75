"""HDBSCAN."""

import numpy as np
import pytest
from hdbscan import HDBSCAN

from astro_core.clustering import agreement, cluster
from astro_core.clustering.hdbscan_method import nodes_of_groups
from astro_core.errors import BadInputError


@pytest.fixture(scope="module")
def scattered(planted):
    """Four groups, and a tenth of galaxies that belong nowhere."""
    values, truth = planted(n=360, n_features=3, k=3, apart=12)
    rng = np.random.default_rng(4)
    alone = rng.uniform(-60, 60, (40, 3))
    return np.vstack([values, alone]), np.append(truth, np.full(40, -1))


@pytest.fixture(scope="module")
def found(features_of, scattered):
    return cluster(features_of(scattered[0]), "hdbscan", {"min_cluster_size": 20})


def test_what_stands_alone_is_noise(found, scattered):
    truth = scattered[1]
    assert found.n_clusters == 3
    assert agreement(found.labels, [str(t) for t in truth])["ari"] > 0.9
    assert (found.labels[truth == -1] == -1).mean() > 0.9
    assert (found.strengths[found.labels == -1] == 0).all()


def test_what_stands_alone_scores_higher(found, scattered):
    scores = found.details["outlier_scores"]
    alone = scattered[1] == -1
    assert scores.min() >= 0
    assert scores.max() <= 1
    assert np.median(scores[alone]) > np.quantile(scores[~alone], 0.95)


def test_it_is_the_library_s_answer(found, features_of, scattered):
    values = features_of(scattered[0]).values
    plain = HDBSCAN(min_cluster_size=20, min_samples=2).fit(values)
    assert agreement(found.labels, [str(v) for v in plain.labels_])["ari"] == 1
    np.testing.assert_allclose(found.strengths, plain.probabilities_, rtol=1e-6)


def test_the_spanning_tree_ties_all_galaxies_together(found):
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    edges = found.details["spanning_tree"]
    assert edges.shape == (399, 3)
    assert (np.diff(edges[:, 2]) >= 0).all()
    one, other = edges[:, 0].astype(int), edges[:, 1].astype(int)
    web = coo_array((np.ones(399), (one, other)), shape=(400, 400))
    assert connected_components(web)[0] == 1


def test_every_galaxy_leaves_the_condensed_tree_once(found):
    child = found.details["condensed_child"]
    assert sorted(child[child < 400]) == list(range(400))
    assert found.details["condensed_parent"].min() == 400
    assert (found.details["condensed_size"][child < 400] == 1).all()


def test_the_node_of_a_group_holds_its_galaxies(found):
    from astro_core.clustering.condensed import node_members

    np.testing.assert_array_equal(found.details["node_labels"], [0, 1, 2])
    for group, node in enumerate(found.details["selected_nodes"]):
        assert set(node_members(found, int(node))) == set(found.members(group))


@pytest.mark.parametrize(
    "settings",
    [{"selection": "leaf"}, {"epsilon": 3.0}, {"selection": "leaf", "epsilon": 2.0}, {}],
    ids=str,
)
def test_nodes_are_found_however_groups_are_chosen(features_of, settings):
    from astro_core.clustering.condensed import node_members

    values = np.random.default_rng(2).normal(size=(600, 2)) ** 3
    settings = {"min_cluster_size": 5, "min_samples": 2} | settings
    result = cluster(features_of(values), "hdbscan", settings)
    assert result.n_clusters > 1
    for group, node in enumerate(result.details["selected_nodes"]):
        assert set(node_members(result, int(node))) == set(result.members(group))


def test_a_group_that_parts_at_once_is_its_own_node_not_a_child():
    kinds = [("parent", int), ("child", int), ("lambda_val", float), ("child_size", int)]
    rows = [(4, 5, 1.0, 4), (5, 6, 2.0, 2), (5, 7, 2.0, 2)]
    rows += [(6, 0, 3.0, 1), (6, 1, 3.0, 1), (7, 2, 3.0, 1), (7, 3, 3.0, 1)]
    tree = np.array(rows, dtype=kinds)
    assert nodes_of_groups(tree, np.zeros(4, dtype=int), 1).tolist() == [4]
    assert nodes_of_groups(tree, np.array([0, 0, 1, 1]), 2).tolist() == [6, 7]


def test_all_noise_says_what_to_change(features_of):
    values = np.random.default_rng(0).uniform(size=(200, 20))
    with pytest.raises(BadInputError, match=r"all galaxies are noise.*Lower Features compared"):
        cluster(features_of(values), "hdbscan", {"min_samples": 10})


def test_much_noise_is_said(features_of, planted):
    values, _ = planted(n=60, n_features=3, k=3, apart=30)
    alone = np.random.default_rng(0).uniform(-200, 200, (100, 3))
    features = features_of(np.vstack([values, alone]))
    result = cluster(features, "hdbscan", {"min_cluster_size": 10, "min_samples": 5})
    assert "of the galaxies are noise" in result.notes[0]


def test_few_features_are_compared_and_it_says_so(features_of, planted):
    values, truth = planted(n=200, k=3, n_features=3)
    blur = np.random.default_rng(1).normal(size=(200, 60)) * 4
    features = features_of(np.hstack([values, blur]))
    result = cluster(features, "hdbscan", {"n_features": 3, "min_samples": 5})
    assert agreement(result.labels, [str(t) for t in truth])["ari"] > 0.9
    assert result.details["centroids"].shape[1] == 63
    assert "The first 3 of 63 features were compared." in result.notes
    with pytest.raises(BadInputError, match="all galaxies are noise"):
        cluster(features, "hdbscan", {"n_features": 0, "min_samples": 5})


def test_galaxies_that_are_the_same_are_no_outliers_without_a_number(features_of):
    values = np.vstack([np.zeros((99, 3)), np.ones((1, 3))])
    result = cluster(features_of(values), "hdbscan", {"one_group": True})
    assert np.isfinite(result.details["outlier_scores"]).all()
    assert result.details["outlier_scores"][99] == 1
