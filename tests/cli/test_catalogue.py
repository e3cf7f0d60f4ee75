"""A survey is classified from a shell, and what is killed half way goes on."""

import re
import shutil
import time

import numpy as np
import pandas as pd
import psutil
import pytest
from PIL import Image

from astro_core import runs
from astro_core.runs.locate import engine_owner
from astro_core.runs.processes import kill_tree
from astro_core.workspace import Workspace

N, N_BAD = 5_000, 50


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    """A catalogue of N galaxies that share a dozen stamps; one in a hundred has none."""
    folder = tmp_path_factory.mktemp("survey")
    for number in range(12):
        pixels = np.full((16, 16, 3), (200, 40, 20) if number % 2 else (20, 40, 200), np.uint8)
        pixels[number] = 9
        Image.fromarray(pixels).save(folder / f"{number}.png")
    number = np.arange(N)
    stamp = np.where(number % 100 == 50, -1, number % 12)
    frame = pd.DataFrame({"object_id": [f"G{n}" for n in number], "stamp": stamp})
    frame.to_parquet(folder / "survey.parquet")
    return folder


@pytest.fixture
def alone(shell, colour_model, tmp_path):
    """A shell whose engine may be killed."""
    workspace = Workspace(tmp_path / "space").ensure()
    shutil.copytree(colour_model, workspace.models / "colours")
    yield type(shell)(workspace)
    runs.stop_engine(workspace)


def half_way(workspace):
    """Wait until some of the only run is done; return its id."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        for run in runs.list_runs(workspace):
            if N / 10 < run.done < N:
                return run.run_id
            assert not run.finished, run.error
        time.sleep(0.02)
    raise AssertionError("it never got half way")


def test_a_survey_that_is_killed_half_way_goes_on(alone, survey, tmp_path):
    out = tmp_path / "out.parquet"
    words = [
        "catalogue", "classify", "--catalogue", survey / "survey.parquet",
        "--stamps", f"{survey}/{{stamp}}.png", "--model", "colours", "--out", out, "--json",
    ]  # fmt: skip
    begun = alone.start(*words)
    run_id = half_way(alone.workspace)
    for pid in (begun.pid, engine_owner(alone.workspace)["pid"]):
        kill_tree(pid)
    begun.communicate()
    shards = alone.workspace.runs / run_id / "shards"
    done = {path: path.stat().st_mtime_ns for path in shards.glob("??????.parquet")}
    assert 0 < len(done) < 40
    assert not out.exists()

    said = alone(*words)
    assert said.status == 0, said.err
    assert said.json["run_id"] == run_id
    assert (said.json["n_objects"], said.json["n_bad"]) == (N - N_BAD, N_BAD)
    assert "G50 (-1.png): '-1.png' is missing" in said.err
    calls = re.findall(r"Classifying: (\d+) calls", runs.read_log(alone.workspace, run_id))
    assert len(calls) == 2
    assert int(calls[1]) == int(calls[0]) - len(done)
    table = pd.read_parquet(out)
    number = table["object_id"].str[1:].astype(int)
    assert number.tolist() == [n for n in range(N) if n % 100 != 50]
    assert (table["label"] == np.where(number % 12 % 2, "red", "blue")).all()
    assert not psutil.pid_exists(begun.pid)


def test_what_cannot_be_written_is_refused_before_the_work(alone, survey, tmp_path):
    words = [
        "catalogue",
        "classify",
        "--model",
        "colours",
        "--catalogue",
        survey / "survey.parquet",
    ]
    said = alone(*words, "--stamps", survey, "--out", tmp_path / "out.doc")
    assert said.status == 1
    assert ".parquet" in said.err
    said = alone(*words, "--stamps", tmp_path / "none", "--out", tmp_path / "out.vot")
    assert (said.status, runs.list_runs(alone.workspace)) == (1, ())
    assert "There is no folder" in said.err
