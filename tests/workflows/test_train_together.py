"""Two toy skies teach one network, a head each; a galaxy that one keeps aside teaches nothing."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from astro_core.classifiers.bundle import load_bundle
from astro_core.datasets.store import open_dataset
from astro_core.errors import BadInputError
from astro_core.runs import execute
from astro_core.runs.context import map_here
from astro_core.runs.folder import RunFolder
from astro_core.runs.perform import perform
from astro_core.workflows.train import DATASETS, PARTS_FILE
from astro_core.workflows.train_together import KIND, submit_training_together
from astro_core.workspace import Workspace, read_json, write_json

SETTINGS = {"size_px": 32, "crop_px": 32, "width": 4, "stages": 2, "epochs": 2, "views": 1}
HEADS = {"side": "sides", "height": ["heights"]}


def draw(place, kinds, n, seed):
    """A spot left or right, or above or below; each picture with its own faint clouds."""
    rng = np.random.default_rng(seed)
    for number in range(n):
        kind = number % 2
        pixels = rng.integers(0, 90, (4, 4)).astype(np.uint8).repeat(8, 0).repeat(8, 1)
        spot = (slice(12, 20), slice(2 + 20 * kind, 10 + 20 * kind))
        pixels[spot if kinds[0] == "left" else spot[::-1]] = 255
        path = place / kinds[kind] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).convert("RGB").save(path)


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    place = tmp_path_factory.mktemp("together")
    workspace = Workspace(place / "space").ensure()
    draw(place / "sides", ("left", "right"), 60, 0)
    draw(place / "heights", ("above", "below"), 60, 1)
    twin = Image.open(place / "sides" / "left" / "0.png").point(lambda v: v * 0.9)
    for number in range(60, 64):  # one galaxy of the other survey, in another rendering
        twin.save(place / "heights" / "above" / f"{number}.png")
    for name in ("sides", "heights"):
        params = {"path": str(place / name), "name": name, "reader": "folders"}
        assert execute(workspace, "import", params, title="Import").state == "done"
    return workspace


@pytest.fixture(scope="module")
def run(space):
    params = {"heads": HEADS, "recipe": "fork", "settings": SETTINGS}
    run = execute(space, KIND, params, title="Together")
    assert run.state == "done", run.error
    return run


def parts_of(space, run):
    return pd.read_parquet(space.runs / run.run_id / PARTS_FILE).set_index("object_id")["part"]


def test_each_head_is_taught_by_its_own_dataset_and_judged_there(space, run):
    bundle = load_bundle(space.runs / run.run_id / "bundle")
    assert {head.name: head.outputs for head in bundle.info.heads} == {
        "side": ("left", "right"),
        "height": ("above", "below"),
    }
    assert bundle.info.dataset == "sides + heights"
    scores, parts = run.result["scores"]["test"], parts_of(space, run)
    tested = parts[parts == "test"].index.str
    assert scores["n"] == tested.startswith("sides/").sum()
    assert scores["n_height"] == tested.startswith("heights/").sum()
    assert 0 <= scores["accuracy_height"] <= 1


def test_a_galaxy_that_another_dataset_keeps_aside_is_in_no_part(space, run):
    parts = parts_of(space, run)
    twins = [f"heights/{number}" for number in range(60, 64)]
    if parts["sides/0"] == "train":
        assert not run.result["n_twins"]
    else:
        assert not (parts[parts.index.isin(twins)] == "train").any()
    assert len(parts) == open_dataset(space, "sides").n_objects + 64


def test_it_does_not_go_on_when_one_of_the_datasets_was_changed(space, run):
    began = read_json(space.runs / run.run_id / DATASETS)
    store = RunFolder.create(space, kind=KIND, params=run.params, title="Together")
    write_json(store.path / DATASETS, began | {"heights": "as it was"})
    perform(store, mapper=map_here)
    assert "'heights' was changed since this training began" in store.read().error


def test_what_cannot_be_trained_together_is_refused(space):
    with pytest.raises(BadInputError, match="Two datasets"):
        submit_training_together(space, {"side": "sides"}, "fork", SETTINGS)
    with pytest.raises(BadInputError):
        submit_training_together(space, HEADS | {"votes": "sides"}, "fork", SETTINGS)
    with pytest.raises(BadInputError, match="one head with classes"):
        submit_training_together(space, HEADS | {"again": "sides"}, "fork", SETTINGS)
