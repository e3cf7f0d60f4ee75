"""What a search found, by structure."""

import json

import numpy as np
import pandas as pd
import pytest

from astro_core.classifiers.tuning.space import Dimension
from astro_core.figures import theme
from astro_core.figures.tuning import Aim, by_epoch, history, importance
from astro_core.figures.tuning_compromises import compromises
from astro_core.figures.tuning_parallel import parallel, place

AIM = Aim(label="balanced accuracy", higher=True)
LABELS = {"filters.1": "Filters 1", "rate": "Learning rate", "optimiser": "Optimiser"}
SPACE = (
    Dimension(name="filters.1", low=8, high=64, whole=True, step=8),
    Dimension(name="rate", low=1e-4, high=1e-2, log=True),
    Dimension(name="optimiser", choices=("adam", "adamw", "sgd")),
)


def trial(number, state, score, *, by_epoch=(), own=False, n=1000.0):
    rate = 1e-4 * 10 ** (number % 3)
    values = {"filters.1": 8 * (number + 1), "rate": rate, "optimiser": "adamw"}
    return {"number": number, "state": state, "score": score, "by_epoch": list(by_epoch),
            "own": own, "n_parameters": n, "latency_ms": 1.5, "settings": values}  # fmt: skip


TRIALS = pd.DataFrame(
    [
        trial(0, "done", 0.80, by_epoch=(0.7, 0.8), own=True, n=4000.0),
        trial(1, "stopped early", np.nan, by_epoch=(0.4,), n=900.0),
        trial(2, "done", 0.86, by_epoch=(0.75, 0.86), n=9000.0),
        trial(3, "failed", np.nan, n=0.0),
        trial(4, "done", 0.82, by_epoch=(0.8, 0.82), n=2000.0),
        trial(5, "running", np.nan, by_epoch=(0.6,), n=2000.0),
    ]
)
ENDED = TRIALS[TRIALS["state"] == "done"]


def text(figure):
    return figure.layout.title.text


def named(figure, name):
    return next(trace for trace in figure.data if trace.name == name)


def test_the_finding_is_said_beside_what_the_recipe_gave():
    figure = history(TRIALS, AIM, LABELS, shown=2, asked=20)
    assert "Balanced accuracy 0.860 in trial 3" in text(figure)
    assert "own settings<br>gave 0.800" in text(figure)
    assert "n = 6" in text(figure)
    assert list(named(figure, "best so far").y) == [0.80, 0.86, 0.86]
    assert list(named(figure, "stopped early").y) == [0.4]
    assert list(named(figure, "ended").customdata) == [0, 2, 4]
    assert (named(figure, "looked at").x[0], named(figure, "looked at").y[0]) == (3, 0.86)
    assert figure.layout.xaxis.range[1] > 20
    assert "Filters 1".lower() in named(figure, "ended").text[0]


def test_an_error_is_best_when_least():
    figure = history(TRIALS, Aim(label="RMSE", higher=False), LABELS, shown=0)
    assert text(figure).startswith("RMSE 0.800 in trial 1, which had the recipe's own settings")
    assert list(named(figure, "best so far").y) == [0.80, 0.80, 0.80]


def test_what_was_only_near_the_recipe_is_called_so():
    figure = history(TRIALS, AIM, LABELS, own="nearly the recipe's own settings")
    assert "nearly the recipe's own" in text(figure).replace("<br>", " ")


def test_before_any_trial_has_ended_there_is_nothing_found():
    assert "No trial has ended yet" in text(history(TRIALS.tail(1), AIM, LABELS))
    none = TRIALS[TRIALS["state"] == "failed"]
    assert by_epoch(none, AIM, LABELS) is None


def test_each_curve_ends_where_its_trial_did():
    figure = by_epoch(TRIALS, AIM, LABELS, shown=2)
    assert "1 of 6 trials were stopped early" in text(figure)
    ended = named(figure, "ended")
    assert list(ended.x) == [1, 2, None, 1, 2, None, 1, 2, None]
    assert list(named(figure, "under way").x) == [1, None]
    assert list(named(figure, "looked at").customdata)[:2] == [2, 2]


def test_the_most_important_setting_is_named():
    figure = importance({"rate": 0.7, "filters.1": 0.3}, AIM, LABELS, 12)
    assert "Learning rate explains 70% of the differences in balanced" in text(figure)
    assert "n = 12" in text(figure)
    assert list(figure.data[0].y) == ["Filters 1", "Learning rate"]


@pytest.mark.parametrize("cost", ["n_parameters", "latency_ms"])
def test_compromises_stand_apart_and_can_be_picked(cost):
    figure = compromises(ENDED, (4, 2), AIM, LABELS, cost=cost, shown=4)
    assert "2 of 3 trials" in text(figure)
    assert list(named(figure, "best compromises").customdata) == [4, 2]
    assert list(named(figure, "others").customdata) == [0]
    assert figure.layout.xaxis.type == "log"
    assert len(figure.layout.xaxis.tickvals) >= 1
    assert named(figure, "looked at").y[0] == 0.82


@pytest.mark.parametrize(
    ("number", "value", "expected"),
    [(0, 8, 0), (0, 36, 0.5), (1, 1e-3, 0.5), (2, "adam", 0), (2, "sgd", 1)],
)
def test_a_value_has_its_place_on_its_axis(number, value, expected):
    assert place(SPACE[number], value) == pytest.approx(expected)


def test_a_trial_is_one_line_through_all_its_settings():
    figure = parallel(ENDED, SPACE, AIM, LABELS, shown=2)
    assert list(figure.layout.xaxis.ticktext) == ["Filters 1", "Learning rate", "Optimiser"]
    best = named(figure, "best quarter")
    assert list(best.x) == [0, 1, 2, None]
    assert set(best.customdata) == {2}
    assert set(named(figure, "others").customdata) == {0, 4}
    assert len(figure.layout.shapes) == 3
    said = {note.text for note in figure.layout.annotations}
    assert {"8", "64", "1e-4", "1e-3", "0.01", "adam", "adamw", "sgd"} <= said


def test_every_figure_can_be_drawn_on_light():
    figures = (
        history(TRIALS, AIM, LABELS, shown=2),
        by_epoch(TRIALS, AIM, LABELS, shown=2),
        importance({"rate": 1.0}, AIM, LABELS, 6),
        compromises(ENDED, (4, 2), AIM, LABELS, cost="n_parameters"),
        parallel(ENDED, SPACE, AIM, LABELS),
    )
    for figure in figures:
        light = json.loads(theme.lighten(figure).to_json())
        assert theme.INK not in json.dumps(light["data"])
