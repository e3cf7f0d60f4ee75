import numpy as np
import pytest

from astro_core.clustering.layouts import bend, condensed, ellipses, share_bars, spanning
from astro_core.clustering.layouts.condensed import UNCHOSEN


@pytest.fixture(scope="module")
def model():
    from hdbscan import HDBSCAN

    random = np.random.default_rng(5)
    centres = random.normal(size=(5, 3)) * 8
    values = np.concatenate([random.normal(size=(80, 3)) * s for s in (1, 0.5, 1, 2, 1)])
    values += np.repeat(centres, 80, axis=0)
    return HDBSCAN(min_cluster_size=10, core_dist_n_jobs=1).fit(values)


@pytest.fixture(scope="module")
def tree(model):
    raw = model._condensed_tree
    return raw["parent"], raw["child"], raw["lambda_val"], raw["child_size"]


@pytest.fixture(scope="module")
def selected(model):
    return np.array(sorted(model.condensed_tree_._select_clusters()))


def test_branches_begin_and_end_as_hdbscan_draws_them(model, tree, selected):
    layout = condensed(*tree, selected=selected)
    bounds = model.condensed_tree_.get_plot_data()["cluster_bounds"]
    assert layout.nodes.tolist() == sorted(bounds)
    for node, birth, death in zip(layout.nodes, layout.births, layout.deaths, strict=True):
        _, _, low, high = bounds[node]
        assert (birth, death) == (pytest.approx(low), pytest.approx(high))
    assert layout.n_galaxies == layout.sizes[0] == 400


def test_selected_branches_have_the_numbers_of_their_groups(tree, selected):
    labels = np.arange(len(selected))[::-1]
    layout = condensed(*tree, selected=selected, labels=labels)
    found = dict(zip(layout.nodes.tolist(), layout.groups.tolist(), strict=True))
    assert [found.pop(node) for node in selected.tolist()] == labels.tolist()
    assert set(found.values()) == {UNCHOSEN}


def test_an_outline_narrows_from_birth_to_death(tree, selected):
    layout = condensed(*tree, selected=selected)
    for place, outline in enumerate(layout.outlines):
        x, y = outline.T
        assert (y.min(), y.max()) == (layout.births[place], layout.deaths[place])
        assert np.ptp(x) == pytest.approx(np.sqrt(layout.sizes[place]))
        assert np.array_equal(outline[0], outline[-1])
        right = outline[: len(outline) // 2]
        assert (np.diff(right[:, 0]) <= 0).all()
        assert (np.diff(right[:, 1]) >= 0).all()


def test_branches_side_by_side_do_not_touch(tree, selected):
    layout = condensed(*tree, selected=selected)
    boxes = [(*o.min(axis=0), *o.max(axis=0)) for o in layout.outlines]
    for i, (left, top, right, bottom) in enumerate(boxes):
        for other_left, other_top, other_right, other_bottom in boxes[:i]:
            if top < other_bottom and other_top < bottom:
                assert right < other_left or other_right < left


def test_coinciding_galaxies_have_a_finite_end():
    parent = np.array([4, 4, 4, 4])
    level = np.array([0.5, 1.0, np.inf, np.inf])
    layout = condensed(parent, np.arange(4), level, np.ones(4, int), selected=np.array([4]))
    assert layout.deaths.tolist() == [1.0]
    assert np.isfinite(layout.outlines[0]).all()


def test_of_many_branches_groups_and_what_leads_to_them_stay(tree, selected):
    layout = condensed(*tree, selected=selected, max_branches=1)
    assert set(selected.tolist()) <= set(layout.nodes.tolist())
    parent_of = dict(zip(tree[1].tolist(), tree[0].tolist(), strict=True))
    root = layout.nodes[0]
    assert all(parent_of[n] in layout.nodes for n in layout.nodes.tolist() if n != root)


def test_ellipses_hold_the_share_of_a_sample_that_they_should():
    random = np.random.default_rng(0)
    mean, root = random.normal(size=5), random.normal(size=(5, 5))
    plane, origin = random.normal(size=(2, 5)), random.normal(size=5)
    covariance = root @ root.T
    sample = random.multivariate_normal(mean, covariance, 40_000)
    xy = (sample - origin) @ plane.T
    one, two = ellipses(mean[None], covariance[None], plane, origin=origin)
    assert np.allclose(one.centre, xy.mean(axis=0), atol=0.1)
    for ellipse, share in ((one, 1 - np.exp(-0.5)), (two, 1 - np.exp(-2))):
        off = ellipse.outline - xy.mean(axis=0)
        away = np.sqrt(((off @ np.linalg.inv(np.cov(xy.T))) * off).sum(axis=1))
        assert np.allclose(away, ellipse.sigma, atol=0.03)
        inside = _inside(xy, ellipse.outline, ellipse.centre).mean()
        assert inside == pytest.approx(share, abs=0.01)


def _inside(points, outline, centre):
    """Whether points are inside a closed convex outline."""
    first, second = outline[:-1] - centre, outline[1:] - centre
    side = second - first
    turn = np.sign(first[0, 0] * second[0, 1] - first[0, 1] * second[0, 0])
    offset = (points - centre)[:, None] - first
    return (turn * (side[:, 0] * offset[..., 1] - side[:, 1] * offset[..., 0]) >= 0).all(axis=1)


def test_each_gaussian_has_its_ellipses_in_order():
    found = ellipses(np.zeros((3, 2)), np.array([np.eye(2)] * 3), np.eye(2), sigmas=(1, 2))
    assert [(e.group, e.sigma) for e in found] == [(g, s) for g in range(3) for s in (1, 2)]
    assert np.allclose(np.linalg.norm(found[1].outline, axis=1), 2)


def test_a_flat_gaussian_is_a_line():
    (only,) = ellipses(np.zeros((1, 2)), np.diag([4.0, 0])[None], np.eye(2), sigmas=(1,))
    assert np.allclose(only.outline[:, 1], 0)
    assert only.outline[:, 0].max() == pytest.approx(2)


def test_the_bend_of_a_broken_line_is_where_it_breaks():
    x = np.arange(2, 12)
    assert x[bend(x, np.where(x < 5, 100 - 20 * (x - 2), 40 - (x - 5)))] == 5


@pytest.mark.parametrize("y", [[5, 4, 3, 2], [1, 2, 3, 4], [4, 3], [4, 3.9, 2, 0]])
def test_what_is_straight_rising_short_or_bulging_has_no_bend(y):
    assert bend(np.arange(len(y)), np.array(y, dtype=float)) is None


def test_a_bend_is_found_between_numbers_that_are_missing():
    y = np.array([np.nan, 100, 20, 10, 5])
    assert bend(np.arange(5), y) == 2


@pytest.mark.parametrize("large", [False, True])
def test_bars_of_a_cell_lie_in_it_and_are_as_long_as_their_shares(large):
    counts = np.array([[3, 1], [0, 0], [0, 5], [2, 2]])
    bars = share_bars(counts, columns=2, large=large)
    width = bars[..., 2] - bars[..., 0]
    assert width[0, 0] == pytest.approx(3 * width[0, 1])
    assert np.isnan(bars[1]).all()
    assert np.isnan(bars[2, 0]).all()
    assert (np.abs(bars[3] - 1) < 0.5).all()


def test_a_spanning_tree_draws_its_longest_edges_apart():
    xy = np.arange(20.0).reshape(10, 2)
    edges = np.array([[i, i + 1, 1 + (i == 4) * 9] for i in range(9)], dtype=float)
    layout = spanning(xy, edges)
    assert layout.n_drawn == layout.n_edges == 9
    assert layout.long_from == 10
    assert np.array_equal(layout.long_lines[:2], xy[[4, 5]])
    assert np.isnan(layout.long_lines[2]).all()
    assert layout.lines.shape == (24, 2)


def test_of_many_edges_the_longest_stay():
    random = np.random.default_rng(0)
    xy = random.normal(size=(1001, 2))
    edges = np.column_stack([np.arange(1000), np.arange(1, 1001), random.permutation(1000)])
    layout = spanning(xy, edges, max_edges=100)
    assert (layout.n_edges, layout.n_drawn) == (1000, 100)
    assert layout.long_from == 990


def test_edges_to_galaxies_without_a_position_are_left_out():
    xy = np.array([[0.0, 0], [1, 1], [np.nan, np.nan]])
    layout = spanning(xy, np.array([[0, 1, 1.0], [1, 2, 5.0]]))
    assert (layout.n_edges, layout.n_drawn, layout.long_from) == (2, 1, 1.0)
