"""Folds as a run, on a toy sky with groups and a test split; some labels are planted wrong."""

import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from astro_core.datasets.catalogue import read_catalogue
from astro_core.datasets.store import open_dataset
from astro_core.domain import Cancelled
from astro_core.errors import BadInputError
from astro_core.evaluation.report import report
from astro_core.runs import RUN_KINDS, execute, get_run
from astro_core.runs.context import map_here
from astro_core.runs.folder import RunFolder
from astro_core.runs.perform import perform
from astro_core.workflows.compare_answers import compare_answers
from astro_core.workflows.compare_folds import compare_folds, fold_runs, on_the_same_folds
from astro_core.workflows.evaluate import evaluate
from astro_core.workflows.folds import DONE, LABEL_ERRORS, deal_folds, submit_folds
from astro_core.workflows.folds_state import doubtful_labels, folds_state
from astro_core.workflows.train import DATASETS
from astro_core.workflows.training_plan import plan_training, training_data
from astro_core.workspace import Workspace, write_json

FOREST = {"size_px": 16, "crop_px": 0, "n_estimators": 12, "balance": "none", "rotation_deg": 0}
N = 320
WRONG = [f"{i:03d}" for i in range(0, N, 40)]


def draw(folder):
    rng = np.random.default_rng(0)
    rows = []
    for number in range(N):
        right = number % 2 == 1
        pixels = rng.integers(0, 90, (16, 16, 3)).astype(np.uint8)
        pixels[5:11, (9 if right else 2) : (14 if right else 7)] += 90
        Image.fromarray(pixels).save(folder / f"{number:03d}.png")
        wrong = f"{number:03d}" in WRONG
        rows.append((f"{number:03d}", "right" if right != wrong else "left", f"g{number // 4}"))
    table = pd.DataFrame(rows, columns=["object_id", "label", "group"])
    table.to_csv(folder.parent / "labels.csv", index=False)


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    place = tmp_path_factory.mktemp("folds")
    (place / "pictures").mkdir()
    draw(place / "pictures")
    workspace = Workspace(place / "space").ensure()
    params = {"path": str(place / "pictures"), "name": "sky", "labels": str(place / "labels.csv")}
    run = execute(workspace, "import", params, title="Import")
    assert run.state == "done", run.error
    return workspace


def folded(workspace, folds=3, recipe="astrodetector-forest", **more):
    settings = (FOREST if recipe == "astrodetector-forest" else {}) | more
    params = {"dataset": "sky", "recipe": recipe, "settings": settings, "folds": folds}
    return execute(workspace, "folds", params, title="Folds")


@pytest.fixture(scope="module")
def run(space):
    found = folded(space)
    assert found.state == "done", found.error
    return found


@pytest.fixture(scope="module")
def other(space):
    return folded(space, n_estimators=1, max_depth=1)


@pytest.fixture(scope="module")
def table(space, run):
    return pd.read_parquet(space.runs / run.run_id / "predictions.parquet")


def test_every_galaxy_but_the_test_split_is_answered_once_by_a_model_that_had_not_seen_it(
    space, run, table
):
    catalogue = read_catalogue(open_dataset(space, "sky")).set_index("object_id")
    kept = catalogue.index[catalogue["split"] == "test"]
    assert len(kept) == run.result["left_out"] > 0
    assert table["object_id"].is_unique
    assert set(table["object_id"]) == set(catalogue.index) - set(kept)
    for fold in range(3):
        parts = pd.read_parquet(space.runs / run.run_id / f"fold-{fold}" / "parts.parquet")
        held = set(table.loc[table["fold"] == fold, "object_id"])
        assert held == set(parts.loc[parts["part"] == "test", "object_id"])
        assert set(parts.loc[parts["part"] == "", "object_id"]) == set(kept)


def test_groups_stay_whole(space, table):
    groups = read_catalogue(open_dataset(space, "sky")).set_index("object_id")["group"]
    folds = table.set_index("object_id")["fold"]
    assert (folds.groupby(groups).nunique().dropna() <= 1).all()


def test_the_summary_is_mean_and_spread_of_the_folds(space, run, table):
    scores = run.result["scores"]
    by_fold = []
    for _, rows in table.groupby("fold"):
        truth = pd.Index(["left", "right"]).get_indexer(rows["label"])
        by_fold.append(report(rows[["p_left", "p_right"]].to_numpy(), truth, ("left", "right")))
    accuracy = [one.accuracy for one in by_fold]
    assert scores["mean"]["accuracy"] == pytest.approx(np.mean(accuracy))
    assert scores["sd"]["accuracy"] == pytest.approx(np.std(accuracy, ddof=1))
    assert scores["mean"]["n"] == len(table) == sum(one["n"] for one in scores["folds"])
    assert scores["mean"]["balanced_accuracy"] > 0.85
    assert "ece_by_chance" not in scores["mean"]
    json.dumps(run.result, allow_nan=False)
    assert run.result["n_train"][0] < scores["mean"]["n"]


def test_planted_label_errors_are_found(space, run):
    found = pd.read_parquet(space.runs / run.run_id / LABEL_ERRORS)
    held = [i for i in WRONG if i not in _test_ids(space)]
    assert len(set(found["object_id"]) & set(held)) >= 0.7 * len(held)
    assert len(found) <= 2 * len(held)
    assert (found["label"] != found["suggested"]).all()


def _test_ids(space):
    catalogue = read_catalogue(open_dataset(space, "sky"))
    return set(catalogue.loc[catalogue["split"] == "test", "object_id"])


def test_other_recipes_get_the_same_folds_and_another_seed_others(space, run, other):
    sky = open_dataset(space, "sky")
    ok = np.ones(sky.n_objects, dtype=bool)
    one, two, three = (
        deal_folds(sky, plan_training(recipe, {"seed": seed}), ok, 3)[0]
        for recipe, seed in (("fork", 0), ("galaxy10-simple", 0), ("fork", 1))
    )
    np.testing.assert_array_equal(one, two)
    assert (one != three).any()
    assert [r.run_id for r in fold_runs(space, sky)] == [other.run_id, run.run_id]


def test_finished_folds_are_kept_when_a_run_is_taken_up_again(space, run):
    params = {"dataset": "sky", "recipe": "astrodetector-forest", "settings": FOREST, "folds": 3}
    store = RunFolder.create(space, kind="folds", params=params, title="Stopped")

    def stop(done, total, message):
        if message.startswith("Fold 3"):
            raise Cancelled

    perform(store, mapper=map_here, listener=stop)
    assert get_run(space, store.run_id).state == "cancelled"
    marks = [store.path / f"fold-{fold}" / DONE for fold in range(3)]
    assert [mark.exists() for mark in marks] == [True, True, False]
    before = [mark.stat().st_mtime_ns for mark in marks[:2]]
    store.ask_again()
    perform(store, mapper=map_here)
    again = get_run(space, store.run_id)
    assert again.state == "done", again.error
    assert [mark.stat().st_mtime_ns for mark in marks[:2]] == before
    assert again.result["scores"]["mean"] == pytest.approx(run.result["scores"]["mean"])
    assert RUN_KINDS.get("folds").resumes


def test_folds_do_not_go_on_with_other_galaxies(space):
    params = {"dataset": "sky", "recipe": "astrodetector-forest", "settings": FOREST, "folds": 3}
    store = RunFolder.create(space, kind="folds", params=params, title="Folds")
    write_json(store.path / DATASETS, {"sky": "as it was"})
    perform(store, mapper=map_here)
    assert "'sky' was changed since this training began" in store.read().error


def test_two_recipes_are_compared_fold_by_fold(space, run, other):
    found = compare_folds(space, run.run_id, other.run_id)
    test = found.t_tests["balanced_accuracy"]
    mean, its = (r.result["scores"]["mean"]["balanced_accuracy"] for r in (run, other))
    assert test.difference == pytest.approx(mean - its)
    assert test.n_pairs == found.n_folds == 3
    assert found.ranks == {}  # three pairs prove nothing
    assert found.n_train == np.mean(run.result["n_train"])
    assert [r.run_id for r in on_the_same_folds(space, run.run_id, [other, run])] == [other.run_id]


def test_two_runs_of_folds_are_compared_galaxy_by_galaxy(space, run, other):
    found = compare_answers(space, [run.run_id, other.run_id], against=other.run_id)
    assert found.n == run.result["n_objects"]
    assert found.left_out == 0
    row = found.discordant.loc[run.run_id]
    gained = row["only_this"] - row["only_against"]
    assert found.differences["accuracy"][run.run_id].difference == pytest.approx(gained / found.n)
    assert found.scores.loc[run.run_id, "accuracy"] > found.scores.loc[other.run_id, "accuracy"]
    assert found.p_holm("accuracy")[run.run_id] < 0.05


def test_a_training_and_a_run_of_folds_share_no_galaxy(space, run):
    params = {"dataset": "sky", "recipe": "astrodetector-forest", "settings": FOREST}
    plain = execute(space, "train", params, title="Train")
    with pytest.raises(BadInputError, match="no galaxy in common"):
        compare_answers(space, [run.run_id, plain.run_id], against=run.run_id)
    with pytest.raises(BadInputError, match="no finished run of folds"):
        compare_folds(space, run.run_id, plain.run_id)
    with pytest.raises(BadInputError, match="needs two trainings"):
        compare_answers(space, [run.run_id], against=run.run_id)


def test_other_folds_are_not_compared(space, run):
    two = folded(space, folds=2, n_estimators=1)
    with pytest.raises(BadInputError, match="not trained on the same folds"):
        compare_folds(space, run.run_id, two.run_id)


def test_folds_judged_by_other_labels_are_not_compared(space, run, other):
    path = space.runs / other.run_id / "predictions.parquet"
    kept = path.read_bytes()
    table = pd.read_parquet(path)
    try:
        table.assign(label=table["label"].where(table.index % 9 > 0)).to_parquet(path)
        with pytest.raises(BadInputError, match="same folds and labels"):
            compare_folds(space, run.run_id, other.run_id)
    finally:
        path.write_bytes(kept)


def test_a_share_of_the_training_part_is_used(space):
    sky = open_dataset(space, "sky")
    ok = np.ones(sky.n_objects, dtype=bool)
    half, whole = (
        training_data(sky, plan_training("fork", {"train_share": s}), ok) for s in (0.5, 1.0)
    )
    assert len(half.rows("train")) == pytest.approx(len(whole.rows("train")) / 2, abs=4)
    assert (half.rows("test") == whole.rows("test")).all()


@pytest.mark.parametrize(("folds", "words"), [(1, "cannot have 1 folds"), (21, "21 folds")])
def test_a_number_of_folds_that_makes_no_sense_is_refused(space, folds, words):
    with pytest.raises(BadInputError, match=words):
        submit_folds(space, "sky", "fork", {}, folds)


def test_the_state_tells_how_each_fold_stands(space, run):
    state = folds_state(space, run.run_id)
    assert state.table["state"].tolist() == ["done"] * 3
    assert (state.done, state.n_folds, state.current_fold) == (3, 3, 2)
    assert state.table["accuracy"].mean() == pytest.approx(run.result["scores"]["mean"]["accuracy"])
    assert state.current.epochs_done == 3  # steps of four trees
    assert len(doubtful_labels(space, run.run_id)) > 0


def test_out_of_fold_answers_are_judged_like_any_others(space, run, table):
    found = evaluate(space, run.run_id)
    assert found.classes.n == len(table)
    right = table["label"] == np.where(table["p_left"] > 0.5, "left", "right")
    assert found.classes.accuracy == pytest.approx(right.mean(), abs=0.02)
