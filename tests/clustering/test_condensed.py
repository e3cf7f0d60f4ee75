import numpy as np
import pytest

from astro_core.clustering.condensed import node_members, node_rows
from astro_core.domain import ClusteringResult
from astro_core.errors import BadInputError


def result(**details):
    return ClusteringResult(
        object_ids=("a", "b", "c", "d", "e"),
        labels=[0, 0, 1, 1, -1],
        strengths=np.ones(5),
        method="hdbscan",
        params={},
        n_clusters=2,
        details=details,
    )


@pytest.fixture
def tree():
    """Root 5 loses e, then parts into 6 (a, b) and 7 (c, d)."""
    return result(
        condensed_parent=np.array([5, 5, 5, 6, 6, 7, 7]),
        condensed_child=np.array([4, 6, 7, 0, 1, 2, 3]),
        condensed_lambda=np.array([0.1, 0.5, 0.5, 1.0, 2.0, 4.0, 3.0]),
        condensed_size=np.array([1, 2, 2, 1, 1, 1, 1]),
    )


def test_a_node_holds_all_below_it_the_densest_first(tree):
    assert node_members(tree, 6) == ("b", "a")
    assert node_members(tree, 7) == ("c", "d")
    assert node_members(tree, 5) == ("c", "d", "b", "a", "e")


def test_a_galaxy_is_its_own_node(tree):
    assert node_rows(tree, 3).tolist() == [3]


def test_other_nodes_and_other_methods_are_refused(tree):
    with pytest.raises(BadInputError, match="no such node"):
        node_rows(tree, 9)
    with pytest.raises(BadInputError, match="made by HDBSCAN"):
        node_rows(result(), 5)
