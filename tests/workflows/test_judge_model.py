"""A model judged by a dataset that it was not trained on: a spot on the left or on the right."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from typer.testing import CliRunner

from astro_core.classifiers.bundle_info import read_info
from astro_core.cli import cli
from astro_core.datasets.store import open_dataset
from astro_core.domain import Head
from astro_core.errors import BadInputError, NotFoundError
from astro_core.runs import execute
from astro_core.workflows import judge_model
from astro_core.workflows.answer_files import UNSEEN, about, judged_runs, predictions
from astro_core.workflows.evaluate import evaluate
from astro_core.workflows.judge_model import answers_of, judged_words
from astro_core.workflows.match_answers import match
from astro_core.workflows.models import export_model, find_model, import_model
from astro_core.workflows.seen import LEARNED, seen
from astro_core.workspace import Workspace

N, NEW = 120, 40
SETTINGS = {"size_px": 16, "n_estimators": 10, "seed": 3}


def draw(folder, n, seed, *, names=("left", "right"), first=0):
    rng = np.random.default_rng(seed)
    for number in range(first, first + n):
        left = number % 2 == 0
        pixels = rng.integers(0, 120, (16, 16, 3)).astype(np.uint8)
        pixels[6:9, (2 if left else 9) : (7 if left else 14)] += 60
        path = folder / names[number % len(names)] / f"{number:06d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)


def taken_in(workspace, place, name):
    params = {"path": str(place / name), "name": name, "reader": "folders"}
    done = execute(workspace, "import", params, title="Import")
    assert done.state == "done", done.error


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    place = tmp_path_factory.mktemp("judging")
    workspace = Workspace(place / "space").ensure()
    draw(place / "sky", N, 0)
    draw(place / "Else", NEW, 1, names=("Left", "right", "left", "merger"), first=N)
    shutil.copytree(place / "sky", place / "mixed")  # the same pictures ...
    draw(place / "mixed", NEW, 2, first=N)  # ... and new ones
    draw(place / "other", 12, 4, names=("ring", "bar"))
    for name in ("sky", "Else", "mixed", "other"):
        taken_in(workspace, place, name)
    return workspace


@pytest.fixture(scope="module")
def run(space):
    params = {"dataset": "sky", "recipe": "astrodetector-forest", "settings": SETTINGS}
    run = execute(space, "train", params, title="Train")
    assert run.state == "done", run.error
    return run


@pytest.fixture
def here(monkeypatch):
    """Runs are done at once, in this process."""
    asked = []

    def submit(workspace, kind, params, *, title):
        done = execute(workspace, kind, params, title=title)
        assert done.state == "done", done.error
        asked.append(done.run_id)
        return done.run_id

    monkeypatch.setattr(judge_model.runs.control, "submit", submit)
    return asked


def test_a_training_judged_by_its_own_dataset_is_not_asked_again(space, run, here):
    assert answers_of(space, run.run_id) == answers_of(space, run.run_id, "sky") == run.run_id
    assert here == []


def test_classes_are_matched_by_name_and_the_rest_is_said(space, run, here):
    judged = answers_of(space, run.run_id, "Else")
    assert answers_of(space, run.run_id, "Else") == judged  # found again
    assert answers_of(space, judged) == judged
    assert len(here) == 1
    head = about(space, judged).heads[0]
    assert set(head.outputs) <= {"left", "Left", "right"}
    told = judge_model.runs.get_run(space, judged).result
    assert told["n_seen"] == 0
    assert told["unknown_classes"]["merger"] == 10
    (note,) = judged_words(told, "test")
    assert "merger (10)" in note
    assert evaluate(space, judged, split="all").classes.accuracy > 0.8
    (listed,) = judged_runs(space, open_dataset(space, "Else"))
    assert listed.run_id == judged


def test_galaxies_that_it_learned_from_are_left_out_and_counted(space, run, here):
    judged = answers_of(space, run.run_id, "mixed")
    result = judge_model.runs.get_run(space, judged).result
    parts = pd.read_parquet(space.runs / run.run_id / "parts.parquet").set_index("object_id")
    learned = int(parts["part"].isin(LEARNED).sum())
    assert result["n_seen"] == learned
    fresh = predictions(space, judged, UNSEEN)
    assert len(fresh) == N + NEW - learned
    assert not parts["part"].reindex(fresh["object_id"]).isin(LEARNED).any()
    assert f"{learned:,} of {N + NEW} galaxies were used to train it and are left out." in (
        judged_words(result, "test")
    )
    assert "the scores flatter" in judged_words(result, "all")[0]
    assert evaluate(space, judged, split="unseen").scores()["n"] == len(fresh)


def test_of_several_heads_the_one_is_judged_whose_classes_the_galaxies_have(space, run):
    info = read_info(find_model(space, run.run_id))
    names = {"far": ("ring", "merger"), "near": ("left", "right"), "none": ("smooth", "odd")}
    heads = tuple(Head(name=k, kind="classes", outputs=v) for k, v in names.items())
    several = replace(info, heads=heads, calibration={})
    told = match(several, open_dataset(space, "Else"))
    assert [head.name for head in told.heads] == ["near"]
    assert told.unknown["merger"] == 10
    with pytest.raises(BadInputError, match="says nothing"):
        match(replace(several, heads=heads[2:]), open_dataset(space, "Else"))


def test_nothing_in_common_is_said_before_anything_is_done(space, run, here):
    with pytest.raises(BadInputError, match=r"says nothing that the model.*left, right"):
        answers_of(space, run.run_id, "other")
    with pytest.raises(NotFoundError, match="no dataset"):
        answers_of(space, run.run_id, "gone")
    with pytest.raises(NotFoundError, match="no model"):
        answers_of(space, "gone", "sky")
    assert here == []


def test_an_imported_model_is_judged_by_what_its_training_left_aside(space, run, here, tmp_path):
    """Its run is gone: the parts are dealt again, from the data and the seed."""
    export_model(space, run.run_id, tmp_path / "m.zip")
    own = import_model(space, tmp_path / "m.zip", "forest")
    folder = space.runs / run.run_id / "parts.parquet"
    kept = folder.read_bytes()
    try:
        before = seen(space, run.run_id, own.info, open_dataset(space, "sky")).parts
        folder.unlink()
        after = seen(space, "forest", own.info, open_dataset(space, "sky"))
        assert after.known
        np.testing.assert_array_equal(after.parts, before)
        judged = answers_of(space, "forest")
        assert evaluate(space, judged).scores()["n"] == run.result["scores"]["test"]["n"]
    finally:
        folder.write_bytes(kept)
        shutil.rmtree(own.folder)


def test_one_that_several_datasets_taught_has_seen_its_galaxies(space, run):
    info = replace(read_info(find_model(space, run.run_id)), dataset="sky + Else", fingerprint="x")
    sky = open_dataset(space, "sky")
    parts = pd.read_parquet(space.runs / run.run_id / "parts.parquet")
    elsewhere = parts.assign(object_id="Else/" + parts["object_id"], part="train")
    folder = space.runs / "taught-together"
    folder.mkdir()
    try:
        both = pd.concat([parts.assign(object_id="sky/" + parts["object_id"]), elsewhere])
        both.to_parquet(folder / "parts.parquet")
        found = seen(space, "taught-together", info, sky)
        alone = seen(space, run.run_id, read_info(find_model(space, run.run_id)), sky)
        assert (alone.parts == "train").any()
        np.testing.assert_array_equal(found.parts, alone.parts)
    finally:
        shutil.rmtree(folder)


def test_names_alone_are_no_proof_unless_they_are_a_surveys(space, run):
    info = read_info(find_model(space, run.run_id))
    ours = pd.DataFrame(
        {
            "object_id": ["a-1", "587722981733826738", "587722981733826739", "b"],
            "ra_deg": [np.nan, np.nan, 10.0, 359.9999],
            "dec_deg": [np.nan, np.nan, 2.0, 0.0],
        }
    )
    theirs = ours.assign(ra_deg=[np.nan, np.nan, 10.1, 0.0])
    from astro_core.workflows import seen as module

    assert module._same_place(ours, theirs).tolist() == [False, True, False, True]
    assert match(info, open_dataset(space, "sky")).unknown == {}


def test_the_command_says_what_is_left_out_and_prints_one_value(space, run, monkeypatch, here):
    monkeypatch.setenv("TUNINGFORK_WORKSPACE", str(space.root))
    asked = ["evaluate", run.run_id, "--dataset", "mixed", "--split", "unseen", "--json"]
    done = CliRunner().invoke(cli, asked)
    told = json.loads(done.stdout)
    assert told["accuracy"] > 0.8
    assert told["notes"]
    assert told["notes"][0] in done.stderr
    wrong = CliRunner().invoke(cli, ["evaluate", run.run_id, "--split", "tset"])
    assert isinstance(wrong.exception, BadInputError)
