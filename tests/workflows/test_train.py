"""Training as a run, on a toy sky: one class has its spot on the left, the other on the right."""

import json
import os
import shutil
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import psutil
import pytest
from PIL import Image

from astro_core.classifiers.bundle import load_bundle
from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset
from astro_core.domain import Cancelled
from astro_core.errors import BadInputError, NotFoundError
from astro_core.evaluation.calibration import at_temperature
from astro_core.runs import cancel, execute, resume, stop_engine, wait
from astro_core.runs.context import map_here
from astro_core.runs.folder import RunFolder
from astro_core.runs.locate import engine_owner
from astro_core.runs.perform import perform
from astro_core.workflows.stack import open_stack
from astro_core.workflows.train import submit_training
from astro_core.workspace import Workspace, read_json

SETTINGS = {
    "size_px": 16,
    "crop_px": 0,
    "epochs": 4,
    "batch_size": 32,
    "learning_rate": 0.01,
    "filters": [4],
    "kernels": [3],
    "strides": [1],
    "pools": [2],
    "dense": [8],
    "rotation_deg": 0,
    "flip": False,
    "stop_after": 0,
    "balance": "none",
}


def draw(folder, n=700):
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
    place = tmp_path_factory.mktemp("train")
    draw(place / "pictures")
    workspace = Workspace(place / "space").ensure()
    params = {"path": str(place / "pictures"), "name": "sky", "reader": "folders"}
    assert execute(workspace, "import", params, title="Import").state == "done"
    yield workspace
    stop_engine(workspace)


def trained(workspace, recipe="galaxy10-dropout", **more):
    params = {"dataset": "sky", "recipe": recipe, "settings": SETTINGS | more}
    return execute(workspace, "train", params, title="Train")


@pytest.fixture(scope="module")
def run(space):
    return trained(space)


def test_the_toy_sky_is_told_apart_on_galaxies_kept_aside(space, run):
    assert run.state == "done", run.error
    scores = run.result["scores"]
    assert scores["test"]["balanced_accuracy"] > 0.95
    parts = pd.read_parquet(space.runs / run.run_id / "parts.parquet")
    assert scores["test"]["n"] == (parts["part"] == "test").sum()
    assert set(parts["part"]) == {"train", "validation", "calibration", "test"}


def test_the_parts_keep_the_datasets_own_split(space, run):

    parts = pd.read_parquet(space.runs / run.run_id / "parts.parquet").set_index("object_id")
    split = read_catalogue(open_dataset(space, "sky")).set_index("object_id")["split"]
    expected = parts["part"].replace("calibration", "train")
    assert (expected == split.loc[expected.index]).all()


def test_the_bundle_says_what_the_predictions_say(space, run):
    folder = space.runs / run.run_id
    bundle = load_bundle(folder / "bundle")
    told = pd.read_parquet(folder / "predictions.parquet")
    stack = open_stack(space, open_dataset(space, "sky"), bundle.info.render)
    pixels, _ = stack.take(told["object_id"].tolist())
    answers = bundle.predict(pixels)["label"]
    calibrated = at_temperature(answers, bundle.info.calibration["label"]["temperature"])
    columns = [f"p_{name}" for name in bundle.info.heads[0].outputs]
    np.testing.assert_allclose(told[columns].to_numpy(), calibrated, atol=1e-5)
    assert bundle.info.weights_from == "scratch"
    assert bundle.info.metrics == run.result["scores"]


def test_the_same_seed_gives_the_same_scores(space, run):
    again = trained(space).result["scores"]["validation"]
    assert again == pytest.approx(run.result["scores"]["validation"], abs=1e-3)


SUBMIT = """
import json, sys
from pathlib import Path
from astro_core.workflows.train import submit_training
from astro_core.workspace import Workspace
workspace, settings = Workspace(Path(sys.argv[1])), json.loads(sys.argv[2])
print(submit_training(workspace, "sky", "galaxy10-dropout", settings), flush=True)
sys.stdin.read()
"""
# Every callback has something to remember: averaged weights, a rate that falls, the best epoch.
LONG = SETTINGS | {"epochs": 24, "average": 0.5, "slow_after": 2, "stop_after": 23}


def app(workspace, settings):
    """Another process that submits a training, tells its id and stays, as a page's server does."""
    return subprocess.Popen(
        [sys.executable, "-c", SUBMIT, str(workspace.root), json.dumps(settings)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def engine_family(workspace):
    engine = psutil.Process(engine_owner(workspace)["pid"])
    return [engine, *engine.children(recursive=True)]


def after_epochs(workspace, run_id, n, seconds=120):
    """Wait until a training has that many epochs behind it."""
    path = workspace.runs / run_id / "history.json"
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if path.exists() and len(read_json(path)) >= n:
            return
        time.sleep(0.05)
    raise AssertionError("the training does not get on")


def histories_agree(workspace, one, other):
    for a, b in zip(
        *(read_json(workspace.runs / r / "history.json") for r in (one, other)), strict=True
    ):
        assert set(a) == set(b)
        for measure in set(a) - {"seconds", "cpu_seconds"}:
            assert a[measure] == pytest.approx(b[measure], abs=1e-3)


def weights_agree(workspace, one, other):
    """Averaged weights of the best epoch, after a rate that fell."""
    models = [load_bundle(workspace.runs / r / "bundle").model for r in (one, other)]
    for a, b in zip(*(model.get_weights() for model in models), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-3)


@pytest.fixture(scope="module")
def whole(space):
    """A training that nobody disturbed."""
    return trained(space, **LONG)


@pytest.mark.slow
@pytest.mark.parametrize("victims", ["the workers", "the app, the engine and the workers"])
def test_a_killed_training_ends_like_one_that_was_not(space, whole, victims):
    asking = app(space, LONG)
    run_id = asking.stdout.readline().strip()
    after_epochs(space, run_id, 3)
    family = engine_family(space)
    if victims == "the workers":
        family = [p for p in family if "spawn_main" in " ".join(p.cmdline())]
    for process in family:
        process.kill()
    asking.kill()
    asking.communicate()
    reached = len(read_json(space.runs / run_id / "history.json"))
    killed = wait(space, run_id)  # nobody resumes it: whoever looks sees to it that it goes on
    assert killed.state == "done", killed.error
    assert reached < 24 == killed.result["epochs"]
    assert "Started again" in (space.runs / run_id / "log.txt").read_text()
    assert killed.spent_s > 0
    histories_agree(space, whole.run_id, run_id)
    weights_agree(space, whole.run_id, run_id)
    for part, scores in whole.result["scores"].items():
        for name, score in scores.items():
            assert killed.result["scores"][part][name] == pytest.approx(score, abs=1e-3)


@pytest.mark.slow
def test_a_cancelled_training_is_taken_up_again(space):
    whole = trained(space, epochs=30)
    run_id = submit_training(space, "sky", "galaxy10-dropout", SETTINGS | {"epochs": 30})
    after_epochs(space, run_id, 3)
    cancel(space, run_id)
    assert wait(space, run_id).state == "cancelled"
    reached = len(read_json(space.runs / run_id / "history.json"))
    assert 3 <= reached < 30
    resume(space, run_id)
    assert wait(space, run_id).state == "done"
    histories_agree(space, whole.run_id, run_id)


def test_a_training_does_not_go_on_with_other_galaxies(tmp_path):
    draw(tmp_path / "pictures", 120)
    workspace = Workspace(tmp_path / "space").ensure()
    params = {"path": str(tmp_path / "pictures"), "name": "sky", "reader": "folders"}
    execute(workspace, "import", params | {"seed": 0}, title="Import")

    def stop(done, total, message):
        if message.startswith("Epoch 2"):
            raise Cancelled

    asked = {"dataset": "sky", "recipe": "galaxy10-dropout", "settings": SETTINGS}
    run_id = execute(workspace, "train", asked, title="Train", on_progress=stop).run_id
    parts = workspace.runs / run_id / "parts.parquet"
    dealt = parts.read_bytes()
    shutil.rmtree(workspace.datasets / "sky")
    execute(workspace, "import", params | {"seed": 5}, title="Import")
    store = RunFolder(workspace, run_id)
    store.ask_again()
    perform(store, mapper=map_here)
    assert store.read().state == "failed"
    assert "'sky' was changed since this training began. Start it anew" in store.read().error
    assert parts.read_bytes() == dealt


def test_no_table_is_written_in_its_place(space, monkeypatch):
    write, names = pd.DataFrame.to_parquet, []

    def spy(table, path, **more):
        names.append(path.name)
        write(table, path, **more)

    monkeypatch.setattr(pd.DataFrame, "to_parquet", spy)
    trained(space, epochs=1)
    assert {"parts.parquet", "predictions.parquet"}.isdisjoint(names)
    assert [name for name in names if name.startswith(".predictions.parquet")]


def test_an_unknown_setting_is_named(space):
    with pytest.raises(BadInputError, match="no setting named 'epoch'"):
        submit_training(space, "sky", "fork", {"epoch": 3})
    with pytest.raises(BadInputError, match="Epochs"):
        submit_training(space, "sky", "fork", {"epochs": 0})
    with pytest.raises(NotFoundError, match="no recipe named 'tea'"):
        submit_training(space, "sky", "tea", {})


def test_a_dataset_without_votes_cannot_teach_votes(space):
    before = os.listdir(space.runs)
    with pytest.raises(BadInputError, match="vote fractions, and the dataset has none"):
        submit_training(space, "sky", "fork-votes", {})
    assert os.listdir(space.runs) == before


def test_too_small_an_image_fails_in_words(space):
    run = trained(
        space,
        "galaxy10-bigger",
        filters=[4, 4, 4, 4],
        kernels=[3] * 4,
        strides=[1] * 4,
        pools=[2] * 4,
    )
    assert run.state == "failed"
    assert "too small for this network" in run.error
