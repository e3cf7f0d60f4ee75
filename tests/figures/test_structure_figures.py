"""Trees, cells and Gaussians: what method-specific views draw."""

import numpy as np
import pandas as pd
import pytest
from scipy.cluster import hierarchy

from astro_core.clustering.layouts import condensed, dendrogram, ellipses
from astro_core.clustering.tree import cut_height
from astro_core.domain import plain_taxonomy
from astro_core.figures import condensed_tree, mixture, som_map, spanning_tree, theme
from astro_core.figures.dendrogram import dendrogram as draw_dendrogram
from astro_core.figures.group_colours import group_colour


def said(figure):
    return figure.layout.title.text.replace("<br>", " ").split(" <span")[0]


def with_ids(figure):
    return next(t for t in figure.data if t.customdata is not None)


@pytest.fixture(scope="module")
def values():
    random = np.random.default_rng(1)
    return np.concatenate([random.normal(size=(50, 3)) + 12 * i for i in range(4)])


@pytest.fixture(scope="module")
def tree(values):
    linkage = hierarchy.linkage(values, "ward")
    return dendrogram(linkage, cut_height(linkage, 4), max_leaves=20)


def test_a_dendrogram_can_be_clicked_on_every_branch(tree):
    figure = draw_dendrogram(tree, names={2: "rings"})
    points = with_ids(figure)
    assert list(points.customdata) == tree.nodes.tolist()
    assert list(points.marker.color) == [group_colour(g) for g in tree.groups.tolist()]
    assert points.hovertext[-1].startswith("<b>200 galaxies</b>")
    assert points.hovertext[-1].endswith("holds several groups")
    assert any("group 2 rings" in text for text in points.hovertext)
    assert said(figure) == f"Cut at {tree.cut_height:.3g}: 4 groups of 200 galaxies"


def test_branches_are_grey_above_the_cut_and_of_their_groups_below(tree):
    figure = draw_dendrogram(tree)
    (line,) = figure.layout.shapes
    cut = line.y0
    assert cut**2 == pytest.approx(tree.cut_height)
    lines = [t for t in figure.data if t.mode == "lines" and t.line.width == 1.6]
    assert {t.line.color for t in lines} == {theme.NOBODY, *(group_colour(g) for g in range(4))}
    for trace in lines:
        heights = np.array(trace.y)[np.isfinite(trace.y)]
        grey = trace.line.color == theme.NOBODY
        assert (heights.min() >= cut - 1e-9) if grey else (heights.max() <= cut + 1e-9)


def test_leaf_sizes_and_group_numbers_stand_below(tree):
    figure = draw_dendrogram(tree)
    sizes = [int(text.replace(",", "")) for text in figure.layout.xaxis.ticktext]
    assert (len(sizes), sum(sizes)) == (20, 200)
    numbers = next(t for t in figure.data if t.mode == "text")
    assert sorted(numbers.text) == [f"<b>{g}</b>" for g in range(4)]
    assert max(numbers.y) < 0
    heights = [float(text) for text in figure.layout.yaxis.ticktext]
    assert figure.layout.yaxis.tickvals == pytest.approx(np.sqrt(heights))


def test_a_selected_branch_is_bold(tree):
    node = int(tree.nodes[-2])
    plain, marked = draw_dendrogram(tree), draw_dendrogram(tree, selected=node)
    assert len(marked.data) == len(plain.data) + 1
    points = with_ids(marked)
    assert points.marker.size[list(points.customdata).index(node)] == max(points.marker.size)


def test_groups_that_do_not_fit_the_drawing_are_admitted(values):
    linkage = hierarchy.linkage(values, "ward")
    layout = dendrogram(linkage, cut_height(linkage, 90), max_leaves=10)
    assert "90 groups of 200 galaxies; only" in said(draw_dendrogram(layout))


@pytest.fixture(scope="module")
def crowds(values):
    from hdbscan import HDBSCAN

    return HDBSCAN(min_cluster_size=8, gen_min_span_tree=True, core_dist_n_jobs=1).fit(values)


def test_icicles_of_groups_are_numbered_and_outlined(crowds):
    raw = crowds._condensed_tree
    selected = np.array(sorted(crowds.condensed_tree_._select_clusters()))
    layout = condensed(
        raw["parent"], raw["child"], raw["lambda_val"], raw["child_size"], selected=selected
    )
    figure = condensed_tree.condensed_tree(layout, selected=int(selected[0]))
    points = with_ids(figure)
    assert list(points.customdata) == layout.nodes.tolist()
    assert [t for t in points.text if t] == [f"<b>{g}</b>" for g in range(len(selected))]
    filled = [t for t in figure.data if t.fill == "toself"]
    assert {t.line.color for t in filled} == {theme.NOBODY, theme.INK}
    assert len(filled) == 1 + len(selected)
    low, high = figure.layout.yaxis.range
    assert low > high
    assert said(figure) == f"4 groups among {layout.n_branches} branches"
    assert "1 / distance" in figure.layout.yaxis.title.text


def test_the_spanning_tree_has_ids_on_points_and_bold_long_edges(values, crowds):
    ids = [f"g{i}" for i in range(len(values))]
    edges = crowds._min_spanning_tree
    figure = spanning_tree.spanning_tree(values[:, :2], edges, crowds.labels_, ids)
    assert {t.type for t in figure.data} == {"scattergl"}
    points = [t for t in figure.data if t.mode == "markers"]
    assert sorted(i for t in points for i in t.customdata) == sorted(ids)
    thin, bold = (t for t in figure.data if t.mode == "lines")
    assert (np.isnan(thin.x).sum(), np.isnan(bold.x).sum()) == (197, 2)
    assert bold.line.width > thin.line.width
    assert said(figure).startswith("Bold edges are the longest")


def test_more_groups_than_colours_share_traces_but_not_words():
    xy, labels = np.zeros((90, 2)), np.arange(90) % 30
    traces = spanning_tree.group_points(xy, labels, [str(i) for i in range(90)])
    assert len(traces) == 24
    assert not any(t["showlegend"] for t in traces)
    words = {i: t for trace in traces
             for i, t in zip(trace["customdata"], trace["hovertext"], strict=True)}  # fmt: skip
    assert words["25"] == "group 25"
    assert words["1"] == "group 1"


def test_edges_that_are_not_drawn_are_counted():
    n = 20_002
    edges = np.column_stack([np.arange(n - 1), np.arange(1, n), np.arange(n - 1)])
    figure = spanning_tree.spanning_tree(
        np.zeros((n, 2)), edges, np.zeros(n, int), [str(i) for i in range(n)]
    )
    assert "20,000 of 20,001 edges are drawn" in said(figure)


def test_the_mixture_draws_two_ellipses_for_each_gaussian():
    xy, labels = np.zeros((6, 2)), np.array([0, 0, 1, 1, 2, 2])
    drawn = ellipses(np.arange(6.0).reshape(3, 2), np.array([np.eye(2)] * 3), np.eye(2))
    figure = mixture.mixture(xy, labels, drawn, list("abcdef"))
    outlines = [t for t in figure.data if t.mode == "lines"]
    assert [t.line.dash for t in outlines] == ["solid", "dot"] * 3
    assert [t.line.color for t in outlines[::2]] == [group_colour(g) for g in range(3)]
    assert [a.text for a in figure.layout.annotations] == ["<b>0</b>", "<b>1</b>", "<b>2</b>"]
    assert said(figure) == "3 Gaussians at 1 and 2 standard deviations"


def test_a_plane_that_is_curved_has_no_ellipses_and_says_why():
    figure = mixture.mixture(np.zeros((2, 2)), np.array([0, 1]), [], ["a", "b"])
    assert said(figure) == mixture.CURVED
    assert not figure.layout.annotations


@pytest.fixture
def cells():
    taxonomy = plain_taxonomy("t", ("elliptical", "spiral"))
    look = {"colours": theme.class_colours(taxonomy), "letters": theme.class_letters(taxonomy)}
    hits = np.array([[40, 0, 3], [7, 10, 2]])
    counts = pd.DataFrame({"elliptical": [30, 3, 0], "spiral": [10, 0, 7]}, index=[0, 2, 3])
    return hits, {"class_counts": counts, **look}


@pytest.mark.parametrize("kind", ["u_matrix", "hits", "images", "class_share"])
def test_every_cell_can_be_clicked_and_has_its_number(cells, kind):
    hits, classes = cells
    uri = "data:image/png;base64,"
    figure = som_map.som_map(
        hits / 10, hits, kind, images={0: uri, 4: uri}, selected=4, names={0: "round"}, **classes
    )
    points = with_ids(figure)
    assert points.type == "scatter"
    assert list(points.customdata) == list(range(6))
    assert (points.x[4], points.y[4]) == (1, 1)
    assert "cell 0 round" in points.hovertext[0]
    texts = [a.text for a in figure.layout.annotations]
    assert texts[:6] == [f"<b>{i}</b>" for i in range(6)]
    assert texts[6:12] == ["40", "0", "3", "7", "10", "2"]
    assert len(figure.layout.images) == (2 if kind == "images" else 0)
    (frame,) = figure.layout.shapes
    assert frame.x0 < 1 < frame.x1
    assert frame.y0 < 1 < frame.y1


def test_shades_and_dots_say_what_their_kind_is(cells):
    hits, classes = cells
    matrix = som_map.som_map(hits[::-1] / 10, hits, "u_matrix")
    assert matrix.data[0].z[1, 0] == 4
    sizes = with_ids(matrix).marker.size
    assert sizes[0] / sizes[4] == pytest.approx(2)  # four times the galaxies, twice the width
    assert said(matrix) == "Cell 3 is farthest from its neighbours"
    full = som_map.som_map(hits / 10, hits, "hits")
    assert said(full) == "The fullest cell, 0, has 40 galaxies; 1 of 6 cells is empty"
    mixed = som_map.som_map(hits / 10, hits, "class_share", **classes)
    assert said(mixed) == "Purest is cell 2: 100% elliptical"
    bars = [t for t in mixed.data if t.type == "scatter" and t.fill == "toself"]
    assert [t.fillcolor for t in bars] == list(classes["colours"].values())
    assert "<b>E 75%</b>" in [a.text for a in mixed.layout.annotations]
