"""A tiny search: a toy sky that only some networks can learn."""

import os
import time

import numpy as np
import pandas as pd
import psutil
import pytest
from PIL import Image

from astro_core.domain import Cancelled
from astro_core.errors import BadInputError, NotFoundError
from astro_core.runs import execute, stop_engine, wait
from astro_core.runs.context import map_here
from astro_core.runs.folder import RunFolder
from astro_core.runs.locate import engine_owner
from astro_core.runs.perform import perform
from astro_core.workflows.train import DATASETS
from astro_core.workflows.training_plan import plan_training
from astro_core.workflows.tune import submit_tuning
from astro_core.workflows.tune_plan import searchable
from astro_core.workflows.tune_state import front_of, tuning_state
from astro_core.workspace import Workspace, write_json

SETTINGS = {
    "size_px": 16,
    "crop_px": 0,
    "epochs": 2,
    "batch_size": 32,
    "filters": [4],
    "kernels": [3],
    "strides": [1],
    "pools": [2],
    "dense": [8],
    "dropout": 0,
    "rotation_deg": 0,
    "shift": 0,
    "shear_deg": 0,
    "zoom": 0,
    "flip": False,
    "stop_after": 0,
    "slow_after": 0,
    "balance": "none",
}
SPACE = ["learning_rate=1e-06:0.01:log", "filters.1=2:8"]


def draw(folder, n=120):
    rng = np.random.default_rng(0)
    for number in range(n):
        kind = number % 2
        pixels = rng.integers(0, 60, (16, 16, 3)).astype(np.uint8)
        pixels[5:11, (2 if kind else 9) : (7 if kind else 14)] += 150
        path = folder / ("left" if kind else "right") / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    place = tmp_path_factory.mktemp("tune")
    draw(place / "pictures")
    workspace = Workspace(place / "space").ensure()
    params = {"path": str(place / "pictures"), "name": "sky", "reader": "folders"}
    assert execute(workspace, "import", params, title="Import").state == "done"
    yield workspace
    stop_engine(workspace)


def asked(*, recipe="galaxy10-simple", settings=SETTINGS, space=SPACE, **tuning):
    tuning = {"trials": 2, "pruner": "none"} | tuning
    return {"dataset": "sky", "recipe": recipe, "settings": settings, "space": space,
            "tuning": tuning}  # fmt: skip


def searched(workspace, **more):
    return execute(workspace, "tune", asked(**more), title="Search")


@pytest.fixture(scope="module")
def run(space):
    return searched(space)


def test_a_search_says_what_did_best_on_validation(space, run):
    assert run.state == "done", run.error
    state = tuning_state(space, run.run_id)
    assert list(state.trials["state"]) == ["done"] * 2
    best = state.trials.loc[state.best]
    assert best["score"] == state.trials["score"].max() == run.result["best"]["value"]
    assert run.result["best"]["settings"] == state.settings(state.best)
    assert run.result["best"]["settings"]["epochs"] == 2
    assert len(run.result["best"]["settings"]["filters"]) == 1
    assert (run.result["n_trials"], run.result["n_done"]) == (2, 2)
    assert best["by_epoch"][-1] == pytest.approx(best["score"])
    assert best["n_parameters"] > 0
    assert "Best balanced accuracy" in run.message


def test_the_first_trial_has_the_recipes_own_settings(space, run):
    first = tuning_state(space, run.run_id).trials.iloc[0]
    assert first["settings"] == {"learning_rate": 0.001, "filters.1": 4}
    assert first["own"]


def test_nothing_is_kept_of_the_trials_but_what_is_known_of_them(space, run):
    left = sorted(os.listdir(space.runs / run.run_id))
    assert not [name for name in left if name.startswith("trial-")]
    assert "study.db" in left


def test_an_interrupted_search_ends_like_one_that_was_not(space, run):
    store = RunFolder.create(space, kind="tune", params=asked(), title="Search")

    def stop(done, total, message):
        if message.startswith("Trial 2 of 2: Epoch 2"):
            raise Cancelled

    perform(store, mapper=map_here, listener=stop)
    assert store.read().state == "cancelled"
    cut = tuning_state(space, store.run_id)
    assert list(cut.trials["state"]) == ["done", "running"]
    store.ask_again()
    perform(store, mapper=map_here)
    again = tuning_state(space, store.run_id)
    whole = tuning_state(space, run.run_id)
    assert store.read().state == "done"
    assert list(again.trials["settings"]) == list(whole.trials["settings"])
    np.testing.assert_allclose(again.trials["score"], whole.trials["score"], atol=1e-3)
    assert [len(s) for s in again.trials["by_epoch"]] == [2, 2]


def test_a_search_does_not_go_on_with_other_galaxies(space):
    store = RunFolder.create(space, kind="tune", params=asked(), title="Search")
    write_json(store.path / DATASETS, {"sky": "as it was"})
    perform(store, mapper=map_here)
    assert "'sky' was changed since this training began" in store.read().error


def engine_workers(workspace):
    engine = psutil.Process(engine_owner(workspace)["pid"])
    return [p for p in engine.children(recursive=True) if "spawn_main" in " ".join(p.cmdline())]


def until_in_trial(workspace, run_id, number, seconds=240):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if len(tuning_state(workspace, run_id).trials) >= number:
            return
        time.sleep(0.05)
    raise AssertionError("the search does not get on")


@pytest.mark.slow
def test_a_killed_search_ends_like_one_that_was_not(space, run):
    given = asked()
    run_id = submit_tuning(
        space, "sky", given["recipe"], SETTINGS, space=SPACE, tuning=given["tuning"]
    )  # fmt: skip
    until_in_trial(space, run_id, 2)
    for worker in engine_workers(space):
        worker.kill()
    killed = wait(space, run_id)
    assert killed.state == "done", killed.error
    assert "Started again" in (space.runs / run_id / "log.txt").read_text()
    trials, whole = (tuning_state(space, i).trials for i in (run_id, run.run_id))
    assert list(trials["settings"]) == list(whole["settings"])
    np.testing.assert_allclose(trials["score"], whole["score"], atol=1e-3)


def test_a_trial_that_fails_is_told_and_the_others_go_on(space):
    run = searched(space, space=["kernels.1=3:31:14"], trials=3, random_trials=10)
    assert run.state == "done", run.error
    state = tuning_state(space, run.run_id)
    assert set(state.trials["state"]) == {"done", "failed"}
    failed = state.trials[state.trials["state"] == "failed"].iloc[0]
    assert "too small for this network" in failed["reason"]
    assert run.result["n_failed"] == (state.trials["state"] == "failed").sum()


def test_a_search_of_which_nothing_comes_fails_in_words(space):
    run = searched(space, space=["kernels.1=17:31:2"], trials=2)
    assert run.state == "failed"
    assert "None of 2 trials came to an end" in run.error
    assert "too small for this network" in run.error


def test_a_forest_is_searched_for_score_and_size(space):
    settings = {"size_px": 16, "balance": "none"}
    run = searched(
        space, recipe="astrodetector-forest", settings=settings,
        space=["n_estimators=2:12", "criterion"], trials=4, cost="parameters",
    )  # fmt: skip
    assert run.state == "done", run.error
    state = tuning_state(space, run.run_id)
    front = state.front("n_parameters")
    assert front
    assert set(front) <= set(state.trials["number"])


def test_a_front_leaves_out_what_another_beats_in_both():
    ended = pd.DataFrame(
        {"number": range(5), "score": [0.9, 0.8, 0.95, 0.9, 0.7], "cost": [10, 5, 40, 20, 6]}
    )
    assert front_of(ended, "cost", higher=True) == (1, 0, 2)
    assert front_of(ended, "cost", higher=False) == (1, 4)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"space": ["tea=1:2"]}, "no setting named 'tea'"),
        ({"space": ["learning_rate=0.01:0.01"]}, "every range has a single value"),
        ({"space": ["epochs=1:9"]}, "no setting named 'epochs'"),
        ({"space": ["batch_size=8:64"]}, "is to be searched and to stay as it is"),
        ({"tuning": {"objective": "rmse"}}, "nothing to take 'rmse' of"),
        ({"tuning": {"trials": 0}}, "Trials"),
        ({"settings": {"tea": 1}}, "no setting named 'tea'"),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_no_run(space, more, words):
    before = os.listdir(space.runs)
    given = {"settings": SETTINGS, "space": SPACE, "tuning": {}} | more
    with pytest.raises(BadInputError, match=words):
        submit_tuning(space, "sky", "galaxy10-simple", given["settings"], space=given["space"],
                      tuning=given["tuning"])  # fmt: skip
    assert os.listdir(space.runs) == before


@pytest.mark.parametrize(
    ("recipe", "there", "idle"),
    [("votes-cnn", "vote_loss", "label_smoothing"), ("gz2-cnn", "label_smoothing", "vote_weight")],
)
def test_what_changes_nothing_is_not_searched(recipe, there, idle):
    known = searchable(plan_training(recipe, {}))
    assert there in known
    assert idle not in known


def test_an_unknown_recipe_or_run_is_refused(space, run):
    with pytest.raises(NotFoundError):
        submit_tuning(space, "sky", "tea", {})
    with pytest.raises(NotFoundError):
        tuning_state(space, "20260101-000000-0000000000")
