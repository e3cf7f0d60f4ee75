import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.layouts import read_pixels
from astro_core.datasets.store import delete_dataset
from astro_core.domain import Cancelled, RenderRecipe
from astro_core.errors import BadInputError, NotFoundError
from astro_core.imaging import render
from astro_core.runs import execute
from astro_core.workflows import build_stack, object_rows
from astro_core.workflows.stack import open_stack, stack_path, stamps

BAD = 9


def build(workspace, dataset, recipe, **options):
    params = {"dataset": dataset.name, "recipe": recipe.to_json()}
    return execute(workspace, "pixels", params, title="test", **options)


def leftovers(workspace):
    return [p for p in workspace.scratch.rglob("*") if p.is_file()]


def rendered_one_by_one(dataset, recipe):
    for i, row in enumerate(read_catalogue(dataset).to_dict("records")):
        if i == BAD:
            yield np.zeros((recipe.size_px, recipe.size_px, 3), np.uint8)
        else:
            yield render(read_pixels(dataset, row), recipe)


def test_a_stack_is_every_object_rendered_in_catalogue_order(survey_space, survey):
    recipe = RenderRecipe(size_px=20, crop_px=18)
    assert open_stack(survey_space, survey, recipe) is None
    run = build(survey_space, survey, recipe)
    assert run.state == "done", run.error
    assert run.result["n_objects"] == survey.n_objects
    assert run.result["n_bad"] == 1
    stack = open_stack(survey_space, survey, recipe)
    assert list(stack.object_ids) == list(read_catalogue(survey)["object_id"])
    assert isinstance(stack.pixels, np.memmap)
    assert not stack.pixels.flags.writeable
    for i, image in enumerate(rendered_one_by_one(survey, recipe)):
        np.testing.assert_array_equal(stack.pixels[i], image)


def test_a_bad_object_is_zeros_with_a_reason(survey_space, survey):
    build(survey_space, survey, survey.recipe)
    stack = open_stack(survey_space, survey, survey.recipe)
    assert np.flatnonzero(~stack.ok).tolist() == [BAD]
    assert not stack.pixels[BAD].any()
    problem = stack.problems.iloc[0]
    assert problem["object_id"] == stack.object_ids[BAD]
    assert problem["file"] == "9.png"
    assert "9.png" in problem["reason"]
    assert stack.image(stack.object_ids[BAD])[1] == problem["reason"]


def test_stamps_are_the_same_with_and_without_a_stack(survey_space, survey):
    recipe = replace(survey.recipe, transform="lupton", stretch=0.3, Q=5.0)
    ids = list(read_catalogue(survey)["object_id"])
    asked = [ids[40], ids[BAD], ids[0], ids[40]]
    images, ok = stamps(survey_space, survey, recipe, asked)
    build(survey_space, survey, recipe)
    from_stack, ok_from_stack = stamps(survey_space, survey, recipe, asked)
    np.testing.assert_array_equal(images, from_stack)
    assert ok.tolist() == ok_from_stack.tolist() == [True, False, True, True]
    assert from_stack.flags.writeable
    assert stamps(survey_space, survey, recipe, [])[0].shape == (0, 16, 16, 3)


@pytest.mark.parametrize("stacked", [False, True])
def test_an_unknown_object_is_named(survey_space, survey, stacked):
    if stacked:
        build(survey_space, survey, survey.recipe)
    with pytest.raises(NotFoundError, match="'nobody'"):
        stamps(survey_space, survey, survey.recipe, ["nobody"])


def test_another_recipe_is_another_stack_but_another_name_is_not(survey_space, survey):
    recipe = survey.recipe
    here = stack_path(survey_space, survey, recipe)
    assert here.name == f"{survey.fingerprint}-{recipe.key}"
    assert stack_path(survey_space, survey, replace(recipe, name="other")) == here
    assert stack_path(survey_space, survey, replace(recipe, size_px=17)) != here


def test_a_stack_is_made_once(survey_space, survey):
    first = build(survey_space, survey, survey.recipe).result
    made_at = (stack_path(survey_space, survey, survey.recipe) / "pixels.npy").stat().st_mtime_ns
    again = execute(survey_space, "pixels", {"dataset": survey.name}, title="its own recipe")
    assert again.result == first
    path = stack_path(survey_space, survey, survey.recipe) / "pixels.npy"
    assert path.stat().st_mtime_ns == made_at


def test_a_stack_that_was_deleted_and_made_again_is_read_anew(survey_space, survey):
    build(survey_space, survey, survey.recipe)
    before = open_stack(survey_space, survey, survey.recipe)
    shutil.rmtree(stack_path(survey_space, survey, survey.recipe))
    assert open_stack(survey_space, survey, survey.recipe) is None
    build(survey_space, survey, survey.recipe)
    after = open_stack(survey_space, survey, survey.recipe)
    assert after is not before
    np.testing.assert_array_equal(after.pixels, before.pixels)
    assert open_stack(survey_space, survey, survey.recipe) is after


def test_progress_counts_objects(survey_space, survey, monkeypatch):
    monkeypatch.setattr(object_rows, "_CHUNK_ROWS", 16)
    seen = []
    build(
        survey_space,
        survey,
        survey.recipe,
        on_progress=lambda done, total, message="": seen.append((done, total)),
    )
    assert seen == [(n, 60) for n in (0, 16, 32, 48, 60)]


def test_a_cancelled_stack_leaves_nothing(survey_space, survey, monkeypatch):
    monkeypatch.setattr(object_rows, "_CHUNK_ROWS", 16)

    def stop(done, _total, _message=""):
        if done >= 32:
            raise Cancelled

    run = build(survey_space, survey, survey.recipe, on_progress=stop)
    assert run.state == "cancelled"
    assert list(survey_space.stacks.iterdir()) == []
    assert leftovers(survey_space) == []


def test_a_full_disk_is_told_before_work_begins(survey_space, survey, monkeypatch):
    usage = shutil.disk_usage(survey_space.root)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    run = build(survey_space, survey, survey.recipe)
    assert run.state == "failed"
    assert "room on the disk" in run.error
    assert leftovers(survey_space) == []


def test_images_that_came_back_are_taken_on_request(survey_space, survey):
    picture = survey.folder / "files" / "3.png"
    content = picture.read_bytes()
    picture.unlink()
    build(survey_space, survey, survey.recipe)
    before = open_stack(survey_space, survey, survey.recipe)
    assert np.flatnonzero(~before.ok).tolist() == [3, BAD]
    picture.write_bytes(content)
    params = {"dataset": survey.name, "recipe": survey.recipe.to_json(), "again": True}
    assert execute(survey_space, "pixels", params, title="again").result["n_bad"] == 1
    after = open_stack(survey_space, survey, survey.recipe)
    assert after.ok[3]
    assert after.pixels[3].any()
    assert not before.pixels[3].any()
    assert leftovers(survey_space) == []


def test_a_stack_of_nothing_is_not_kept(survey_space, survey):
    recipe = replace(survey.recipe, red="F660")
    run = build(survey_space, survey, recipe)
    assert run.state == "failed"
    assert "Not one of the 60 objects" in run.error
    assert "F660" in run.error
    assert open_stack(survey_space, survey, recipe) is None


def test_a_dataset_deleted_meanwhile_leaves_no_stack(survey_space, survey, monkeypatch):
    monkeypatch.setattr(object_rows, "_CHUNK_ROWS", 30)

    def delete(done, _total, _message=""):
        if done == 60:
            delete_dataset(survey_space, survey.name)

    run = build(survey_space, survey, survey.recipe, on_progress=delete)
    assert run.state == "failed"
    assert "changed or was deleted" in run.error
    assert list(survey_space.stacks.iterdir()) == []


def test_deleting_a_dataset_deletes_its_stacks(survey_space, survey):
    build(survey_space, survey, survey.recipe)
    delete_dataset(survey_space, survey.name)
    assert list(survey_space.stacks.iterdir()) == []


BUILD_WHEN_TOLD = """
import sys
from pathlib import Path
from astro_core.runs import execute
from astro_core.workspace import Workspace

print("ready", flush=True)
sys.stdin.readline()
run = execute(Workspace(Path(sys.argv[1])), "pixels", {"dataset": sys.argv[2]}, title="at once")
print(run.state, run.error)
"""


def test_two_processes_may_make_the_same_stack_at_once(survey_space, survey):
    command = [sys.executable, "-c", BUILD_WHEN_TOLD, str(survey_space.root), survey.name]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as one, subprocess.Popen(command, **pipes) as two:
        assert [p.stdout.readline() for p in (one, two)] == ["ready\n"] * 2
        for process in (one, two):
            process.stdin.write("go\n")
            process.stdin.flush()
        assert [p.communicate(timeout=60)[0].strip() for p in (one, two)] == ["done"] * 2
    stack = open_stack(survey_space, survey, survey.recipe)
    for i, image in enumerate(rendered_one_by_one(survey, survey.recipe)):
        np.testing.assert_array_equal(stack.pixels[i], image)
    assert len(list(survey_space.stacks.iterdir())) == 1
    assert leftovers(survey_space) == []


def test_who_comes_second_keeps_the_first_stack(survey_space, survey, monkeypatch):
    build(survey_space, survey, survey.recipe)
    first = stack_path(survey_space, survey, survey.recipe)
    made = survey_space.scratch_folder("second")
    shutil.copytree(first, made, dirs_exist_ok=True)
    inode = (first / "pixels.npy").stat().st_ino
    build_stack._publish_first(made, first)
    assert (first / "pixels.npy").stat().st_ino == inode


def test_a_bad_recipe_fails_in_words(survey_space, survey):
    params = {"dataset": survey.name, "recipe": {"size_px": 4}}
    run = execute(survey_space, "pixels", params, title="bad")
    assert run.state == "failed"
    assert "Size" in run.error
    with pytest.raises(BadInputError):
        RenderRecipe.from_json({"size_px": 4})
