"""Agreement of people as figures: the finding, n, intervals, and what a click tells."""

import numpy as np
import pandas as pd
import pytest

from astro_core.figures import agreement as figures
from astro_core.figures.confusion import confusion_matrix

PAIRS = pd.DataFrame(
    [("ana", "dev", 40, 0.2, 0.1, 0.35), ("ana", "bo", 50, 0.7, 0.6, 0.8)],
    columns=["a", "b", "n", "kappa", "low", "high"],
)
PEOPLE = pd.DataFrame(
    [("ana", 0.9, 0.85, 0.94, 120), ("dev", 0.6, 0.5, 0.69, 100)],
    columns=["reviewer", "share", "low", "high", "n"],
)
LETTERS = {"spiral": "S", "elliptical": "E"}


def title(figure):
    return figure.layout.title.text.replace("<br>", " ")


def test_pairs_tell_who_agrees_least_with_the_interval():
    figure = figures.pair_kappas(PAIRS, n_pairs=6)
    (dots,) = figure.data
    assert "ana and dev agree least, kappa 0.20" in title(figure)
    assert list(dots.customdata[0]) == ["ana", "dev"]
    assert dots.error_x.array == pytest.approx([0.15, 0.1])
    assert dots.error_x.arrayminus == pytest.approx([0.1, 0.1])
    assert "40 galaxies" in dots.text[0]
    assert "2 of 6 pairs" in figure.layout.xaxis.title.text


def test_a_single_pair_and_like_pairs_are_not_ranked():
    assert "agree with a kappa of 0.20" in title(figures.pair_kappas(PAIRS.head(1), n_pairs=1))
    alike = PAIRS.assign(kappa=[0.7, 0.71])
    assert "about as well" in title(figures.pair_kappas(alike, n_pairs=2))


def test_people_are_told_apart_only_where_intervals_are_clear_of_each_other():
    figure = figures.skills(PEOPLE, of="agreement")
    assert "ana agrees most, 90%; least dev, 60%" in title(figure)
    assert list(figure.data[0].customdata) == ["ana", "dev"]
    near = PEOPLE.assign(high=[0.94, 0.9])
    assert "No clear difference" in title(figures.skills(near, of="agreement"))


def test_counts_of_people_stand_beside_the_catalogue():
    counts = {"spiral": 12, "elliptical": 30}
    common = {"colours": {}, "letters": LETTERS, "words": {"spiral": "<spiral>"}, "n": 42}
    figure = figures.people_against_catalogue(counts, {"spiral": 20, "elliptical": 22}, **common)
    people, catalogue = figure.data
    assert "People find 8 fewer &lt;spiral&gt; than the catalogue" in title(figure)
    assert "n = 42" in title(figure)
    assert list(people.customdata) == list(catalogue.customdata) == ["spiral", "elliptical"]
    assert catalogue.marker.pattern.shape  # told apart without colour, too
    alone = figures.people_against_catalogue(counts, {}, **common)
    assert len(alone.data) == 1
    assert "Most are elliptical: 30" in title(alone)
    nobody = figures.people_against_catalogue(dict.fromkeys(counts, 0), {}, **common)
    assert "No galaxy has a label yet" in title(nobody)


def test_the_words_of_two_people_hold_any_name():
    counts = np.array([[5, 3], [0, 9]])
    sides = figures.two_sides("<i>{x}", figures.OTHERS)
    figure = confusion_matrix(counts, tuple(LETTERS), letters=LETTERS, sides=sides, n=17)
    said = "Most often the others say elliptical where &lt;i&gt;{x} says spiral: 3 of 8"
    assert said in title(figure)
    assert "n = 17" in title(figure)
    cells = figure.data[1]
    assert "&lt;i&gt;{x} says spiral, the others say elliptical" in cells.hovertext[1]
    assert "3, 38% of the row" in cells.hovertext[1]
    assert "Both say elliptical" in cells.hovertext[3]


def test_classes_are_called_by_their_words():
    figure = confusion_matrix(
        np.eye(2, dtype=int), ("a01_smooth", "a02_disc"), letters={},
        words={"a01_smooth": "Smooth", "a02_disc": "<Disc>"}, sides=figures.EVERYBODY,
    )  # fmt: skip
    assert figure.layout.xaxis.ticktext[0].endswith("Smooth")
    assert figure.layout.xaxis.ticktext[1].endswith("&lt;Disc&gt;")
    assert list(figure.data[1].customdata[1]) == ["a01_smooth", "a02_disc"]
    assert "Nobody ever differed" in title(figure)
