"""Bars, tables and curves of groups."""

import numpy as np
import pandas as pd
import pytest

from astro_core.domain import plain_taxonomy
from astro_core.figures import clusters, flow, mixture, scan, theme, variance
from astro_core.figures.group_colours import group_colour

TAXONOMY = plain_taxonomy("t", ("elliptical", "spiral_barred"))
LOOK = {
    "colours": theme.class_colours(TAXONOMY),
    "letters": theme.class_letters(TAXONOMY),
    "patterns": theme.class_patterns(TAXONOMY),
}


def said(figure):
    return figure.layout.title.text.replace("<br>", " ").split(" <span")[0]


def test_sizes_stand_in_order_with_noise_last():
    figure = clusters.group_sizes(pd.Series({-1: 5, 1: 10, 0: 20}), {1: "rings"})
    (bars,) = figure.data
    assert list(bars.customdata) == [0, 1, -1]
    assert list(bars.x) == [20, 10, 5]
    assert [y.strip() for y in bars.y] == ["0", "1 rings", "noise"]
    assert list(bars.marker.color) == [group_colour(0), group_colour(1), theme.NOBODY]
    assert said(figure) == "2 groups of 10 to 20 galaxies; 14% are noise"
    assert "n = 35" in figure.layout.title.text


def test_much_noise_is_cut_short_and_says_so():
    (bars,) = clusters.group_sizes({0: 20, -1: 2000}).data
    assert list(bars.x) == [20, 20]
    assert bars.text[1] == "2,000, cut short"
    assert "2,000 galaxies" in bars.hovertext[1]


@pytest.mark.parametrize("sizes", [{}, {-1: 4}])
def test_no_groups_at_all(sizes):
    assert said(clusters.group_sizes(sizes)) == "There are no groups: all is noise"


@pytest.fixture
def counts():
    return pd.DataFrame({"elliptical": [30, 5, 1], "spiral_barred": [10, 45, 1]}, index=[0, 1, -1])


def test_classes_are_stacked_as_counts_and_as_shares(counts):
    figure = clusters.class_share(counts, **LOOK)
    first, second = figure.data
    assert (list(first.x), list(second.x)) == ([30, 5, 1], [10, 45, 1])
    assert list(first.customdata) == [0, 1, -1]
    assert first.marker.color == LOOK["colours"]["elliptical"]
    assert "<b>E</b>" in first.name
    assert said(figure) == "Purest is group 1: 90% spiral barred"
    shares = clusters.class_share(counts, share=True, **LOOK)
    assert list(shares.data[0].x) == pytest.approx([75, 10, 50])
    assert shares.layout.xaxis.title.text == "% of the group"
    assert shares.data[0].hovertext[0] == "30 of 40 (75%)"


def test_groups_without_classes_or_galaxies_still_draw():
    table = pd.DataFrame({"": [4, 0]}, index=[0, 1])
    figure = clusters.class_share(table, share=True, **LOOK)
    assert said(figure) == "No galaxy in these groups has a class yet"
    assert list(figure.data[0].x) == [100, 0]
    assert figure.data[0].name == "no label"


@pytest.mark.parametrize(
    ("ratios", "sentence"),
    [
        ([0.6, 0.2, 0.15], "3 components keep 90 % of the variance; all 3 keep 95.0 %"),
        ([0.95, 0.01], "1 component keeps 90 % of the variance; all 2 keep 96.0 %"),
        ([0.5, 0.1], "All 2 components keep 60.0 % of the variance"),
    ],
)
def test_variance_says_how_many_components_are_enough(ratios, sentence):
    figure = variance.explained_variance(np.array(ratios))
    assert said(figure) == sentence
    assert figure.data[1].y[-1] == pytest.approx(100 * sum(ratios))


@pytest.fixture
def tried():
    return pd.DataFrame(
        {
            "k": [2, 4, 6, 8],
            "inertia": [100.0, 30, 25, 20],
            "silhouette": [np.nan, 0.2, 0.5, 0.4],
            "bic": [50.0, 20, 30, 40],
            "aic": [50.0, 20, 15, 16],
        }
    )


def test_the_elbow_is_marked_and_called_a_hint(tried):
    figure = scan.elbow(tried, current=6)
    assert said(figure) == "Inertia bends most near 4 groups: a hint, not a test"
    curve = figure.data[0]
    assert list(curve.customdata) == [2, 4, 6, 8]
    assert list(curve.marker.symbol) == ["circle", "circle-open", "circle", "circle"]
    assert figure.layout.shapes[0].x0 == 6


def test_a_curve_without_a_bend_says_so(tried):
    figure = scan.elbow(tried.assign(inertia=[4.0, 3, 2, 1]))
    assert said(figure) == "Inertia has no bend in this range"
    assert set(figure.data[0].marker.symbol) == {"circle"}


def test_the_largest_silhouette_is_marked(tried):
    figure = scan.silhouette_scan(tried)
    assert said(figure) == "Groups stand apart most with 6: silhouette 0.50"
    none = scan.silhouette_scan(tried.assign(silhouette=np.nan))
    assert said(none) == "No number of groups has a silhouette"


def test_the_least_criteria_are_marked_and_ends_are_pointed_out(tried):
    figure = scan.information(tried)
    assert said(figure) == "BIC is least with 4 Gaussians, AIC with 6"
    assert [t.marker.symbol[i] for t, i in zip(figure.data, (1, 2), strict=True)] == [
        "circle-open", "circle-open"
    ]  # fmt: skip
    falling = scan.information(tried.assign(bic=[4.0, 3, 2, 1]))
    assert said(falling).endswith("BIC may be less beyond this range")


@pytest.fixture
def table():
    return pd.DataFrame([[8, 2, 0], [1, 0, 9]], index=[0, 1], columns=[0, 1, -1])


def test_a_contingency_has_numbers_and_points_to_click(table):
    figure = flow.contingency(table, a="k-means", b="ward", names_a={1: "rings"})
    shades, points = figure.data
    assert points.type == "scatter"
    assert [list(c) for c in points.customdata][:4] == [[0, 0], [0, 1], [0, -1], [1, 0]]
    assert list(points.text) == ["8", "2", "", "1", "", "9"]
    assert shades.z[0].tolist() == [80, 20, 0]
    assert list(figure.layout.yaxis.ticktext) == ["0", "1 rings"]
    assert list(figure.layout.xaxis.ticktext) == ["0", "1", "noise"]
    assert said(figure) == "85% stay with most of their group of k-means"


def test_groups_against_classes(table):
    figure = flow.contingency(table.set_axis(["elliptical", "spiral_barred", ""], axis=1))
    assert list(figure.layout.xaxis.ticktext) == ["elliptical", "spiral barred", "no label"]
    assert list(figure.data[1].customdata[1]) == [0, "spiral_barred"]


def test_groupings_without_a_common_galaxy(table):
    figure = flow.contingency(table * 0, a="A", b="B")
    assert said(figure) == "A and B have no galaxy in common"


def test_the_flow_keeps_every_galaxy(table):
    (bands,) = flow.flow(table, a="k-means", b="ward").data
    links = zip(bands.link.source, bands.link.target, bands.link.value, strict=True)
    assert list(links) == [(0, 2, 8), (0, 3, 2), (1, 2, 1), (1, 4, 9)]
    assert bands.node.label[0] == "0  (10)"
    assert bands.node.label[-1] == "noise  (9)"
    assert bands.node.color[-1] == theme.NOBODY


def test_probabilities_of_a_galaxy_stand_the_likeliest_first():
    figure = mixture.probabilities(np.array([0.1, 0.6997, 0.2, 0.0003]), "id<1>", most=3)
    (bars,) = figure.data
    assert list(bars.customdata) == [1, 2, 0]
    assert list(bars.x) == [0.6997, 0.2, 0.1]
    assert said(figure) == "id&lt;1&gt; is in group 1 with 70.0 %"
    sure = mixture.probabilities(np.array([1.0, 0]), "a")
    assert list(sure.data[0].text) == [">99.9 %", "<0.1 %"]
