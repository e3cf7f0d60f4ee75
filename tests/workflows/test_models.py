"""Models of a workspace on a toy sky: the spot is on the left or on the right."""

import shutil

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from astro_core.classifiers.bundle import load_bundle, read_info
from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.layouts import part_root
from astro_core.datasets.store import open_dataset
from astro_core.errors import BadInputError, ConflictError, NotFoundError
from astro_core.evaluation.calibration import at_temperature
from astro_core.runs import execute
from astro_core.workflows.models import export_model, find_model, import_model, list_models
from astro_core.workflows.predict import open_predicted, predict_dataset
from astro_core.workflows.stack import stamps
from astro_core.workflows.training_plan import plan_training
from astro_core.workspace import Workspace, read_json

pytestmark = pytest.mark.usefixtures("shipped")
N = 640  # a tenth of the training part is enough for calibration
NEW = 14
SETTINGS = {"size_px": 16, "n_estimators": 10, "seed": 3}


def draw(folder, n, seed):
    """A sky with so much noise that trees disagree."""
    rng = np.random.default_rng(seed)
    for number in range(n):
        kind = number % 2
        pixels = rng.integers(0, 120, (16, 16, 3)).astype(np.uint8)
        pixels[6:9, (2 if kind else 9) : (7 if kind else 14)] += 60
        path = folder / ("left" if kind else "right") / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    place = tmp_path_factory.mktemp("models")
    workspace = Workspace(place / "space").ensure()
    for name, n, seed in (("sky", N, 0), ("new", NEW, 1)):
        draw(place / name, n, seed)
        params = {"path": str(place / name), "name": name, "reader": "folders"}
        assert execute(workspace, "import", params, title="Import").state == "done"
    return workspace


@pytest.fixture(scope="module")
def run(space):
    params = {"dataset": "sky", "recipe": "astrodetector-forest", "settings": SETTINGS}
    run = execute(space, "train", params, title="Train")
    assert run.state == "done", run.error
    return run


@pytest.fixture
def own(space, run, tmp_path):
    export_model(space, run.run_id, tmp_path / "m.zip")
    yield import_model(space, tmp_path / "m.zip", "My forest")
    shutil.rmtree(space.models / "My forest", ignore_errors=True)


def test_a_forest_is_trained_judged_and_kept(space, run):
    assert run.result["scores"]["test"]["balanced_accuracy"] > 0.9
    history = read_json(space.runs / run.run_id / "history.json")
    assert [entry["epoch"] for entry in history] == [4, 8, 10]
    assert read_info(find_model(space, run.run_id)).kind == "forest"
    table = pd.read_parquet(space.runs / run.run_id / "predictions.parquet")
    assert set(table.columns) == {"object_id", "label", "part", "p_left", "p_right"}


def test_a_setting_that_a_forest_does_not_obey_is_refused(space):
    with pytest.raises(BadInputError, match="no setting named 'epochs'"):
        plan_training("astrodetector-forest", {"epochs": 3})


def test_models_are_listed_the_own_ones_first(space, run, own):
    found = list_models(space)
    assert [m.source for m in found] == ["own", "run", *["shipped"] * (len(found) - 2)]
    assert [m.name for m in found[:2]] == ["My forest", run.run_id]
    told = found[0].to_json()
    assert told["classes"] == ["left", "right"]
    assert told["heads"] == [{"name": "label", "kind": "classes", "outputs": ["left", "right"]}]
    assert told["calibrated"]
    assert find_model(space, "My forest") == own.folder


def test_a_broken_model_is_listed_with_its_problem(space, own):
    path = own.folder / "bundle.json"
    path.write_text(path.read_text().replace('"grey": true', '"grey": false'))
    broken = next(m for m in list_models(space) if m.name == "My forest")
    assert broken.info is None
    assert "another one than was saved" in broken.problem
    assert broken.to_json()["classes"] == []
    with pytest.raises(BadInputError, match="another one"):
        predict_dataset(space, "My forest", "new")


def test_what_is_no_model_is_said_to_be_none(space, run):
    with pytest.raises(NotFoundError, match=f"one of {run.run_id}"):
        find_model(space, "magic")
    for name in ("../sky", "", "a/b", ".."):
        with pytest.raises(BadInputError, match="cannot be named"):
            find_model(space, name)
    with pytest.raises(NotFoundError, match="one of demo-morphology"):
        find_model(Workspace(space.root / "empty"), "magic")


def test_a_name_that_is_taken_or_none_is_refused(space, own, tmp_path):
    with pytest.raises(ConflictError, match="already"):
        import_model(space, tmp_path / "m.zip", "My forest")
    with pytest.raises(BadInputError, match="cannot be named"):
        import_model(space, tmp_path / "m.zip", "../x")
    with pytest.raises(BadInputError, match=r"ends in \.zip"):
        export_model(space, "My forest", tmp_path / "m.tar")


def test_every_galaxy_of_another_dataset_is_answered_by_id(space, run, own):
    dataset = open_dataset(space, "new")
    asked = {"model": "My forest", "dataset": "new"}
    done = execute(space, "predict", asked, title="Predict")
    assert done.state == "done", done.error
    assert done.result["n_objects"] == NEW
    assert done.result["calibrated"]
    found = open_predicted(space, done.run_id)
    table = found.table()
    assert list(table.columns) == ["object_id", "p_left", "p_right"]
    bundle = load_bundle(own.folder)
    images, _ = stamps(space, dataset, bundle.info.render, list(table["object_id"]))
    values = at_temperature(
        bundle.predict(images)["label"], bundle.info.calibration["label"]["temperature"]
    )
    np.testing.assert_allclose(table[["p_left", "p_right"]], values, atol=1e-6)
    assert found.problems.empty


def test_a_galaxy_that_cannot_be_shown_is_named_and_left_out(space, run, tmp_path):
    draw(tmp_path / "gaps", 6, 2)
    params = {"path": str(tmp_path / "gaps"), "name": "gaps", "reader": "folders"}
    assert execute(space, "import", params, title="Import").state == "done"
    dataset = open_dataset(space, "gaps")
    row = read_catalogue(dataset).iloc[2]
    (part_root(dataset.folder, dataset.parts[0]) / row["file"]).write_bytes(b"nothing")
    done = execute(space, "predict", {"model": run.run_id, "dataset": "gaps"}, title="Predict")
    assert done.state == "done", done.error
    found = open_predicted(space, done.run_id)
    assert list(found.problems["object_id"]) == [row["object_id"]]
    assert len(found.table()) == 5 == done.result["n_objects"]
    assert row["object_id"] not in set(found.table()["object_id"])


def test_another_kind_of_run_has_no_answers(space, run):
    with pytest.raises(BadInputError, match="is no finished run of a model"):
        open_predicted(space, run.run_id)
