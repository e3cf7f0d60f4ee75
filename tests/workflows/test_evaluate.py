"""What a run left, judged again by hand."""

import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from astro_core.classifiers.bundle_info import BundleInfo, write_info
from astro_core.cli import cli
from astro_core.domain import Head, RenderRecipe
from astro_core.errors import BadInputError
from astro_core.runs.folder import RunFolder
from astro_core.workflows.compare_answers import compare_answers
from astro_core.workflows.evaluate import evaluate
from astro_core.workflows.evaluation_views import judged_votes
from astro_core.workspace import Workspace

CLASSES = Head(name="label", kind="classes", outputs=("a", "b"))
VOTES = Head(name="votes", kind="votes", outputs=("x", "y"), questions=((0, 1),))


@pytest.fixture
def space(tmp_path):
    return Workspace(tmp_path / "space").ensure()


def finished(space, head, table, *, state="done"):
    run = RunFolder.create(space, kind="train", params={}, title="Training")
    info = BundleInfo(name="m", kind="keras", heads=(head,), render=RenderRecipe())
    (run.path / "bundle").mkdir()
    write_info(run.path / "bundle", info)
    table.to_parquet(run.path / "predictions.parquet")
    run.start()
    run.end(state, result={})
    return run.run_id


def classes(space, **more):
    table = pd.DataFrame(
        {
            "object_id": list("123456"),
            "label": ["a", "a", "b", "b", None, "a"],
            "part": ["test", "test", "test", "train", "test", "test"],
            "p_a": [0.9, 0.8, 0.7, 0.1, 0.5, 0.2],
        }
    )
    table["p_b"] = 1 - table["p_a"]
    return finished(space, CLASSES, table, **more)


def test_only_labelled_galaxies_of_the_part_count(space):
    found = evaluate(space, classes(space))
    assert found.scores()["n"] == 4
    assert found.scores()["accuracy"] == pytest.approx(2 / 4)
    assert found.scores()["undefined"] == pytest.approx(1 / 4)
    assert found.scores()["balanced_accuracy"] == pytest.approx((2 / 3 + 0) / 2)
    assert evaluate(space, classes(space), split="all").scores()["n"] == 5


def test_votes_are_compared_with_what_was_learnt_from(space):
    table = pd.DataFrame(
        {
            "object_id": list("1234"),
            "label": [None] * 4,
            "part": ["train", "train", "test", "test"],
            "x": [0.5, 0.5, 0.8, 0.3],
            "true_x": [0.2, 0.6, 0.7, np.nan],
        }
    )
    table["y"], table["true_y"] = 1 - table["x"], 1 - table["true_x"]
    scores = evaluate(space, finished(space, VOTES, table)).scores()
    assert scores["n"] == 1
    assert scores["rmse"] == pytest.approx(0.1)
    assert scores["rmse_of_mean"] == pytest.approx(0.3)


def test_answers_of_another_head_are_compared_with_nothing(space):
    own = classes(space)
    table = pd.read_parquet(space.runs / own / "predictions.parquet")
    other = finished(space, CLASSES, table.assign(p_smooth=0.99, p_odd=0.01))
    found = compare_answers(space, [own, other], against=own)
    assert found.scores.loc[other, "accuracy"] == evaluate(space, other).scores()["accuracy"] > 0
    assert found.differences["accuracy"][other].difference == 0


def test_trainings_on_votes_are_compared_as_they_are_judged(space):
    rng = np.random.default_rng(0)
    voted = rng.random(60)
    voted[40:] = np.nan
    two = Head(name="votes", kind="votes", outputs=tuple("xyzw"), questions=((0, 1), (2, 3)))
    runs = []
    for spread in (0.05, 0.1):
        said = np.clip(np.nan_to_num(voted, nan=0.5) + rng.normal(0, spread, 60), 0, 1)
        table = pd.DataFrame({"object_id": [f"{n}" for n in range(60)], "label": None})
        table["part"] = ["train"] * 20 + ["test"] * 40
        table["x"], table["true_x"] = said, np.linspace(0, 1, 60)
        table["z"], table["true_z"] = said, voted  # of the last 20 nobody was asked this
        table = table.assign(y=1 - said, true_y=1 - table["true_x"], w=1 - said, true_w=1 - voted)
        runs.append(finished(space, two, table))
    found = compare_answers(space, runs, against=runs[0])
    judged = [evaluate(space, one).scores() for one in runs]
    assert (found.n, found.left_out) == (40, 0)
    assert found.scores["rmse"].tolist() == pytest.approx([one["rmse"] for one in judged])
    gap = found.differences["rmse"][runs[1]].difference
    assert gap == pytest.approx(judged[1]["rmse"] - judged[0]["rmse"])


def test_the_mean_of_a_few_that_a_model_happened_to_see_is_none_of_training(space):
    table = pd.DataFrame({"object_id": list("1234"), "label": None})
    table["part"] = ["train", "test", "test", "test"]
    table["x"] = table["true_x"] = [0.9, 0.1, 0.2, 0.3]
    table["y"], table["true_y"] = 1 - table["x"], 1 - table["true_x"]
    run_id = finished(space, VOTES, table)
    assert judged_votes(space, run_id, "test").mean_of_training
    (space.runs / run_id / "bundle").rename(space.runs / run_id / "judged")
    found = judged_votes(space, run_id, "test")
    assert not found.mean_of_training
    assert found.mean == pytest.approx([0.2, 0.8])


def test_what_is_not_done_is_not_judged(space):
    with pytest.raises(BadInputError, match="no finished training"):
        evaluate(space, classes(space, state="failed"))
    with pytest.raises(BadInputError, match="no labelled galaxy"):
        evaluate(space, classes(space), split="validation")


def test_the_command_prints_one_json_value(space, monkeypatch):
    monkeypatch.setenv("TUNINGFORK_WORKSPACE", str(space.root))
    run_id = classes(space)
    said = CliRunner().invoke(cli, ["evaluate", run_id, "--json"])
    assert json.loads(said.stdout)["n"] == 4
    plain = CliRunner().invoke(cli, ["evaluate", run_id])
    assert "balanced_accuracy: 0.3333" in plain.stdout
