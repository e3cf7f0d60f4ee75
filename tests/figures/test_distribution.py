import numpy as np
import pytest

from astro_core.figures.distribution import bin_edges, histogram


def test_every_finite_value_is_in_one_bar_and_the_others_are_counted():
    values = np.array([0.0, 0.1, 0.2, 0.9, 1.0, np.nan, np.inf])
    figure = histogram(values, "Most are low", x="score")
    assert sum(figure.data[0].y) == 5
    assert "2 without a value" in figure.layout.xaxis.title.text
    assert "n = 5" in figure.layout.title.text


def test_a_bar_carries_the_ends_of_its_bin():
    values = np.linspace(3, 7, 200)
    bars = histogram(values, "Even", x="score").data[0]
    ends = np.array(bars.customdata)
    for (low, high), n in zip(ends, bars.y, strict=True):
        inside = (values >= low) & ((values < high) | np.isclose(high, 7))
        assert inside.sum() == pytest.approx(n, abs=1)
    assert (ends[0, 0], ends[-1, 1]) == (3, 7)


@pytest.mark.parametrize("values", [[], [np.nan], [2.0], [2.0, 2.0, 2.0]])
def test_nothing_to_spread_still_draws(values):
    edges = bin_edges(np.array(values))
    assert len(edges) == 2
    assert histogram(np.array(values), "Alike", x="score").data[0].type == "bar"


def test_marks_are_lines_with_their_words():
    figure = histogram(np.arange(9.0), "Cut", x="score", marks=[(4.0, "top <5>")])
    assert figure.layout.shapes[0].x0 == 4.0
    assert figure.layout.annotations[0].text == "top &lt;5&gt;"
