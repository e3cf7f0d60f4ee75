"""A trained model is made ready to be handed out, and says what it is."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import pytest
from PIL import Image

from astro_core.classifiers.bundle import load_bundle, read_info
from astro_core.classifiers.bundle_info import CARD
from astro_core.classifiers.quick import open_quick
from astro_core.classifiers.reference import read_reference
from astro_core.datasets.store import open_dataset
from astro_core.runs import execute, get_run
from astro_core.workflows import models
from astro_core.workflows.seen import seen
from astro_core.workflows.ship_model import ship_model
from astro_core.workspace import Workspace

SETTINGS = {"size_px": 32, "crop_px": 0, "width": 8, "stages": 2, "epochs": 8, "views": 1}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """A model that tells round spots from long ones, and its workspace."""
    place = tmp_path_factory.mktemp("ship")
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:32, :32] - 15.5
    for number in range(160):
        long = number % 2
        turn = rng.uniform(0, np.pi)
        a, b = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
        light = 200 * np.exp(-(a**2) / 40 - b**2 / (4 if long else 40)) + rng.normal(8, 3, (32, 32))
        path = place / "sky" / ("long" if long else "round") / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(light.clip(0, 255).astype(np.uint8)).convert("RGB").save(path)
    workspace = Workspace(place / "space").ensure()
    params = {"path": str(place / "sky"), "name": "sky", "reader": "folders"}
    assert execute(workspace, "import", params, title="Import").state == "done"
    params = {"dataset": "sky", "recipe": "fork", "settings": SETTINGS}
    run = execute(workspace, "train", params, title="Train")
    assert run.state == "done", run.error
    folder = place / "models" / "spots"
    ship_model(workspace, get_run(workspace, run.run_id), "spots", folder, "Not for the sky.")
    return workspace, folder


def test_its_card_tells_intervals_and_limits(shipped):
    _, folder = shipped
    card = (folder / CARD).read_text(encoding="utf-8")
    assert "95 % interval" in card
    assert "Not for the sky." in card
    assert read_info(folder).name == "spots"


def test_it_answers_quickly_and_knows_what_it_learned_from(shipped):
    _, folder = shipped
    quick, reference = open_quick(folder), read_reference(folder)
    assert set(reference.datasets) == {"sky"}
    assert 0.1 < reference.framing < 1
    noise = np.random.default_rng(1).integers(0, 255, (5, 32, 32, 3)).astype(np.uint8)
    assert (reference.strangeness(quick.answer(noise)[1]) > 1).all()
    assert all(reference.odd_looks(noise))
    network = load_bundle(folder).model
    for weight in network.weights:
        bits = np.asarray(weight, dtype=np.float32).view(np.uint32)
        assert not (bits & 0xFFFF).any()


def test_it_tells_which_galaxies_it_was_made_with(shipped, monkeypatch):
    workspace, folder = shipped
    monkeypatch.setattr(models, "SHIPPED", folder.parent)
    told = seen(workspace, "spots", read_info(folder), open_dataset(workspace, "sky"))
    assert told.known
    assert (told.parts == "train").sum() == len(read_reference(folder).object_ids)
    assert 0 < (told.parts == "").sum() < 40  # those it was tested on


def test_a_shipped_model_is_found_unless_one_has_its_own_of_that_name(shipped, monkeypatch):
    workspace, folder = shipped
    monkeypatch.setattr(models, "SHIPPED", folder.parent)
    told = {model.name: model.source for model in models.list_models(workspace)}
    assert told["spots"] == "shipped"
    assert models.find_model(workspace, "spots") == folder
    models.export_model(workspace, "spots", folder.parent / "spots.zip")
    models.import_model(workspace, folder.parent / "spots.zip", "spots")
    sources = [model.source for model in models.list_models(workspace) if model.name == "spots"]
    assert sources == ["own"]
    assert models.find_model(workspace, "spots") == workspace.models / "spots"
