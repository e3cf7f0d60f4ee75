"""Catalogue without a browser."""

import shutil

import pandas as pd
import pytest
from reading import named, said

from astro_core import runs
from astro_core.runs.folder import RunFolder
from astro_core.workflows.catalogue import KIND, run_catalogue  # noqa: F401 - registers the kind
from astro_core.workflows.catalogue_source import SurveyRequest


@pytest.fixture
def model(space, colour_model):
    shutil.copytree(colour_model, space.models / "colours")
    return "colours"


@pytest.fixture
def submitted(monkeypatch):
    """What was handed to the engine, which is not started."""
    monkeypatch.setattr("astro_core.runs.control.ensure_engine", lambda _: None)


def classified(space, **asked):
    params = SurveyRequest(model="colours", **asked).params(space)
    return runs.execute(space, KIND, params, title="Classifying pictures with colours").run_id


def test_without_a_model_it_says_what_will_be_here(space, open_page, monkeypatch, tmp_path):
    monkeypatch.setattr("astro_core.workflows.models.SHIPPED", tmp_path / "none")
    assert "about every galaxy of a survey" in said(open_page("catalogue.py"))


def test_the_first_galaxies_of_the_open_dataset_are_shown_and_all_are_classified(
    space, open_page, make_survey, model, submitted
):
    make_survey("pictures")
    test = open_page("catalogue.py", dataset="pictures", model="colours")
    assert "**24 objects**, about" in said(test)
    named(test.button, "Classify 24 objects").click().run()
    (run,) = runs.list_runs(space)
    assert (run.kind, run.params["dataset"], run.params["model"]) == (KIND, "pictures", model)
    assert test.query_params["run"] in (run.run_id, [run.run_id])


def test_a_catalogue_that_cannot_be_read_is_refused_in_words(space, open_page, model, tmp_path):
    test = open_page("catalogue.py")
    assert "Name a table of galaxies" in said(test)
    named(test.text_input, "Catalogue").input("/nowhere.parquet")
    named(test.text_input, "Stamps").input(str(tmp_path)).run()
    assert "There is no catalogue" in said(test)
    pd.DataFrame({"object_id": ["a"]}).to_csv(tmp_path / "c.csv", index=False)
    named(test.text_input, "Catalogue").input(str(tmp_path / "c.csv")).run()
    assert "There are no images in" in said(test)
    named(test.text_input, "Catalogue").input("https://data.lsdb.io/hats/sky").run()
    assert "not read for visitors of a page" in said(test)


def test_what_came_of_a_survey(space, open_page, make_survey, model):
    make_survey("pictures")
    run_id = classified(space, dataset="pictures")
    test = open_page("catalogue.py", run=run_id)
    assert "**24 objects** classified by **colours**" in said(test)
    assert "They are 100.0%" in said(test)
    assert named(test.button, "Review the 24 undefined")


def test_one_that_was_cancelled_can_be_taken_up(space, open_page, make_survey, model, submitted):
    make_survey("pictures")
    params = SurveyRequest(model="colours", dataset="pictures").params(space)
    store = RunFolder.create(space, kind=KIND, params=params, title="A survey", resumes=True)
    store.end("cancelled")
    test = open_page("catalogue.py", run=store.run_id)
    assert "What was classified is kept" in said(test)
    named(test.button, "Resume").click().run()
    assert runs.get_run(space, store.run_id).state == "queued"
