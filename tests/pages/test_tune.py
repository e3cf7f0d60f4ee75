"""Search on the Train page without a browser: searches are planted; none is made."""

import pytest
from reading import named, said

from astro_core.domain import Head
from astro_core.errors import BadInputError
from astro_core.runs.folder import RunFolder
from astro_core.workflows import train as training
from astro_core.workflows import tune as workflow
from astro_core.workflows.tune_plan import plan_tuning
from astro_core.workspace import write_json

N = 48
HEAD = Head(name="label", kind="classes", outputs=("elliptical", "spiral"))
SPACE = ["learning_rate=0.0001:0.01:log", "filters.1=8:64:8"]


@pytest.fixture
def survey(make_survey):
    return make_survey("pictures", N, validation=True)


@pytest.fixture
def see(open_page, survey):
    def open_it(**query):
        query = {"mode": "search", **query}
        return open_page("train.py", dataset=survey.name, **query)

    return open_it


@pytest.fixture
def submitted(monkeypatch):
    """What is submitted, kept from the engine; the run's folder is there as if it were queued."""
    asked = []

    def submit(workspace, kind, params, *, title):
        asked.append((kind, params))
        return RunFolder.create(workspace, kind=kind, params=params, title=title).run_id

    monkeypatch.setattr(workflow.runs, "submit", submit)
    monkeypatch.setattr(training.runs, "submit", submit)
    return asked


def trial(number, state="done", score=0.8, **more):
    return {
        "number": number, "state": state, "score": score, "value": score,
        "n_parameters": 1000 * (number + 1), "latency_ms": 1.5, "epochs": 3, "seconds": 6.0,
        "own": number == 0, "by_epoch": [0.5, 0.6, 0.7],
        "settings": {"learning_rate": 0.001, "filters.1": 32 + 8 * number}, **more,
    }  # fmt: skip


@pytest.fixture
def plant(space, survey):
    """Stores a search as a run leaves it."""

    def planted(state="done", trials=None, importance=None):
        trials = trials if trials is not None else [trial(0), trial(1, score=0.86), trial(2)]
        params = {
            "dataset": survey.name, "recipe": "galaxy10-simple", "settings": {"epochs": 3},
            "space": SPACE, "tuning": {"trials": 5},
        }  # fmt: skip
        store = RunFolder.create(space, kind="tune", params=params, title="Searching it")
        plan = plan_tuning(params["recipe"], params["settings"], SPACE, params["tuning"], (HEAD,))
        write_json(store.path / "config.json", plan.to_json())
        write_json(store.path / "trials.json", {"trials": trials, "importance": importance or {}})
        store.start()
        store.log("planted")
        store.write_progress(3, 15, "Trial 2 of 5: Epoch 1 of 3")
        if state == "done":
            best = {"value": 0.86, "settings": {}, "trial": 2}
            result = {"best": best, "objective": "balanced_accuracy", "n_trials": 3}
            store.end("done", result=result)
        elif state != "running":
            store.end(state, error="None of 2 trials came to an end." if state == "failed" else "")
        return store.run_id

    return planted


def test_a_recipe_comes_with_ranges_that_suit_it(see):
    test = see(recipe="galaxy10-small-tuned")
    chosen = next(m for m in test.multiselect if m.label == "Searched")
    assert len(chosen.value) == 6
    assert named(test.number_input, "From: Filters 1").value == 8
    assert named(test.selectbox, "Spread: Dense 1").value is True
    assert not named(test.button, "Search").disabled


def test_ranges_go_into_the_address_and_into_the_search(see, submitted):
    test = see(recipe="galaxy10-simple", epochs="4")
    next(m for m in test.multiselect if m.label == "Searched").set_value(["dropout", "flip"]).run()
    named(test.number_input, "To: Dropout").set_value(0.5).run()
    assert test.query_params["space"] == "dropout=0:0.5;flip=False|True"
    named(test.number_input, "Trials").set_value(7).run()
    named(test.selectbox, "Cost").set_value("parameters").run()
    assert (test.query_params["tune_trials"], test.query_params["tune_cost"]) == ("7", "parameters")
    assert "no trial is stopped early" in said(test)
    named(test.button, "Search").click().run()
    kind, params = submitted[0]
    assert (kind, params["recipe"], params["settings"]) == (
        "tune",
        "galaxy10-simple",
        {"epochs": 4},
    )
    assert params["space"] == ["dropout=0:0.5", "flip=False|True"]
    assert (params["tuning"]["trials"], params["tuning"]["cost"]) == (7, "parameters")
    assert test.query_params["search"]
    assert "Waiting for its turn" in [p.text for p in test.get("progress")]


def test_a_range_that_makes_no_sense_is_said_and_left_as_it_was(see):
    test = see(recipe="galaxy10-simple", space="dropout=0.1:0.5")
    named(test.number_input, "From: Dropout").set_value(0.7).run()
    assert "is empty" in said(test)
    assert named(test.number_input, "From: Dropout").value == 0.1
    assert test.query_params["space"] == "dropout=0.1:0.5"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"space": "tea=1:2;dropout=0:0.5"}, "no setting named 'tea'"),
        ({"tune_trials": "many"}, "A setting in the address was left out"),
        ({"search": "gone"}, "not one of this dataset"),
    ],
)
def test_what_cannot_be_used_of_the_address_is_said(see, query, words):
    test = see(recipe="galaxy10-simple", **query)
    assert words in said(test)
    assert named(test.button, "Search")


def test_an_ensemble_is_not_searched_and_says_why(see):
    test = see(recipe="galaxy10-ensemble")
    button = named(test.button, "Search")
    assert button.disabled
    assert "made of other recipes" in button.help


def test_another_recipe_has_its_own_ranges(see):
    test = see(recipe="galaxy10-simple", space="filters.1=8:64:8")
    named(test.button, "**Random forest").click().run()
    chosen = next(m for m in test.multiselect if m.label == "Searched")
    assert "n_estimators" in chosen.value
    assert "left out" not in said(test)


def test_a_finished_search_shows_what_did_best_and_trains_with_it(see, plant, submitted, html_of):
    test = see(search=plant())
    html = html_of(test)
    assert "Balanced accuracy, validation, best trial" in html
    assert "recipe&#x27;s own settings" in html
    assert "Trial 2** · done, the best" in said(test)
    assert len(test.get("plotly_chart")) == 2
    named(test.button, "Train with these").click().run()
    kind, params = submitted[0]
    assert kind == "train"
    assert params["settings"] == {"epochs": 3, "learning_rate": 0.001, "filters": [40, 64]}
    assert "mode" not in test.query_params
    assert test.query_params["run"]


@pytest.mark.parametrize("number", ["99", "²", "-1"])
def test_a_trial_that_is_not_there_is_the_best_one(see, plant, number):
    test = see(search=plant(), trial=number)
    assert not test.exception
    assert "Set in Train" in [b.label for b in test.button]


def test_the_settings_of_any_trial_can_be_taken_to_train(see, plant):
    test = see(search=plant(), trial="3")
    assert "Trial 3** · done" in said(test)
    named(test.button, "Set in Train").click().run()
    assert test.query_params["filters"] == "48,64"
    assert test.query_params["run"] == "new"
    assert named(test.text_input, "Filters").value == "48, 64"


@pytest.mark.parametrize(("view", "figures"), [("settings", 2), ("compromises", 1), ("trials", 0)])
def test_every_view_can_be_seen(see, plant, view, figures):
    run_id = plant(importance={"learning_rate": 0.9, "filters.1": 0.1})
    test = see(search=run_id, view=view)
    assert len(test.get("plotly_chart")) == figures
    assert len(test.dataframe) == (view == "trials")
    if view == "trials":
        table = test.dataframe[0].value
        assert table["Trial"].tolist()[0] == 2
        assert table["Filters 1"].tolist()[0] == 40


def test_failed_and_stopped_trials_are_told(see, plant, html_of):
    failed = trial(2, "failed", None, value=None, by_epoch=[], reason="Images are too small.")
    stopped = trial(1, "stopped early", None, value=None, by_epoch=[0.3])
    run_id = plant(trials=[trial(0), stopped, failed])
    html = html_of(see(search=run_id))
    assert "1 stopped early, 1 failed" in html
    assert "Images are too small" in said(see(search=run_id, trial="3"))
    assert "Why" in see(search=run_id, view="trials").dataframe[0].value


def test_a_search_under_way_is_found_again_and_followed(see, plant):
    plant("running")
    test = see()
    (bar,) = [p.text for p in test.get("progress")]
    assert "Trial 2 of 5" in bar
    assert "best so far 0.860" in bar
    assert "Cancel" in [b.label for b in test.button]
    assert len(test.get("plotly_chart")) == 2


def test_before_a_trial_has_ended_there_are_no_figures(see, plant):
    plant("running", trials=[])
    test = see()
    assert "figures begin when the first trial has ended" in said(test)
    assert not test.get("plotly_chart")


@pytest.mark.parametrize("ended", ["failed", "cancelled"])
def test_a_stopped_search_says_so_and_can_be_resumed(see, plant, monkeypatch, ended):
    run_id = plant(ended)
    asked = []
    monkeypatch.setattr("astro_core.runs.resume", lambda workspace, run: asked.append(run))
    test = see(search=run_id)
    words = said(test)
    assert "3 of 5 trials are kept" in words
    assert ("None of 2 trials" in words) == (ended == "failed")
    named(test.button, "Resume").click().run()
    assert asked == [run_id]


def test_a_search_of_a_recipe_that_has_changed_can_still_be_looked_at(see, plant, monkeypatch):
    run_id = plant()
    monkeypatch.setattr("astro_core.workflows.tune_state.plan_training", _changed)
    test = see(search=run_id)
    assert len(test.get("plotly_chart")) == 2
    assert "no setting named" in said(test)


def _changed(recipe, settings):
    raise BadInputError(f"The recipe '{recipe}' has no setting named 'filters'")


def test_runs_shows_a_search_and_leads_to_it(open_page, plant):
    test = open_page("runs.py", run=plant())
    assert len(test.get("plotly_chart")) == 1
    assert "Open in Train" in [b.label for b in test.button]
