"""A trained network is written for other programs, and what that costs is written beside it."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from astro_core.classifiers.bundle import read_info
from astro_core.classifiers.export_formats import EXPORTS
from astro_core.errors import BadInputError, NotFoundError
from astro_core.runs import execute
from astro_core.workflows.model_export import (
    list_exports,
    open_export,
    save_export,
    submit_export,
)
from astro_core.workflows.model_export_run import check_kind
from astro_core.workflows.models import export_model, import_model
from astro_core.workspace import Workspace

SETTINGS = {
    "size_px": 16, "crop_px": 0, "epochs": 1, "filters": [4], "kernels": [3], "strides": [1],
    "pools": [2], "dense": [4], "rotation_deg": 0, "shift": 0, "shear_deg": 0, "zoom": 0,
}  # fmt: skip


def draw(folder):
    rng = np.random.default_rng(0)
    for number in range(60):
        pixels = rng.integers(0, 60, (16, 16, 3)).astype(np.uint8)
        pixels[5:11, (2 if number % 2 else 9) : (7 if number % 2 else 14)] += 150
        path = folder / ("left" if number % 2 else "right") / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    place = tmp_path_factory.mktemp("exports")
    draw(place / "pictures")
    workspace = Workspace(place / "space").ensure()
    params = {"path": str(place / "pictures"), "name": "sky", "reader": "folders"}
    assert execute(workspace, "import", params, title="Import").state == "done"
    return workspace


@pytest.fixture(scope="module")
def network(space):
    params = {"dataset": "sky", "recipe": "galaxy10-dropout", "settings": SETTINGS}
    run = execute(space, "train", params, title="Train")
    assert run.state == "done", run.error
    return run.run_id


def exported(space, model, name):
    return execute(space, "export-model", {"model": model, "format": name}, title="Export")


@pytest.fixture(scope="module")
def eight_bit(space, network):
    run = exported(space, network, "litert-int8")
    assert run.state == "done", run.error
    return run


def test_the_cost_is_measured_on_the_galaxies_of_the_validation_part(space, network, eight_bit):
    parts = pd.read_parquet(space.runs / network / "parts.parquet")["part"]
    label = eight_bit.result["heads"]["label"]
    assert label["n"] == eight_bit.result["n"] == (parts == "validation").sum()
    assert eight_bit.result["size_bytes"] < eight_bit.result["keras_bytes"]
    log = (space.runs / eight_bit.run_id / "log.txt").read_text()
    assert f"{(parts == 'train').sum()} galaxies of the training part" in log


def test_an_export_holds_all_that_using_it_takes(space, network, eight_bit):
    found = open_export(space, eight_bit.run_id)
    assert found.spec is EXPORTS.get("litert-int8")
    assert found.facts["render"]["size_px"] == 16
    assert found.facts["heads"][0]["outputs"] == ["left", "right"]
    assert f"accuracy {found.cost['heads']['label']['export']:.4f}" in found.card
    pixels = np.zeros((2, 16, 16, 3), dtype=np.float32)
    answers = found.spec.open(found.file).predict_on_batch(pixels)
    assert answers["label"].shape == (2, 2)
    assert [run.run_id for run in list_exports(space, network)] == [eight_bit.run_id]


def test_an_export_is_saved_with_its_card_and_facts(space, eight_bit, tmp_path):
    written = save_export(space, eight_bit.run_id, tmp_path / "new" / "small.tflite")
    assert [path.name for path in written] == ["small.tflite", "small.md", "small.json"]
    assert {path.name for path in (tmp_path / "new").iterdir()} == {p.name for p in written}
    assert "small.tflite" in written[1].read_text()
    assert "small.json" in written[1].read_text()
    assert json.loads(written[2].read_text())["format"] == "litert-int8"
    with pytest.raises(BadInputError, match=r"ends in \.tflite"):
        save_export(space, eight_bit.run_id, tmp_path / "small.onnx")


def test_without_its_galaxies_a_model_is_exported_unmeasured_or_not_at_all(
    space, network, tmp_path
):
    export_model(space, network, tmp_path / "m.zip")
    elsewhere = Workspace(tmp_path / "elsewhere").ensure()
    import_model(elsewhere, tmp_path / "m.zip", "mine")
    refused = exported(elsewhere, "mine", "litert-int8")
    assert refused.state == "failed"
    assert (
        "needs galaxies of the training part. Got There is no dataset named 'sky'" in refused.error
    )
    done = exported(elsewhere, "mine", "onnx")
    assert done.state == "done", done.error
    assert done.result["heads"] == {}
    assert "not measured: There is no dataset" in open_export(elsewhere, done.run_id).card


def test_what_cannot_be_exported_is_said_before_a_run(space, network, tmp_path):
    with pytest.raises(NotFoundError, match="no export format named 'tea'"):
        submit_export(space, network, "tea")
    with pytest.raises(NotFoundError, match="no model 'magic'"):
        submit_export(space, "magic", "onnx")
    with pytest.raises(BadInputError, match="is no finished export"):
        open_export(space, network)
    forest = replace(read_info(space.runs / network / "bundle"), kind="forest")
    with pytest.raises(BadInputError, match="can only be exported as zip"):
        check_kind(forest)
