"""Runs without a browser."""

import pytest
from reading import said

from astro_core import runs
from astro_core.classifiers.bundle_info import BundleInfo, write_info
from astro_core.domain import Head, RenderRecipe
from astro_core.runs import get_run
from astro_core.runs.folder import RunFolder
from astro_core.ui import runs_export
from astro_core.workspace import write_json


def labels(test):
    return [button.label for button in test.button]


@pytest.fixture
def survey(make_survey):
    return make_survey("pictures", 48)


@pytest.fixture
def queued(space):
    def make(kind="import", title="Importing more", **params):
        return RunFolder.create(space, kind=kind, params=params, title=title).run_id

    return make


def test_without_runs_it_says_what_will_be_here(space, open_page):
    assert "is listed here once there is some" in said(open_page("runs.py"))


def test_all_runs_are_listed_the_newest_first(open_page, survey, plant_training, queued):
    plant_training(survey)
    queued(path="/data/stars")
    table = open_page("runs.py").dataframe[0].value
    assert table["Run"].tolist() == ["Importing more", "Training galaxy10-simple on pictures"]
    assert table["State"].tolist() == ["○ queued", "● done"]
    assert table["Result"].tolist()[1] == "balanced accuracy 0.250 on test (n = 8)"


def test_state_and_kind_filter_the_table(open_page, survey, plant_training, queued):
    plant_training(survey)
    plant_training(survey, "failed")
    queued()
    failed = open_page("runs.py", state="failed").dataframe[0].value
    assert failed["Result"].tolist() == ["The loss is not a number any more."]
    imports = open_page("runs.py", kind="import").dataframe[0].value
    assert imports["Run"].tolist() == ["Importing more"]


def test_one_run_tells_what_it_was_asked_its_scores_and_its_log(
    open_page, survey, plant_training, html_of
):
    test = open_page("runs.py", run=plant_training(survey))
    html = html_of(test)
    assert "galaxy10-simple" in html
    assert "Balanced accuracy" in html
    assert "n = 8" in html
    assert "planted" in test.code[0].value
    assert len(test.get("plotly_chart")) == 2
    assert {"Open in Train", "Delete for good"} <= set(labels(test))
    assert not {"Resume", "Cancel"} & set(labels(test))


def test_a_run_that_goes_on_can_be_cancelled_and_not_deleted(open_page, survey, queued, space):
    run_id = queued(path="/data/stars")
    test = open_page("runs.py", run=run_id)
    assert "Cancel" in labels(test)
    assert "Delete for good" not in labels(test)


def test_runs_in_line_tell_their_place_and_one_can_go_first(open_page, queued, space):
    first, second, third = (queued(title=name) for name in "abc")
    test = open_page("runs.py", run=third)
    states = test.dataframe[0].value.set_index("Run")["State"]
    assert states.to_dict() == {"a": "○ queued", "b": "○ queued, 2nd", "c": "○ queued, 3rd"}
    assert "2 others go before it" in said(test)
    assert "Go first" not in labels(open_page("runs.py", run=first))
    next(b for b in test.button if b.label == "Go first").click().run()
    places = runs.places(space, runs.list_runs(space))
    assert places == {third: 1, first: 2, second: 3}


def test_time_of_earlier_starts_counts(open_page, survey, plant_training, space):
    store = RunFolder(space, plant_training(survey, "cancelled"))
    store.update_state(spent_s=3600.0)
    assert open_page("runs.py").dataframe[0].value["Took"][0] == "1 h 0 min"


@pytest.fixture
def model(survey, plant_training, space):
    """A training with a bundle that says what it is; its weights are never opened here."""
    run_id = plant_training(survey)
    folder = space.runs / run_id / "bundle"
    folder.mkdir()
    head = Head(name="label", kind="classes", outputs=("spiral", "edge_on"))
    files = {"model.keras": "0" * 64}
    info = BundleInfo(
        name=run_id, kind="keras", heads=(head,), render=RenderRecipe(size_px=24), files=files
    )
    write_info(folder, info)
    return run_id


def test_a_model_is_offered_for_elsewhere(open_page, model, space, monkeypatch):
    (space.runs / model / "tensorboard").mkdir()
    asked = []
    monkeypatch.setattr(runs_export, "submit_export", lambda *given: asked.append(given[1:]))
    test = open_page("runs.py", run=model)
    assert labels(test).count("Write") == 3
    assert f"--logdir {space.runs / model / 'tensorboard'}" in test.code[0].value
    next(b for b in test.button if b.label == "Write").click().run()
    assert asked == [(model, "litert")]


def test_an_export_tells_what_it_cost(open_page, model, space):
    params = {"model": model, "format": "onnx"}
    store = RunFolder.create(space, kind="export-model", params=params, title="Writing")
    head = {"n": 540, "score": "accuracy", "keras": 0.81, "export": 0.8, "worse_by": 0.01}
    cost = {
        "size_bytes": 700_000, "keras_bytes": 2_900_000, "latency_ms": 0.31,
        "keras_latency_ms": 4.2, "part": "validation", "n": 540, "heads": {"label": head},
    }  # fmt: skip
    folder = store.path / "export"
    write_json(folder / "export.json", {"format": "onnx", "file": "model.onnx", "cost": cost})
    (folder / "card.md").write_text("# The card")
    store.start()
    store.end("done", result={"weights": "0" * 64})
    test = open_page("runs.py", run=model)
    assert (
        "700 kB (Keras 2.9 MB) · 0.31 ms an image (Keras 4.20) · label: accuracy 0.800 "
        "(Keras 0.810, validation, n = 540)"
    ) in said(test)
    assert "# The card" in said(test)
    assert labels(test).count("Write") == 2


def test_a_failed_run_says_why_and_only_some_kinds_resume(
    open_page, survey, plant_training, space, monkeypatch
):
    run_id = plant_training(survey, "failed")
    asked = []
    monkeypatch.setattr("astro_core.runs.resume", lambda workspace, run: asked.append(run))
    test = open_page("runs.py", run=run_id)
    assert "not a number any more" in test.error[0].value
    next(b for b in test.button if b.label == "Resume").click().run()
    assert asked == [run_id]
    store = RunFolder.create(space, kind="import", params={}, title="Importing")
    store.start()
    store.end("failed", error="No images.")
    assert "Resume" not in labels(open_page("runs.py", run=store.run_id))


def test_a_run_that_was_stopped_and_resumed_here_can_be_stopped_again(
    open_page, survey, plant_training, monkeypatch
):
    run_id = plant_training(survey, "cancelled")
    asked = f"run_status:cancel:{run_id}"
    monkeypatch.setattr("astro_core.runs.resume", lambda workspace, run: None)
    test = open_page("runs.py", session={asked: True}, run=run_id)
    next(b for b in test.button if b.label == "Resume").click().run()
    assert asked not in test.session_state


def test_deleting_takes_the_run_off_the_list(open_page, survey, plant_training, space):
    run_id, other = plant_training(survey), plant_training(survey)
    test = open_page("runs.py", run=run_id)
    next(b for b in test.button if b.label == "Delete for good").click().run()
    assert not (space.runs / run_id).exists()
    assert get_run(space, other).state == "done"
    assert len(test.dataframe[0].value) == 1


def test_trainings_are_compared_with_n_and_what_they_were_judged_on(
    open_page, survey, plant_training
):
    plant_training(survey)
    plant_training(survey, settings={"batch_size": 8, "dropout": 0.25})
    test = open_page("runs.py", dataset=survey.name, view="compare")
    table = test.dataframe[0].value
    assert table["n"].tolist() == [8, 8]
    assert table["Judged on"].tolist() == ["A", "A"]
    assert any("batch size 8, dropout 0.25" in changed for changed in table["Changed"])
    assert "the same 8 galaxies" in said(test)


def test_comparing_without_trainings_says_how_to_get_some(open_page, survey, queued):
    queued()
    test = open_page("runs.py", dataset=survey.name, view="compare")
    assert "No training on this dataset has ended" in said(test)
