"""What the figures of a comparison hold and say."""

import numpy as np
import pandas as pd
import pytest

from astro_core.figures.comparison import (
    Gap,
    differences,
    fold_pairs,
    learning_curves,
    score_dots,
)

NEAR = Gap(run_id="a", label="fork", difference=0.01, low=-0.02, high=0.04)
FAR = Gap(run_id="b", label="galaxy10-simple", difference=-0.1, low=-0.15, high=-0.05)


def title(figure):
    return figure.layout.title.text.replace("<br>", " ")


@pytest.mark.parametrize(
    ("gaps", "words"),
    [
        ([NEAR], "No clear difference from ours in accuracy"),
        ([FAR], "Accuracy differs from ours by -0.100"),
        ([NEAR, FAR], "1 of 2 differ clearly from ours in accuracy"),
    ],
)
def test_differences_say_what_is_clear(gaps, words):
    figure = differences(gaps, score="accuracy", against="ours", n=544)
    assert title(figure).startswith(words)
    assert "n = 544" in title(figure)
    (points,) = figure.data
    assert list(points.customdata) == [gap.run_id for gap in gaps]
    assert np.allclose(points.error_x.array, [gap.high - gap.difference for gap in gaps])
    assert figure.layout.shapes[0].x0 == 0


def test_a_line_for_each_fold_and_one_for_the_mean():
    figure = fold_pairs([0.8, 0.7, 0.9], [0.7, 0.75, 0.8], names=("A", "B"), score="accuracy")
    assert title(figure) == "A is better in 2 of 3 folds"
    assert [list(line.y) for line in figure.data[:3]] == [[0.8, 0.7], [0.7, 0.75], [0.9, 0.8]]
    assert list(figure.data[3].y) == pytest.approx([0.8, 0.75])
    low = fold_pairs([0.1, 0.1], [0.2, 0.2], names=("A", "B"), score="RMSE", better="low")
    assert title(low) == "A is better in 2 of 2 folds"


def points(mean, sd):
    n = [100, 400]
    return pd.DataFrame(
        {"share": [0.25, 1.0], "n_train": n, "mean": mean, "sd": sd, "n_runs": [1, 3], "n": 544}
    )


@pytest.mark.parametrize(
    ("mean", "sd", "words"),
    [
        ([0.6, 0.7], [np.nan, 0.02], "more galaxies still help, accuracy +0.100 from 100 to 400"),
        ([0.69, 0.7], [np.nan, 0.02], "changed by +0.010 from 100 to 400 galaxies, within"),
        ([0.7, 0.6], [np.nan, np.nan], "more galaxies did not help"),
    ],
)
def test_a_learning_curve_says_what_more_galaxies_brought(mean, sd, words):
    figure = learning_curves([("fork", points(mean, sd))], score="accuracy")
    assert words in title(figure)
    assert figure.layout.xaxis.type == "log"
    (line,) = figure.data
    assert list(line.x) == [100, 400]
    assert np.isfinite(line.error_y.array).all()


def test_curves_differ_in_more_than_colour():
    one = points([0.6, 0.7], [0.01, 0.01])
    figure = learning_curves([("a", one), ("b", one), ("c", one)], score="accuracy")
    assert len({(line.line.dash, line.marker.symbol) for line in figure.data}) == 3


def test_all_that_was_trained_the_best_on_top():
    table = pd.DataFrame(
        {"run_id": ["b", "a"], "label": ["fork · 5 folds", "simple"], "accuracy": [0.9, 0.8],
         "accuracy_sd": [0.01, np.nan]}
    )  # fmt: skip
    figure = score_dots(table, score="accuracy", name="accuracy")
    assert title(figure) == "Best so far: fork · 5 folds, accuracy 0.900"
    assert list(figure.data[0].customdata) == ["b", "a"]
    top, bottom = figure.layout.yaxis.range[::-1]
    assert top < 0 < 1 < bottom
    assert "standard deviation" in figure.layout.xaxis.title.text
    plain = score_dots(table.drop(columns="accuracy_sd"), score="accuracy", name="accuracy")
    assert plain.layout.xaxis.title.text == "accuracy"
