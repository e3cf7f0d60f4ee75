import math

import numpy as np
import pandas as pd
import pytest

from astro_core.datasets.balance import plan_balance
from astro_core.datasets.gz2 import CHALLENGE_TREE, GZ2_TREE, gz2_taxonomy
from astro_core.datasets.vote_path import vote_path
from astro_core.domain import plain_taxonomy
from astro_core.figures.counts import balance_bars, class_counts
from astro_core.figures.galaxy import Frame, band_image, colour_image
from astro_core.figures.sky import separations, sky_positions
from astro_core.figures.theme import NOBODY, class_colours, class_letters, class_patterns
from astro_core.figures.votes import vote_bars

TAXONOMY = plain_taxonomy("t", ("elliptical", "spiral_barred", "ring"))
COLOURS, LETTERS = class_colours(TAXONOMY), class_letters(TAXONOMY)


@pytest.fixture
def counts():
    return pd.DataFrame(
        {"train": [60, 10, 0, 1], "test": [20, 10, 0, 1]},
        index=["elliptical", "spiral_barred", "ring", ""],
    )


def bars(figure):
    return [t for t in figure.data if t.type == "bar"]


def test_class_bars_carry_names_colours_and_numbers(counts):
    totals = {"elliptical": 100, "spiral_barred": 20, "ring": 0, "": 2}
    figure = class_counts(
        counts, totals, colours=COLOURS, letters=LETTERS, patterns=class_patterns(TAXONOMY)
    )
    everything, train, test = bars(figure)
    assert list(everything.x) == [100, 20, 0, 2]
    assert list(train.customdata) == ["elliptical", "spiral_barred", "ring", ""]
    assert list(test.base) == [60, 10, 0, 1]
    first, *_, last = train.marker.color
    assert (first, last) == (COLOURS["elliptical"], NOBODY)
    text = next(t for t in figure.data if t.type == "scatter").text
    assert [t.strip() for t in text] == ["80 of 100", "20", "0", "2"]
    assert figure.layout.title.text == "4.0 elliptical for each spiral barred"


def test_classes_not_chosen_are_dimmed(counts):
    figure = class_counts(
        counts, {}, colours=COLOURS, letters=LETTERS, patterns={}, chosen=("spiral_barred",)
    )
    opacity = bars(figure)[1].marker.opacity
    assert opacity[1] > opacity[0]


@pytest.mark.parametrize("names", [[], [""]])
def test_nothing_labelled_still_draws(names):
    table = pd.DataFrame({"": [3] * len(names)}, index=names)
    figure = class_counts(table, {}, colours={}, letters={}, patterns={})
    assert figure.layout.title.text == "Nothing has a class yet"


def test_balance_bars_stack_copies_on_objects():
    plan = plan_balance({"elliptical": 90, "spiral_barred": 10}, "partial")
    used, copies, there = bars(balance_bars(plan, "title", colours=COLOURS, letters=LETTERS))
    assert list(used.x) == [90, 10]
    assert list(copies.base) == [90, 10]
    assert list(copies.x) == [0, 35]
    assert list(there.x) == [90, 10]


def test_vote_bars_follow_the_path_and_say_so():
    votes = {
        "t01_smooth_or_features_a01_smooth_debiased": 0.8,
        "t01_smooth_or_features_a02_features_or_disk_debiased": 0.2,
        "t07_rounded_a17_in_between_debiased": 1.0,
    }
    steps = [s for s in vote_path(gz2_taxonomy(), votes) if s.on_path]
    figure = vote_bars(steps)
    bar = bars(figure)[0]
    assert list(bar.x)[:3] == [0.8, 0.2, 0.0]
    assert figure.layout.title.text == "Most people say: smooth, in between"
    assert "asked of 80%" in figure.layout.annotations[1].text
    assert not any(math.isnan(v) for v in bar.x)


def test_sky_has_ra_growing_to_the_left_and_ids_on_points():
    ra, dec = np.array([-2.0, 1.0, 3.0]), np.array([0.0, 1.0, 2.0])
    figure = sky_positions(
        ra, dec, ["a", "b", "c"], ["elliptical", "", "elliptical"], colours=COLOURS, title="3"
    )
    left, right = figure.layout.xaxis.range
    assert left > right
    assert {tuple(t.customdata) for t in figure.data} == {("b",), ("a", "c")}
    assert {t.type for t in figure.data} == {"scattergl"}
    assert "359" in figure.layout.xaxis.ticktext


def test_sky_without_positions_still_draws():
    empty = np.array([])
    assert not sky_positions(empty, empty, [], [], colours=COLOURS, title="none").data


def test_separations_count_what_lies_within():
    figure = separations(np.array([0.1, 0.2, 1.5, 100.0]), 1.0, n_matched=2)
    assert sum(bars(figure)[0].y) == 3
    assert figure.layout.title.text == "2 of 4 objects match"


@pytest.mark.parametrize("upwards", [True, False])
def test_a_galaxy_has_its_scale_and_its_compass(upwards):
    frame = Frame(
        height=40, width=60, upwards=upwards, bar_arcsec=5, bar_px=10, north=(0, 1), east=(-1, 0)
    )
    figure = colour_image("data:image/png;base64,", frame, side=40, title="t")
    texts = [a.text for a in figure.layout.annotations]
    assert "5 arcsec" in texts
    assert {"N", "E"} <= set(texts)
    bar = figure.layout.shapes[0]
    assert bar.x1 - bar.x0 == 10
    low, high = figure.layout.yaxis.range
    assert (low < high) is upwards
    image = figure.layout.images[0]
    assert (image.x, image.sizex) == (9.5, 40)


def test_a_band_keeps_its_values_for_hovering():
    plane = np.array([[1.0, np.nan], [3.0, 4.0]], dtype=np.float32)
    frame = Frame(height=2, width=2, upwards=True)
    figure = band_image(plane, frame, (0, 4), band="R", unit="nanomaggy", title="t")
    assert figure.data[0].zmax == 4
    assert "nanomaggy" in figure.data[0].hovertemplate
    assert not figure.layout.annotations


def test_debiased_votes_are_called_so():
    plain = vote_path(CHALLENGE_TREE, dict.fromkeys(CHALLENGE_TREE.vote_columns, 0.5))
    assert vote_bars(plain).layout.xaxis.title.text == "share of those asked"
    debiased = vote_path(GZ2_TREE, dict.fromkeys(GZ2_TREE.vote_columns, 0.5))
    assert vote_bars(debiased).layout.xaxis.title.text == "share of those asked, debiased"
