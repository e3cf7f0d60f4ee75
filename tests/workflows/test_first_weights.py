"""Recipes with pretrained weights, and the ensemble, as runs on a toy sky of two classes."""

import os

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from astro_core.classifiers import pretrained
from astro_core.classifiers.bundle import load_bundle, read_info
from astro_core.datasets.store import open_dataset
from astro_core.errors import BadInputError, NotFoundError
from astro_core.evaluation.calibration import at_temperature
from astro_core.runs import execute
from astro_core.workflows import predict as predict_workflow
from astro_core.workflows.evaluate import evaluate
from astro_core.workflows.first_weights import first_words
from astro_core.workflows.folds import submit_folds
from astro_core.workflows.models import export_model, find_model, import_model
from astro_core.workflows.stack import open_stack
from astro_core.workflows.train import submit_training
from astro_core.workflows.training_compare import changed_words
from astro_core.workflows.training_state import training_state
from astro_core.workflows.tune import submit_tuning
from astro_core.workspace import Workspace

N = 240


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    place = tmp_path_factory.mktemp("weights")
    rng = np.random.default_rng(0)
    for number in range(N):
        kind = number % 2
        pixels = rng.integers(0, 60, (32, 32, 3)).astype(np.uint8)
        pixels[10:22, (4 if kind else 18) : (14 if kind else 28)] += 150
        path = place / "pictures" / ("left" if kind else "right") / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)
    workspace = Workspace(place / "space").ensure()
    params = {"path": str(place / "pictures"), "name": "sky", "reader": "folders"}
    assert execute(workspace, "import", params, title="Import").state == "done"
    return workspace


@pytest.fixture
def offline(monkeypatch, tmp_path):
    """A machine without the published weights and without a network."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(pretrained, "_answers", lambda _: False)


def trained(workspace, recipe, **settings):
    params = {"dataset": "sky", "recipe": recipe, "settings": settings}
    return execute(workspace, "train", params, title="Train")


@pytest.mark.usefixtures("offline")
def test_missing_weights_are_said_before_a_run_is_made(space):
    before = os.listdir(space.runs)
    for submit, more in ((submit_training, ()), (submit_folds, (3,)), (submit_tuning, ())):
        with pytest.raises(BadInputError, match="VGG-16 are not on this machine") as error:
            submit(space, "sky", "galaxy10-vgg16-finetuned", {}, *more)
        assert "weights=none to train from scratch" in str(error.value)
    with pytest.raises(BadInputError, match="no such file"):
        submit_training(space, "sky", "galaxy10-vgg16-frozen", {"weights": "file"})
    assert os.listdir(space.runs) == before


@pytest.mark.usefixtures("offline")
def test_a_worker_without_the_weights_fails_before_anything_long(space):
    run = trained(space, "galaxy10-vgg16-frozen", size_px=48)
    assert run.state == "failed"
    assert "weights=none to train from scratch" in run.error
    assert {path.name for path in (space.runs / run.run_id).iterdir()}.isdisjoint(
        {"parts.parquet", "checkpoint", "history.json"}
    )


def test_members_that_make_no_sense_are_named_before_a_run_is_made(space):
    with pytest.raises(NotFoundError, match="no recipe named 'tea'"):
        submit_training(space, "sky", "galaxy10-ensemble", {"members": "tea"})


@pytest.fixture(scope="module")
def binary(space):
    """Project E on the toy sky, with a small network of Keras's own kind."""
    import keras
    from keras.src.applications import efficientnet

    blocks = [efficientnet.DEFAULT_BLOCKS_ARGS[0], efficientnet.DEFAULT_BLOCKS_ARGS[-1]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            keras.applications,
            "EfficientNetB0",
            lambda **asked: efficientnet.EfficientNet(0.1, 0.1, 32, blocks_args=blocks, **asked),
        )
        yield trained(
            space, "splus-efficientnetb7", weights="none", variant="b0", size_px=32, epochs=1,
            rotation_deg=0, flip=False,
        )  # fmt: skip


def test_two_classes_are_one_number_and_two_probabilities(space, binary):
    assert binary.state == "done", binary.error
    info = read_info(find_model(space, binary.run_id))
    assert (info.heads[0].kind, info.heads[0].n_units) == ("binary", 1)
    table = pd.read_parquet(space.runs / binary.run_id / "predictions.parquet")
    np.testing.assert_allclose(table["p_left"] + table["p_right"], 1, atol=1e-5)
    assert evaluate(space, binary.run_id).scores()["n"] == binary.result["scores"]["test"]["n"]


def test_a_training_from_scratch_is_marked_so(space, binary):
    folder = find_model(space, binary.run_id)
    assert binary.result["weights_from"] == read_info(folder).weights_from == "scratch"
    assert "scores say nothing of the pretrained network" in (folder / "card.md").read_text()
    assert first_words(binary) == "from scratch"
    assert changed_words(binary).startswith("from scratch, ")
    assert "weights none" not in changed_words(binary)


@pytest.fixture(scope="module")
def ensemble(space):
    return trained(
        space, "galaxy10-ensemble", members="galaxy10-simple, astrodetector-forest", size_px=16,
        epochs=2,
    )  # fmt: skip


def test_an_ensemble_is_trained_judged_and_told(space, ensemble):
    assert ensemble.state == "done", ensemble.error
    assert [one["recipe"] for one in ensemble.result["members"]] == [
        "galaxy10-simple", "astrodetector-forest",
    ]  # fmt: skip
    assert sum(one["share"] for one in ensemble.result["members"]) == pytest.approx(1)
    scores = ensemble.result["scores"]
    assert scores["test"]["balanced_accuracy"] > 0.9
    assert ensemble.result["mixed"]["n"] == scores["validation"]["n"]
    assert first_words(ensemble) == ""
    state = training_state(space, ensemble.run_id)
    assert state.epochs == 4
    assert state.best_epoch is None
    assert state.images_per_second is None
    assert set(state.history["member"]) == {0, 1}


def test_its_predictions_are_its_bundles(space, ensemble):
    folder = space.runs / ensemble.run_id
    bundle = load_bundle(folder / "bundle")
    told = pd.read_parquet(folder / "predictions.parquet")
    stack = open_stack(space, open_dataset(space, "sky"), bundle.info.render)
    pixels, _ = stack.take(told["object_id"].tolist())
    answers = bundle.predict(pixels)["label"]
    found = bundle.info.calibration.get("label", {})
    expected = at_temperature(answers, found["temperature"]) if found else answers
    columns = [f"p_{name}" for name in bundle.info.heads[0].outputs]
    np.testing.assert_allclose(told[columns].to_numpy(), expected, atol=1e-5)


def test_an_ensemble_is_handed_on_and_asked(space, ensemble, tmp_path):
    export_model(space, ensemble.run_id, tmp_path / "out.zip")
    model = import_model(space, tmp_path / "out.zip", "together")
    assert model.to_json()["kind"] == "ensemble"
    asked = [
        execute(space, predict_workflow.KIND, {"model": name, "dataset": "sky"}, title="Ask").run_id
        for name in (ensemble.run_id, "together")
    ]
    one, other = (predict_workflow.open_predicted(space, run_id).table() for run_id in asked)
    pd.testing.assert_frame_equal(one, other)
    assert len(one) == N
