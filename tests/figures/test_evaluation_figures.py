"""Curves, reliability and votes, by structure."""

import json
import re

import numpy as np
import pytest

from astro_core.evaluation.calibration import calibration
from astro_core.evaluation.curves import precision_recall, roc
from astro_core.figures import curves, reliability, theme, vote_fit

NAMES = ("elliptical", "spiral_barred", "<b>odd")
LOOK = {
    "colours": {"elliptical": theme.PALETTE[0], "spiral_barred": theme.PALETTE[1]},
    "letters": {"elliptical": "E", "spiral_barred": "SB", "<b>odd": "O"},
}


def planted(n=900, seed=0):
    rng = np.random.default_rng(seed)
    p = rng.dirichlet((0.6, 0.6, 0.6), n)
    return p, (p.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1)


P, Y = planted()
TRUST = calibration(P, Y)
AROUND = [(max(a - 0.05, 0), min(a + 0.05, 1)) for a in TRUST.bins["accuracy"]]


def a_reliability(**changes):
    given = {"error": TRUST.ece, "chance": TRUST.chance_95, "part": "test"} | changes
    return reliability.reliability(TRUST.bins, AROUND, **given)


def a_scatter(rmse=0.1):
    return vote_fit.vote_scatter(
        np.array([0.1, 0.9]), np.array([0.2, 0.7]), ["g1", "g2"], answer="smooth <i>",
        mean=0.5, rmse=rmse, rmse_of_mean=0.2,
    )  # fmt: skip


FIGURES = {
    "roc": lambda: curves.roc(roc(P, Y, NAMES, draws=5), **LOOK),
    "precision": lambda: curves.precision_recall(precision_recall(P, Y, NAMES, draws=5), **LOOK),
    "reliability": a_reliability,
    "sets": lambda: reliability.set_sizes(np.array([1, 5, 3, 0]), coverage=0.91, wanted=0.9),
    "votes": a_scatter,
}


@pytest.mark.parametrize("name", FIGURES)
def test_each_has_a_sentence_n_axes_and_hover_text(name):
    figure = FIGURES[name]()
    assert re.search(r"n = [\d,]+", figure.layout.title.text)
    assert len(figure.layout.title.text) > 20
    for line in figure.data:
        assert line.hoverinfo == "skip" or line.hovertemplate
    assert figure.layout.xaxis.title.text
    assert figure.layout.yaxis.title.text


@pytest.mark.parametrize("name", FIGURES)
def test_each_is_there_in_the_light_theme(name):
    light = json.dumps(theme.lighten(FIGURES[name]()).to_plotly_json(), default=str)
    for colour in (theme.INK, theme.NOBODY, theme.RAMP[2]):
        assert colour not in light


def test_a_class_has_its_colour_its_letter_and_a_dash_of_its_own():
    figure = FIGURES["roc"]()
    chance, *lines = figure.data
    assert chance.line.dash == "dot"
    assert lines[0].line.color == theme.PALETTE[0]
    assert "<b>E</b> elliptical" in lines[0].name
    assert len({line.line.dash for line in lines[:-1]}) == 3
    assert lines[-1].line.width > lines[0].line.width
    assert "<b>odd" not in "".join(line.name for line in lines)


def test_a_long_curve_is_drawn_with_few_points_and_keeps_its_shape():
    p, y = planted(20_000)
    (full, *_) = roc(p, y, NAMES, draws=0)
    line = curves.roc(roc(p, y, NAMES, draws=0), **LOOK).data[1]
    assert len(line.x) <= curves.POINTS + 2 < len(full.x)
    assert (line.x[0], line.y[0], line.x[-1], line.y[-1]) == (0, 0, 1, 1)
    assert np.trapezoid(line.y, line.x) == pytest.approx(full.area, abs=0.002)


def test_a_class_without_galaxies_has_no_curve():
    y = np.where(Y == 2, 0, Y)
    figure = curves.roc(roc(P, y, NAMES, draws=0), **LOOK)
    assert [line.name for line in figure.data[1:]] == [
        "<b>E</b> elliptical", "<b>SB</b> spiral barred", "mean"
    ]  # fmt: skip
    assert "nothing to compare" in curves.roc(roc(P, np.zeros_like(Y), NAMES, draws=0), **LOOK
                                              ).layout.title.text  # fmt: skip


def test_reliability_tells_more_than_chance_from_chance():
    assert "mean what they say" in a_reliability(error=0.02, chance=0.02).layout.title.text
    sharp = calibration(np.tile([0.95, 0.05], (200, 1)), np.arange(200) % 2)
    drawn = reliability.reliability(
        sharp.bins, [(0.4, 0.6)], error=sharp.ece, chance=sharp.chance_95
    )
    assert "more sure of itself" in drawn.layout.title.text
    _, points, counts = drawn.data
    assert (points.y, counts.y) == ((0.5,), (200,))
    assert points.error_y.array[0] == pytest.approx(0.1)
    shy = calibration(np.tile([0.6, 0.4], (200, 1)), np.zeros(200, dtype=int))
    drawn = reliability.reliability(shy.bins, [(0.9, 1)], error=shy.ece, chance=shy.chance_95)
    assert "right more often" in drawn.layout.title.text


def test_sets_are_shares_of_the_galaxies():
    (bar,) = FIGURES["sets"]().data
    assert list(bar.x) == ["0", "1", "2", "3"]
    np.testing.assert_allclose(bar.y, [100 / 9, 500 / 9, 300 / 9, 0])


def test_a_point_of_the_votes_names_its_galaxy():
    figure = a_scatter()
    assert list(figure.data[-1].customdata) == ["g1", "g2"]
    assert "better than" in figure.layout.title.text.replace("<br>", " ")
    assert "<i>" not in figure.layout.title.text
    assert "no better than" in a_scatter(rmse=0.3).layout.title.text.replace("<br>", " ")
