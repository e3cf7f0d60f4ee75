"""Train without a browser: trainings are planted as a run leaves them; none is made."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from reading import named, said

from astro_core.datasets.catalogue import catalogue_path
from astro_core.runs.folder import RunFolder
from astro_core.workflows import train as workflow

REPOSITORY = Path(__file__).resolve().parents[2]
N = 48


@pytest.fixture
def survey(make_survey):
    return make_survey("pictures", N, validation=True)


@pytest.fixture
def see(open_page, survey):
    return lambda **query: open_page("train.py", dataset=survey.name, **query)


@pytest.fixture
def submitted(monkeypatch):
    """What is submitted, kept from the engine; the run's folder is there as if it were queued."""
    asked = []

    def submit(workspace, kind, params, *, title):
        asked.append((kind, params))
        return RunFolder.create(workspace, kind=kind, params=params, title=title).run_id

    monkeypatch.setattr(workflow.runs, "submit", submit)
    return asked


@pytest.mark.parametrize("page", ["train", "runs"])
def test_a_page_loads_no_network(page):
    code = (
        "import ast, importlib, sys\n"
        f"tree = ast.parse(open('pages/{page}.py').read())\n"
        "for n in ast.walk(tree):\n"
        "    if isinstance(n, ast.ImportFrom):\n"
        "        for a in n.names:\n"
        "            try: importlib.import_module(n.module + '.' + a.name)\n"
        "            except ModuleNotFoundError: importlib.import_module(n.module)\n"
        "print(*sorted({'tensorflow', 'keras', 'sklearn', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_without_a_dataset_it_says_how_to_get_one(space, open_page):
    assert "no dataset yet" in said(open_page("train.py"))


def test_recipes_that_do_not_fit_are_there_with_the_reason(see):
    test = see()
    assert not named(test.button, "**Fork\\: classes").disabled
    assert named(test.button, "**Fork\\: vote fractions**").disabled
    assert "learns vote fractions, and the dataset has none" in said(test)
    assert not named(test.button, "Train").disabled


def test_a_survey_of_one_class_cannot_be_trained_on(see, survey):
    path = catalogue_path(survey)
    frame = pd.read_parquet(path)
    frame["label"] = "elliptical"
    frame.to_parquet(path)
    test = see()
    assert named(test.button, "Train").disabled
    assert "at least two classes" in said(test)


def test_choosing_a_recipe_and_settings_goes_into_the_address_and_the_training(see, submitted):
    test = see()
    named(test.button, "**Simple network**").click().run()
    assert test.query_params["recipe"] == "galaxy10-simple"
    assert named(test.number_input, "Epochs").value == 60
    named(test.number_input, "Epochs").set_value(2).run()
    named(test.number_input, "Image size").set_value(24).run()
    assert (test.query_params["epochs"], test.query_params["size_px"]) == ("2", "24")
    named(test.button, "Train").click().run()
    kind, params = submitted[0]
    assert (kind, params["dataset"], params["recipe"]) == ("train", "pictures", "galaxy10-simple")
    assert params["settings"] == {"epochs": 2, "size_px": 24}
    assert "Waiting for its turn" in [p.text for p in test.get("progress")]
    assert test.query_params["run"]


def test_the_networks_own_settings_can_be_changed_and_taken_back(see):
    test = see(recipe="galaxy10-simple")
    named(test.text_input, "Filters").set_value("16, 32, 64").run()
    assert test.query_params["filters"] == "16,32,64"
    named(test.button, "The recipe's own values").click().run()
    assert "filters" not in test.query_params
    assert named(test.text_input, "Filters").value == "32, 64"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"recipe": "magic"}, "no recipe 'magic'"),
        ({"epochs": "many"}, "A setting in the address was left out"),
        ({"run": "gone"}, "not one of this dataset"),
    ],
)
def test_what_cannot_be_used_of_the_address_is_said(see, query, words):
    test = see(**query)
    assert words in said(test)
    assert "Train" in [b.label for b in test.button]


def test_parts_are_counted_per_class_and_what_an_epoch_shows(see, html_of):
    test = see(recipe="galaxy10-simple", balance="resample")
    named(test.get("button_group"), "What it is given").set_value("parts").run()
    html = html_of(test)
    for name in ("train", "validation", "calibration", "test", "shown", "elliptical"):
        assert name in html
    assert "nothing is chosen or stopped on that" in said(test)


def test_a_training_that_goes_on_is_found_again(see, survey, space):
    params = {"dataset": survey.name, "recipe": "fork", "settings": {}}
    RunFolder.create(space, kind="train", params=params, title="Training fork on pictures")
    test = see()
    assert "Training fork on pictures" in said(test)
    assert "Cancel" in [b.label for b in test.button]
    assert "Train" not in [b.label for b in see(run="new").button if b.label == "Cancel"]


def test_a_training_under_way_shows_curves_speed_parts_and_log(
    see, survey, plant_training, html_of
):
    plant_training(survey, "running", epochs=3)
    test = see()
    assert len(test.get("plotly_chart")) == 2
    (bar,) = [p.text for p in test.get("progress")]
    assert "images per second" in bar
    assert "calibration" in html_of(test)
    assert "planted" in test.code[0].value


def test_a_finished_training_shows_scores_with_n_and_who_was_taken_for_whom(
    see, survey, plant_training, html_of
):
    test = see(run=plant_training(survey))
    assert "Balanced accuracy, test, n = 8" in html_of(test)
    assert "2 of 3" in html_of(test)
    assert len(test.get("plotly_chart")) == 1
    assert "all wrong answers" in said(test)
    assert "Save selection" in [b.label for b in test.button]


def test_a_cell_of_the_matrix_shows_its_galaxies(see, survey, plant_training):
    test = see(run=plant_training(survey), label="elliptical", answer="spiral")
    words = said(test)
    assert "elliptical taken for spiral" in words
    assert "all wrong answers" not in words
    named(test.button, "All wrong answers").click().run()
    assert "label" not in test.query_params
    assert "all wrong answers" in said(test)


def test_settings_of_a_finished_training_tell_what_was_changed(
    see, survey, plant_training, html_of
):
    html = html_of(see(run=plant_training(survey), view="settings"))
    assert "<th>Epochs</th><td>3</td><td>changed</td>" in html
    assert "<th>Batch size</th><td>64</td><td></td>" in html


@pytest.mark.parametrize("ended", ["failed", "cancelled"])
def test_a_stopped_training_says_so_and_can_be_resumed(
    see, survey, plant_training, monkeypatch, ended
):
    run_id = plant_training(survey, ended)
    asked = []
    monkeypatch.setattr("astro_core.runs.resume", lambda workspace, run: asked.append(run))
    test = see(run=run_id)
    words = said(test)
    assert "3 of 3 epochs are kept" in words
    assert ("not a number" in words) == (ended == "failed")
    named(test.button, "Resume").click().run()
    assert asked == [run_id]
