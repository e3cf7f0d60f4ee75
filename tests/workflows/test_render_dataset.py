import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from astro_core.datasets.catalogue import read_catalogue
from astro_core.domain import Cancelled, RenderRecipe
from astro_core.runs import execute
from astro_core.workflows import object_rows
from astro_core.workflows.render_dataset import file_names
from astro_core.workflows.stack import stamps

RECIPE = RenderRecipe(size_px=16, transform="lupton", stretch=0.4)


def write(workspace, dataset, out, **options):
    params = {"dataset": dataset.name, "recipe": RECIPE.to_json(), "out": str(out)}
    return execute(workspace, "render", params, title="test", **options)


@pytest.mark.parametrize("stacked", [False, True])
def test_images_named_by_object(survey_space, survey, tmp_path, stacked):
    if stacked:
        params = {"dataset": survey.name, "recipe": RECIPE.to_json()}
        execute(survey_space, "pixels", params, title="stack")
    run = write(survey_space, survey, tmp_path / "out" / "images")
    assert run.state == "done", run.error
    assert (run.result["n_written"], run.result["n_bad"]) == (59, 1)
    assert "9.png" in run.result["problems"][0]["reason"]
    ids = list(read_catalogue(survey, ["object_id"])["object_id"])
    images, ok = stamps(survey_space, survey, RECIPE, ids)
    folder = tmp_path / "out" / "images"
    for object_id, image, good in zip(ids, images, ok, strict=True):
        path = folder / f"{object_id}.png"
        assert path.exists() == good
        if good:
            with Image.open(path) as picture:
                np.testing.assert_array_equal(np.asarray(picture), image)
    with (folder / "problems.csv").open() as stream:
        assert [row["object_id"] for row in csv.DictReader(stream)] == [ids[9]]
    assert len(list(folder.iterdir())) == 60


def test_files_of_others_stay(survey_space, survey, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    write(survey_space, survey, tmp_path)
    assert write(survey_space, survey, tmp_path).state == "done"
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("existed", [False, True])
def test_a_cancelled_rendering_leaves_the_folder_as_it_was(
    survey_space, survey, tmp_path, monkeypatch, existed
):
    monkeypatch.setattr(object_rows, "_CHUNK_ROWS", 16)
    out = tmp_path / "images"
    if existed:
        out.mkdir()
        (out / "old.png").write_bytes(b"old")

    def stop(done, _total, _message=""):
        if done >= 32:
            raise Cancelled

    assert write(survey_space, survey, out, on_progress=stop).state == "cancelled"
    assert out.exists() == existed
    if existed:
        assert [p.name for p in out.iterdir()] == ["old.png"]


def test_a_folder_that_cannot_be_written_is_told(survey_space, survey, tmp_path):
    (tmp_path / "file").write_text("no folder")
    run = write(survey_space, survey, tmp_path / "file")
    assert run.state == "failed"
    assert "cannot be written" in run.error


def test_a_missing_band_stops_before_anything_is_written(survey_space, survey, tmp_path):
    params = {"dataset": survey.name, "recipe": {"red": "F660"}, "out": str(tmp_path / "out")}
    run = execute(survey_space, "render", params, title="test")
    assert run.state == "failed"
    assert "F660" in run.error
    assert not (tmp_path / "out").exists()


def test_plain_ids_keep_their_names():
    assert file_names(["587722", "T80_0123", "a.b-c"]) == [
        "587722.png",
        "T80_0123.png",
        "a.b-c.png",
    ]


@given(st.lists(st.text(max_size=200), unique=True, max_size=12))
def test_names_are_safe_and_distinct(ids):
    names = file_names(ids)
    assert len({name.lower() for name in names}) == len(ids)
    for name in names:
        assert "/" not in name
        assert not name.startswith(".")
        assert name.isascii()
        assert len(name) < 160


def test_ids_that_differ_by_case_get_two_files():
    first, second = file_names(["Ngc", "nGC"])
    assert first == "Ngc.png"
    assert second.startswith("nGC-")
