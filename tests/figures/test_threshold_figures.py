"""What the threshold and the band say and draw."""

import re

import numpy as np
import pytest

from astro_core.evaluation import thresholds as math
from astro_core.figures import theme, thresholds

P = np.random.default_rng(0).dirichlet((0.6, 0.6), 900)
Y = (P[:, 1] > np.random.default_rng(1).random(900)).astype(int)
CLASSES = ("elliptical", "<b>odd")
LOOK = {"colours": {"elliptical": theme.PALETTE[0]}, "letters": {"elliptical": "E"}}


def trade(n_undefined, n_right, n=100):
    return math.TradeOff(undefined=np.arange(n) < n_undefined, n_right=n_right)


def one_ended(at=0.6):
    return thresholds.threshold_curves(
        math.threshold_table(P, Y), math.at_threshold(P, Y, at), at=at
    )


def two_ended(band=(0.3, 0.8)):
    return thresholds.band_curves(
        math.band_table(P, Y), math.in_band(P, Y, *band), band=band, classes=CLASSES, **LOOK
    )


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (trade(18, 76), "Of 100, 18 go to a person; of the rest 93 % are right"),
        (trade(1, 99), "Of 100, 1 goes to a person; of the rest 100 % are right"),
        (trade(0, 994, 1000), "None of 1,000 goes to a person; 99.4 % of all are right"),
        (trade(100, 0), "All 100 go to a person"),
    ],
)
def test_the_trade_off_is_said_in_one_sentence(found, said):
    assert thresholds.trade_off(found) == said


@pytest.mark.parametrize("make", [one_ended, two_ended])
def test_both_have_a_sentence_n_axes_and_hover_text(make):
    figure = make()
    assert re.search(r"go to a person.*n = 900", figure.layout.title.text)
    assert figure.layout.xaxis.title.text
    assert figure.layout.yaxis.title.text
    assert all(line.hovertemplate for line in figure.data)
    light = str(theme.lighten(figure).to_plotly_json())
    assert not any(colour in light for colour in (theme.INK, theme.NOBODY, theme.PALETTE[0]))


def test_a_line_stands_at_each_end_that_the_slider_has():
    shade, line = one_ended().layout.shapes
    assert (shade.x0, shade.x1, line.x0) == (0, 0.6, 0.6)
    shade, low, high = two_ended().layout.shapes
    assert (shade.x0, shade.x1, low.x0, high.x0) == (0.3, 0.8, 0.3, 0.8)


def test_each_class_has_its_colour_and_names_are_text():
    figure = two_ended()
    mine = [line for line in figure.data if line.line.color == theme.PALETTE[0]]
    assert [line.name for line in mine] == [
        "<b>E</b> precision, up to here", "<b>E</b> recall, up to here", "<b>E</b> F1, up to here",
    ]  # fmt: skip
    assert figure.layout.xaxis.title.text == "probability of &lt;b&gt;odd"
