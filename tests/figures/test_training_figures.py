"""Curves of a training and its confusion matrix, by structure."""

import json

import numpy as np
import pandas as pd
import pytest

from astro_core.figures import theme
from astro_core.figures.confusion import confusion_matrix
from astro_core.figures.training import loss_curves, measure_curves

HISTORY = pd.DataFrame(
    {"epoch": [1, 2, 3], "loss": [1.0, 0.8, 0.5], "val_loss": [0.9, 0.6, 0.7],
     "accuracy": [0.3, 0.5, 0.7], "val_accuracy": [0.35, 0.55, 0.5]}
)  # fmt: skip
CLASSES = ("elliptical", "spiral_barred", "merger")
COUNTS = np.array([[8, 2, 0], [3, 5, 1], [0, 0, 0]])
LETTERS = {"elliptical": "E", "spiral_barred": "SB", "merger": "M"}


def text(figure):
    return figure.layout.title.text


def test_the_best_epoch_is_marked_and_said():
    figure = loss_curves(HISTORY, best=2, epochs=40)
    assert text(figure) == "Validation loss lowest in epoch 2 of 40"
    training, validation, mark = figure.data
    assert list(training.y) == [1.0, 0.8, 0.5]
    assert list(validation.y) == [0.9, 0.6, 0.7]
    assert (list(mark.x), list(mark.y)) == ([2], [0.6])
    assert figure.layout.shapes[0].x0 == 2
    assert figure.layout.xaxis.range[1] == 40.5
    assert training.line.dash != validation.line.dash


def test_accuracy_is_told_of_the_best_epoch_not_of_its_own_best():
    figure = measure_curves(HISTORY, best=2, epochs=3)
    assert text(figure) == "Validation accuracy 0.550 in that epoch"
    assert figure.layout.yaxis.title.text == "accuracy"


def test_votes_have_an_error_instead_and_a_forest_may_have_nothing():
    votes = HISTORY.rename(columns={"accuracy": "mae", "val_accuracy": "val_mae"})
    assert "mean absolute error" in text(measure_curves(votes, best=2, epochs=3))
    assert measure_curves(HISTORY[["epoch", "loss"]], best=None, epochs=3) is None
    figure = loss_curves(HISTORY[["epoch", "loss"]], best=None, epochs=3)
    assert [line.name for line in figure.data] == ["training"]


def test_one_epoch_can_be_drawn():
    figure = loss_curves(HISTORY.head(1), best=1, epochs=1)
    assert figure.layout.xaxis.range[1] > figure.layout.xaxis.range[0]


def test_every_cell_can_be_picked_and_tells_label_and_answer():
    figure = confusion_matrix(COUNTS, CLASSES, letters=LETTERS, part="test")
    shades, cells = figure.data
    assert (shades.type, cells.type) == ("heatmap", "scatter")
    told = {(x, y): tuple(c) for x, y, c in zip(cells.x, cells.y, cells.customdata, strict=True)}
    assert told[(0, 1)] == ("spiral_barred", "elliptical")
    assert len(told) == 9
    assert cells.text[3] == "3"
    assert "3, 33% of the label" in cells.hovertext[3]
    assert "spiral barred taken for elliptical" in cells.hovertext[3]


def test_shades_are_shares_of_the_row_and_an_empty_row_is_no_error():
    figure = confusion_matrix(COUNTS, CLASSES, letters=LETTERS, share=True)
    np.testing.assert_allclose(figure.data[0].z[0], [80, 20, 0])
    np.testing.assert_allclose(figure.data[0].z[2], 0)
    assert figure.data[1].text[0] == "80%"
    assert "(10)" in figure.layout.yaxis.ticktext[0]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (COUNTS, "spiral barred is taken for elliptical: 3 of 9"),
        (np.diag([3, 2, 1]), "Every answer agrees with the label"),
        (np.zeros((3, 3), dtype=int), "no labelled galaxy"),
    ],
)
def test_the_title_says_the_finding_and_n(counts, words):
    title = text(confusion_matrix(counts, CLASSES, letters=LETTERS)).replace("<br>", " ")
    assert words in title
    assert f"n = {counts.sum()}" in title


def test_the_picked_cell_has_a_frame_and_one_that_is_not_there_has_none():
    picked = confusion_matrix(COUNTS, CLASSES, letters=LETTERS, picked=("merger", "elliptical"))
    frame = picked.layout.shapes[0]
    assert (frame.x0, frame.y0) == (-0.5, 1.5)
    gone = confusion_matrix(COUNTS, CLASSES, letters=LETTERS, picked=("merger", "comet"))
    assert not gone.layout.shapes


def test_names_from_files_are_text():
    figure = confusion_matrix(np.eye(2, dtype=int), ("<b>a", "b"), letters={"<b>a": "A", "b": "B"})
    assert "<b>a" not in "".join(figure.data[1].hovertext)


@pytest.mark.parametrize(
    "figure",
    [
        loss_curves(HISTORY, best=2, epochs=3),
        confusion_matrix(COUNTS, CLASSES, letters=LETTERS, picked=("merger", "merger")),
    ],
)
def test_they_are_there_in_the_light_theme(figure):
    light = json.dumps(theme.lighten(figure).to_plotly_json(), default=str)
    assert theme.INK not in light
    assert theme.INK_LIGHT in light
