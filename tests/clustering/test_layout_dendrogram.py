import numpy as np
import pytest
from scipy.cluster import hierarchy

from astro_core.clustering.layouts import ABOVE, dendrogram
from astro_core.clustering.tree import branch_leaves, cut_height, leaf_groups


@pytest.fixture(scope="module")
def values():
    random = np.random.default_rng(3)
    centres = random.normal(size=(6, 4)) * 6
    sizes = (90, 70, 60, 40, 30, 10)
    return np.concatenate(
        [random.normal(size=(n, 4)) + at for n, at in zip(sizes, centres, strict=True)]
    )


@pytest.fixture(scope="module", params=["ward", "average", "complete"])
def linkage(values, request):
    return hierarchy.linkage(values, request.param)


def ends_of(layout):
    places = np.flatnonzero(layout.ends)
    return places[np.argsort(layout.x[places])]


def test_ends_stand_as_in_scipy_and_hold_everything(linkage):
    layout = dendrogram(linkage, cut_height(linkage, 6), max_leaves=20)
    ends = ends_of(layout)
    drawn = hierarchy.dendrogram(linkage, p=20, truncate_mode="lastp", no_plot=True)
    assert layout.nodes[ends].tolist() == drawn["leaves"]
    assert layout.x[ends].tolist() == list(range(20))
    assert layout.sizes[ends].sum() == layout.n_galaxies == 300


@pytest.mark.parametrize("k", [2, 6, 11])
def test_branches_have_the_groups_that_the_cut_makes(linkage, k):
    height = cut_height(linkage, k)
    layout = dendrogram(linkage, height, max_leaves=40)
    cut = hierarchy.fcluster(linkage, height, "distance")
    group_of = {}
    for place in np.flatnonzero(layout.groups != ABOVE):
        leaves = branch_leaves(linkage, int(layout.nodes[place]))
        assert len(leaves) == layout.sizes[place]
        (label,) = set(cut[leaves].tolist())
        assert group_of.setdefault(label, layout.groups[place]) == layout.groups[place]
    assert sorted(group_of.values()) == list(range(k))
    assert layout.n_groups == k
    sizes = [int((cut == label).sum()) for label, _ in sorted(group_of.items(), key=lambda i: i[1])]
    assert sizes == sorted(sizes, reverse=True)


def test_a_branch_above_the_cut_has_no_group(linkage):
    layout = dendrogram(linkage, cut_height(linkage, 6))
    assert np.array_equal(layout.groups == ABOVE, layout.heights > layout.cut_height)
    assert layout.tops.sum() == 6


def test_colour_changes_at_the_cut(linkage):
    layout = dendrogram(linkage, cut_height(linkage, 6))
    grey = layout.stroke_groups == ABOVE
    assert layout.strokes[grey][:, [1, 3]].min() >= layout.cut_height
    assert layout.strokes[~grey][:, [1, 3]].max() <= layout.cut_height


def test_a_branch_is_never_higher_than_what_it_is_part_of(linkage):
    layout = dendrogram(linkage, cut_height(linkage, 6))
    below = layout.parents >= 0
    assert (layout.heights[layout.parents[below]] >= layout.heights[below]).all()
    assert (~below).sum() == 1


def test_numbers_of_groups_are_those_of_the_result(linkage):
    height = cut_height(linkage, 6)
    labels = 5 - leaf_groups(linkage, 6)
    layout = dendrogram(linkage, height, labels=labels)
    for place in np.flatnonzero(layout.tops):
        leaves = branch_leaves(linkage, int(layout.nodes[place]))
        assert set(labels[leaves].tolist()) == {layout.groups[place]}


def test_labels_of_another_cut_are_not_used(linkage):
    height = cut_height(linkage, 6)
    other = dendrogram(linkage, height, labels=leaf_groups(linkage, 4))
    assert np.array_equal(other.groups, dendrogram(linkage, height).groups)


def test_groups_below_what_is_drawn_are_counted_but_not_drawn(linkage):
    layout = dendrogram(linkage, cut_height(linkage, 80), max_leaves=10)
    assert layout.n_groups == 80
    assert layout.tops.sum() < 10
    assert (layout.groups[layout.ends] == ABOVE).any()


def test_what_is_below_a_branch(linkage):
    layout = dendrogram(linkage, cut_height(linkage, 6), max_leaves=15)
    root = int(layout.nodes.max())
    assert layout.below(root).all()
    node = int(np.sort(layout.nodes)[-3])
    inside = layout.below(node)
    mine = set(branch_leaves(linkage, node).tolist())
    for place in range(len(layout.nodes)):
        leaves = set(branch_leaves(linkage, int(layout.nodes[place])).tolist())
        assert inside[place] == (leaves <= mine)


def test_spans_cover_the_ends_of_each_group(linkage):
    layout = dendrogram(linkage, cut_height(linkage, 6))
    assert sorted(layout.spans[:, 0]) == list(range(6))
    ordered = layout.spans[np.argsort(layout.spans[:, 1])]
    assert (ordered[1:, 1] > ordered[:-1, 2]).all()


def test_triangles_stand_for_what_is_not_drawn(linkage):
    layout = dendrogram(linkage, cut_height(linkage, 6), max_leaves=15)
    drawn = np.isfinite(layout.wedges[:, 0, 0])
    assert np.array_equal(drawn, layout.ends & (layout.sizes > 1))
    assert np.array_equal(layout.wedges[drawn, 0, 1], layout.heights[drawn])


def test_a_chain_of_any_length_is_laid_out():
    n = 15_000
    chain = np.array([[i and n + i - 1, i + 1, 1 + i, i + 2] for i in range(n - 1)], dtype=float)
    layout = dendrogram(chain, n - 4.5, max_leaves=60)
    assert layout.ends.sum() == 60
    assert layout.n_groups == 5
    assert layout.sizes[layout.groups == 0].max() == n - 4


@pytest.mark.parametrize("m", [1, 2])
def test_hardly_any_galaxies(m):
    values = np.arange(m, dtype=float)[:, np.newaxis]
    linkage = hierarchy.linkage(values) if m > 1 else np.empty((0, 4))
    layout = dendrogram(linkage, 2.0)
    assert layout.n_groups == 1
    assert set(layout.groups.tolist()) == {0}
    assert layout.ends.sum() == m


def test_the_tree_is_not_changed(linkage):
    before = linkage.copy()
    dendrogram(linkage, 1.0)
    assert np.array_equal(before, linkage)
