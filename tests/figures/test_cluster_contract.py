"""What every figure of groups has: a sentence, axes, words on hovering, and a light theme."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from scipy.cluster import hierarchy

from astro_core.clustering import layouts
from astro_core.clustering.tree import cut_height
from astro_core.domain import plain_taxonomy
from astro_core.figures import (
    clusters,
    condensed_tree,
    dendrogram,
    flow,
    mixture,
    scan,
    som_map,
    spanning_tree,
    theme,
    variance,
)

TAXONOMY = plain_taxonomy("t", ("elliptical", "spiral"))
LOOK = {
    "colours": theme.class_colours(TAXONOMY),
    "letters": theme.class_letters(TAXONOMY),
    "patterns": theme.class_patterns(TAXONOMY),
}
COUNTS = pd.DataFrame({"elliptical": [30, 5, 1], "spiral": [10, 45, 1]}, index=[0, 1, -1])
PAIRS = pd.DataFrame([[8, 2], [1, 9]], index=[0, 1], columns=[0, -1])
TRIED = pd.DataFrame({"k": [2, 4, 6], "inertia": [9.0, 3, 2], "silhouette": [0.1, 0.3, 0.2],
                      "bic": [9.0, 3, 4], "aic": [9.0, 3, 2]})  # fmt: skip
XY = np.random.default_rng(0).normal(size=(60, 2)) + np.repeat([[0, 0], [9, 9]], 30, axis=0)
LABELS = np.repeat([0, 1], 30)
IDS = [f"g{i}" for i in range(60)]
HITS = np.array([[5, 2], [0, 9]])


def a_dendrogram():
    linkage = hierarchy.linkage(XY, "ward")
    return dendrogram.dendrogram(layouts.dendrogram(linkage, cut_height(linkage, 3)), selected=118)


def a_condensed_tree():
    parent, child = np.array([60, 60, *[61] * 30, *[62] * 30]), np.array([61, 62, *range(60)])
    level, size = np.array([0.2, 0.2, *[1.0] * 60]), np.array([30, 30, *[1] * 60])
    layout = layouts.condensed(parent, child, level, size, selected=np.array([61, 62]))
    return condensed_tree.condensed_tree(layout, selected=62)


def a_spanning_tree():
    edges = np.column_stack([np.arange(59), np.arange(1, 60), np.ones(59)])
    return spanning_tree.spanning_tree(XY, edges, LABELS, IDS)


def a_mixture():
    drawn = layouts.ellipses(np.zeros((2, 2)), np.array([np.eye(2)] * 2), np.eye(2))
    return mixture.mixture(XY, LABELS, drawn, IDS)


def cells(kind):
    counts = pd.DataFrame({"elliptical": [3, 1, 0, 4], "spiral": [2, 1, 0, 5]})
    uris = {0: "data:image/png;base64,"}
    return som_map.som_map(HITS / 9, HITS, kind, images=uris, class_counts=counts, **LOOK)


FIGURES = {
    "sizes": lambda: clusters.group_sizes({0: 20, 1: 5, -1: 200}),
    "class counts": lambda: clusters.class_share(COUNTS, **LOOK),
    "class share": lambda: clusters.class_share(COUNTS, share=True, **LOOK),
    "dendrogram": a_dendrogram,
    "condensed tree": a_condensed_tree,
    "spanning tree": a_spanning_tree,
    "mixture": a_mixture,
    "probabilities": lambda: mixture.probabilities(np.array([0.7, 0.3]), "g1"),
    "elbow": lambda: scan.elbow(TRIED, current=4),
    "silhouette": lambda: scan.silhouette_scan(TRIED),
    "information": lambda: scan.information(TRIED),
    "contingency": lambda: flow.contingency(PAIRS),
    "flow": lambda: flow.flow(PAIRS),
    "variance": lambda: variance.explained_variance(np.array([0.6, 0.35])),
    **{f"cells: {k}": lambda k=k: cells(k) for k in ("u_matrix", "hits", "images", "class_share")},
}
CANNOT_BE_PICKED = {"flow", "variance"}


@pytest.fixture(params=FIGURES)
def name(request):
    return request.param


@pytest.fixture
def figure(name):
    return FIGURES[name]()


def test_it_has_a_sentence_and_its_axes_have_names(name, figure):
    assert len(re.sub("<.*", "", figure.layout.title.text).split()) >= 3
    assert figure.layout.height
    assert figure.layout.uirevision
    if name != "flow":
        assert figure.layout.xaxis.title.text
        assert figure.layout.yaxis.title.text


def test_what_can_be_picked_says_what_it_is(name, figure):
    ids = [t for t in figure.data if t.customdata is not None]
    assert bool(ids) is (name not in CANNOT_BE_PICKED)
    for trace in ids:
        assert trace.type in {"scatter", "scattergl", "bar"}  # others report no selection
        assert len(trace.customdata) == len(trace.x)


def test_hovering_never_shows_the_number_of_a_trace(figure):
    for trace in figure.data:
        if trace.type == "sankey":
            told = [trace.node.hovertemplate, trace.link.hovertemplate]
        else:
            told = [trace.hovertemplate]
        assert trace.hoverinfo == "skip" or all("<extra>" in text for text in told)


def test_nothing_dark_is_left_in_the_light_theme(figure):
    light = theme.lighten(figure).to_plotly_json()
    light["layout"].pop("template")
    text = json.dumps(light, default=lambda value: np.asarray(value).tolist())
    dark = {*theme.PALETTE, *theme.GROUPS, *theme.RAMP, theme.NOBODY, theme.INK, theme.GROUND}
    assert not dark & set(re.findall("#[0-9A-Fa-f]{6}", text))
    pale = {theme.faded(colour, 0.5).rsplit(",", 1)[0] for colour in dark}
    assert not {colour for colour in pale if f"{colour}," in text}
