"""What the files of a training tell, and what a dataset gives a recipe."""

import re

import numpy as np
import pandas as pd
import pytest

from astro_core.classifiers.settings import TrainingParams
from astro_core.errors import BadInputError, NotFoundError
from astro_core.runs.folder import RunFolder
from astro_core.workflows.training_answers import answers
from astro_core.workflows.training_compare import changed_words
from astro_core.workflows.training_offer import by_project, drawn
from astro_core.workflows.training_plan import plan_training
from astro_core.workflows.training_state import (
    MEMBER,
    best_epoch,
    count_parts,
    training_state,
)
from astro_core.workspace import Workspace, write_json


@pytest.fixture
def space(tmp_path):
    return Workspace(tmp_path / "w").ensure()


@pytest.fixture
def begun(space):
    """A training of 10 epochs, of which 4 are done, 6 batches of 64 each."""
    settings = {"epochs": 10}
    params = {"dataset": "d", "recipe": "galaxy10-simple", "settings": settings}
    store = RunFolder.create(space, kind="train", params=params, title="t")
    store.start()
    plan = plan_training("galaxy10-simple", settings)
    write_json(store.path / "config.json", plan.to_json())
    losses = [0.9, 0.4, 0.6, 0.7]
    epochs = [
        {"epoch": i + 1, "loss": 1.0, "val_loss": loss, "seconds": 3.0 + 9 * (i == 0)}
        for i, loss in enumerate(losses)
    ]
    write_json(store.path / "history.json", epochs)
    store.write_progress(24, 60, "Epoch 5 of 10")
    return store


def test_a_training_under_way_tells_best_epoch_speed_and_time_left(space, begun, monkeypatch):
    monkeypatch.setattr("astro_core.runs.recover.lost", lambda store: "")
    state = training_state(space, begun.run_id)
    assert (state.epochs_done, state.epochs, state.best_epoch) == (4, 10, 2)
    assert state.images_per_second == pytest.approx(6 * 64 / 3)
    assert state.seconds_left == pytest.approx(3 * 6)
    assert state.training["batch_size"] == 64
    assert (state.dataset, state.recipe) == ("d", "galaxy10-simple")
    assert state.scores == {}
    begun.log("a line")
    assert re.fullmatch(r"\d\d:\d\d:\d\d a line", training_state(space, begun.run_id).log)


def test_a_training_that_waits_has_nothing_yet(space):
    params = {"dataset": "d", "recipe": "fork", "settings": {}}
    state = training_state(
        space, RunFolder.create(space, kind="train", params=params, title="t").run_id
    )
    assert (state.epochs, state.best_epoch, state.images_per_second) == (0, None, None)
    assert state.seconds_left is None
    assert state.parts.empty
    assert state.log == ""


def test_a_file_half_written_is_as_if_it_were_not_there(space, begun):
    (begun.path / "history.json").write_text('[{"epoch": 1')
    assert training_state(space, begun.run_id).history.empty


def test_only_trainings_are_read(space):
    other = RunFolder.create(space, kind="import", params={}, title="t").run_id
    with pytest.raises(BadInputError, match="is no training"):
        training_state(space, other)
    with pytest.raises(NotFoundError):
        training_state(space, "gone")


def test_several_networks_have_no_best_epoch_together():
    history = pd.DataFrame({"epoch": [1, 2, 1], "val_loss": [0.3, 0.2, 0.1], MEMBER: [*"aab"]})
    assert best_epoch(history) is None
    assert best_epoch(history[history[MEMBER] == "a"]) == 2


def test_without_validation_there_is_no_best_epoch():
    assert best_epoch(pd.DataFrame({"epoch": [1], "loss": [0.1]})) is None
    assert best_epoch(pd.DataFrame({"epoch": [1], "val_loss": [np.nan]})) is None


def test_parts_are_counted_by_class_and_those_in_no_part_are_left_out():
    table = pd.DataFrame(
        {"label": ["a", "a", "b", None, "c"], "part": ["train", "test", "train", "test", ""]}
    )
    counts = count_parts(table)
    assert counts.loc["a"].to_dict() == {"train": 1, "validation": 0, "calibration": 0, "test": 1}
    assert counts.loc[""].sum() == 1
    assert "c" not in counts.index


def test_a_class_recipe_learns_nothing_from_galaxies_without_a_label(space, begun):
    table = pd.DataFrame({"object_id": ["1", "2"], "label": ["a", None], "part": "train"})
    table.to_parquet(begun.path / "parts.parquet")
    assert training_state(space, begun.run_id).parts["train"].to_dict() == {"a": 1}


@pytest.fixture
def answered(space, begun):
    pd.DataFrame(
        {
            "object_id": ["1", "2", "3", "4", "5"],
            "label": ["a", "a", "b", None, "comet"],
            "part": ["test", "test", "validation", "test", "test"],
            "p_a": [0.9, 0.2, 0.3, 0.5, 0.5],
            "p_b": [0.1, 0.8, 0.7, 0.5, 0.5],
        }
    ).to_parquet(begun.path / "predictions.parquet")
    return answers(space, begun.run_id)


def test_answers_of_labelled_galaxies_by_part_and_cell(answered):
    assert answered.classes == ("a", "b")
    assert answered.rows(["test"])["object_id"].tolist() == ["1", "2"]
    assert answered.report(["test"]).confusion.tolist() == [[1, 1], [0, 0]]
    assert answered.report(["validation", "test"]).n == 3
    assert answered.report(["train"]) is None
    assert answered.cell(["test"], "a", "b")["object_id"].tolist() == ["2"]
    wrong = answered.wrong(["validation", "test"])
    assert wrong["object_id"].tolist() == ["2"]
    assert wrong["probability"].iloc[0] == pytest.approx(0.8)


def test_votes_and_unfinished_trainings_have_no_answers(space, begun):
    assert answers(space, begun.run_id) is None
    table = pd.DataFrame({"object_id": ["1"], "label": ["a"], "part": ["test"], "smooth": [0.2]})
    table.to_parquet(begun.path / "predictions.parquet")
    assert answers(space, begun.run_id) is None


def test_what_was_changed_is_told_in_the_names_that_the_page_uses(space, begun):
    assert changed_words(training_state(space, begun.run_id).run) == "epochs 10"


@pytest.mark.parametrize(
    ("balance", "to", "expected"),
    [("none", 0, [100, 20]), ("limit", 30, [30, 20]), ("resample", 0, [100, 100]),
     ("partial", 0, [100, 50])],
)  # fmt: skip
def test_what_an_epoch_shows_of_each_class(balance, to, expected):
    counts = pd.Series({"a": 100, "b": 20})
    params = TrainingParams(balance=balance, balance_to=to)
    assert drawn(counts, params).tolist() == expected


def test_every_recipe_has_its_project():
    assert next(iter(by_project())) == "ours"
    assert "fork" in by_project()["ours"]
