"""Answers of a galaxy, answers under rotation, profiles of mean maps; the colours of maps."""

import json

import numpy as np
import pytest

from astro_core.figures import explain, theme
from astro_core.figures.heat import HEAT, heat_table

NAMES = ("elliptical", "spiral_barred", "<b>odd")
LOOK = {
    "colours": dict(zip(NAMES, theme.PALETTE, strict=False)),
    "letters": {"elliptical": "E", "spiral_barred": "SB", "<b>odd": "O"},
}


def bars(**changes):
    given = {"explained": "spiral_barred", "title": "It says spiral", "label": "elliptical"}
    return explain.answer_bars(NAMES, (0.2, 0.7, 0.1), **(given | LOOK | changes))


def turned():
    answers = np.array([[0.2, 0.7, 0.1], [0.3, 0.6, 0.1]], dtype=np.float32)
    return explain.turned_answers(NAMES, answers, ("0°", "90°"), title="It stays", **LOOK)


def profiles():
    rings = {"Right": np.array([1, 0.5, 0.1]), "Missed": np.array([0.1, np.nan, 0.9])}
    return explain.profiles(rings, {"Right": 40, "Missed": 3}, title="It looks further out")


FIGURES = {"bars": bars, "turned": turned, "profiles": profiles}


@pytest.mark.parametrize("name", FIGURES)
def test_each_has_hover_text_and_a_light_theme(name):
    figure = FIGURES[name]()
    for line in figure.data:
        assert line.hovertemplate
    assert figure.layout.xaxis.title.text
    light = json.dumps(theme.lighten(figure).to_plotly_json(), default=str)
    assert theme.INK not in light


def test_a_bar_names_its_answer_and_the_explained_one_is_solid():
    (bar,) = bars().data
    assert bar.customdata == NAMES
    assert bar.marker.color[1] == theme.PALETTE[1]
    assert all(bar.marker.color[i].startswith("rgba") for i in (0, 2))
    said = [note.text for note in bars().layout.annotations]
    assert said[0] == "<b>E</b> elliptical <b>people say so</b>"
    assert said[1] == "<b>SB</b> spiral barred"
    assert said[2] == "<b>O</b> &lt;b&gt;odd"


def test_bars_can_be_told_in_other_words_without_letters():
    figure = bars(letters={}, colours={}, words={"elliptical": "smooth"}, label="")
    assert figure.layout.annotations[0].text == "smooth"
    assert figure.data[0].marker.color[1] == theme.PALETTE[0]


def test_every_orientation_is_a_point_and_the_mean_a_diamond():
    points, means = turned().data
    assert len(points.x) == 6
    assert list(points.customdata) == [0, 1, 0, 1, 0, 1]
    assert points.hovertext[3] == "spiral barred, 90°"
    np.testing.assert_allclose(means.x, [0.25, 0.65, 0.1], atol=1e-6)
    assert "n = 2" in turned().layout.title.text


def test_profiles_state_n_and_differ_without_colour():
    right, missed = profiles().data
    assert (right.name, missed.name) == ("Right (n = 40)", "Missed (n = 3)")
    assert right.line.dash != missed.line.dash
    assert missed.connectgaps
    assert explain.profiles({}, {}, title="none").layout.yaxis.range[1] > 0


def test_the_colours_of_maps_grow_lighter_all_the_way():
    table = heat_table()
    assert table.shape == (256, 3)
    assert tuple(table[0]) == tuple(int(HEAT[0][i : i + 2], 16) for i in (1, 3, 5))
    linear = np.where(table <= 10, table / 3294, ((table / 255 + 0.055) / 1.055) ** 2.4)
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(luminance[::5]) > 0).all()
    assert not table.flags.writeable
