"""Folds on Train, comparisons and doubtful labels on Evaluate, from planted runs."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from reading import named, said

from astro_core.classifiers.bundle_info import BundleInfo, write_info
from astro_core.datasets.catalogue import read_catalogue
from astro_core.domain import Head, RenderRecipe
from astro_core.runs import list_runs
from astro_core.runs.folder import RunFolder
from astro_core.workflows.folds import DONE, LABEL_ERRORS, summary
from astro_core.workflows.selections import list_selections
from astro_core.workflows.training_plan import plan_training
from astro_core.workspace import write_json

REPOSITORY = Path(__file__).resolve().parents[2]
CLASSES = ("elliptical", "spiral", "merger")
N = 60


@pytest.fixture
def survey(make_survey):
    return make_survey("pictures", N)


@pytest.fixture
def plant_folds(space, survey):
    """Stores a run of folds; every `wrong`-th answer is wrong, and its label doubted."""

    def planted(wrong=5, n_folds=5, recipe="galaxy10-simple", state="done", **settings):
        settings = {"epochs": 3, "size_px": 24, **settings}
        params = {"dataset": survey.name, "recipe": recipe, "settings": settings}
        store = RunFolder.create(
            space, kind="folds", params=params | {"folds": n_folds}, title="Folds"
        )
        store.start()
        plan = plan_training(recipe, settings)
        write_json(store.path / "config.json", plan.to_json() | {"dataset": survey.name})
        table = answers(survey, wrong, n_folds)
        by_fold = []
        for fold in range(n_folds if state == "done" else 2):
            mine = table[table["fold"] == fold]
            right = mine[[f"p_{name}" for name in CLASSES]].to_numpy().argmax(axis=1)
            accuracy = float((np.array(CLASSES)[right] == mine["label"]).mean())
            its = {"n": len(mine), "accuracy": accuracy, "balanced_accuracy": accuracy}
            by_fold.append(its)
            history = [
                {"epoch": i + 1, "loss": 1.0, "val_loss": abs(i - 1) + fold, "seconds": 2.0}
                for i in range(3)
            ]
            write_json(store.path / f"fold-{fold}" / "history.json", history)
            if state == "done" or fold == 0:
                write_json(
                    store.path / f"fold-{fold}" / DONE, {"scores": {"test": its}, "n_train": 30}
                )
        if state != "done":
            store.end(state)
            return store.run_id
        keep(store, table, wrong)
        result = {
            "scores": summary(by_fold), "n_folds": n_folds, "n_objects": len(table), "left_out": 9,
            "n_train": [30] * n_folds, "epochs": [3] * n_folds, "seconds": 6.0 * n_folds,
            "parameters": 1234, "weights_from": "scratch",
        }  # fmt: skip
        store.end("done", result=result)
        return store.run_id

    return planted


def answers(survey, wrong, n_folds):
    rows = read_catalogue(survey)[["object_id", "label", "split"]]
    rows = rows[(rows["split"] != "test") & rows["label"].notna()].reset_index(drop=True)
    right = np.array([CLASSES.index(label) for label in rows["label"]])
    given = np.where(np.arange(len(rows)) % wrong == 0, (right + 1) % 3, right)
    table = rows.drop(columns="split").assign(part="test", fold=np.arange(len(rows)) % n_folds)
    p = np.full((len(rows), 3), 0.1) + 0.7 * np.eye(3)[given]
    table[[f"p_{name}" for name in CLASSES]] = p
    return table


def keep(store, table, wrong):
    table.to_parquet(store.path / "predictions.parquet", index=False)
    doubted = table.iloc[::wrong]
    suggested = [CLASSES[(CLASSES.index(label) + 1) % 3] for label in doubted["label"]]
    pd.DataFrame(
        {"object_id": doubted["object_id"], "fold": doubted["fold"], "label": doubted["label"],
         "suggested": suggested, "p_label": 0.1, "p_suggested": 0.8}
    ).to_parquet(store.path / LABEL_ERRORS, index=False)  # fmt: skip
    (store.path / "judged").mkdir()
    head = Head(name="label", kind="classes", outputs=CLASSES)
    info = BundleInfo(
        name=store.run_id, kind="keras", heads=(head,), render=RenderRecipe(size_px=24)
    )
    write_info(store.path / "judged", info)


@pytest.fixture
def evaluate(open_page, survey):
    return lambda **query: open_page("evaluate.py", dataset=survey.name, **query)


@pytest.fixture
def train(open_page, survey):
    return lambda **query: open_page("train.py", dataset=survey.name, **query)


def test_the_panels_load_nothing_heavy():
    code = (
        "import sys\n"
        "from astro_core.ui import (evaluate_compare, evaluate_label_errors, train_fold_result)\n"
        "heavy = {'tensorflow', 'keras', 'sklearn', 'scipy', 'cleanlab'}\n"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_folds_are_chosen_and_submitted(train, survey, space, monkeypatch):
    asked = []

    def submit(*given):
        asked.append(given[1:])
        params = {"dataset": given[1], "recipe": given[2], "settings": given[3], "folds": given[4]}
        return RunFolder.create(space, kind="folds", params=params, title="Folds").run_id

    monkeypatch.setattr("astro_core.ui.train_settings.submit_folds", submit)
    test = train(run="new", recipe="galaxy10-simple")
    named(test.get("button_group"), "Judged by").set_value("5").run()
    assert test.query_params["folds"] == "5"
    assert "one part in 5 that it had not seen" in said(test)
    named(test.button, "Train").click().run()
    assert not test.exception
    assert asked == [(survey.name, "galaxy10-simple", {}, 5)]
    assert test.query_params["run"] == list_runs(space)[0].run_id


def test_finished_folds_are_told_with_mean_and_spread(train, plant_folds, html_of):
    run_id = plant_folds()
    test = train(run=run_id)
    html = html_of(test)
    assert "accuracy, mean ± sd" in html
    assert "The 9 galaxies of the dataset's test part were in no fold" in said(test)
    table = test.dataframe[0].value
    assert table["Fold"].tolist()[-2:] == ["Mean", "Standard deviation"]
    assert len(table) == 7
    assert table["Best epoch"].iloc[0] == "2 of 3"
    titles = named(test.selectbox, "Training").options
    assert any("over 5 folds" in title for title in titles)


def test_each_fold_has_its_curves_and_the_answers_are_out_of_fold(train, plant_folds, html_of):
    run_id = plant_folds()
    assert len(train(run=run_id, view="curves", fold="3").get("plotly_chart")) >= 1
    assert "the one model that had not seen it" in said(train(run=run_id, view="answers"))
    assert "<td>24 px</td><td>changed</td>" in html_of(train(run=run_id, view="settings"))


def test_stopped_folds_can_be_taken_up_again(train, plant_folds):
    test = train(run=plant_folds(state="cancelled"))
    assert "1 of 5 folds are done and kept" in said(test)
    assert "Resume" in [b.label for b in test.button]
    states = [fold.split("  ")[1] for fold in test.dataframe[0].value["Fold"]]
    assert states == ["● done", "□ stopped", "○ waiting", "○ waiting", "○ waiting"]


def test_folds_are_judged_by_what_each_held_out(evaluate, plant_folds, html_of):
    run_id = plant_folds()
    test = evaluate(run=run_id)
    assert list(named(test.get("button_group"), "Judged by").options) == ["Held-out folds"]
    assert "labelled galaxies" in html_of(test)
    assert "Each fold fitted a temperature" in said(evaluate(run=run_id, view="trust"))


def test_trainings_are_compared_on_the_same_galaxies_with_the_test_named(
    evaluate, survey, plant_training
):
    first, second = plant_training(survey), plant_training(survey, recipe="fork")
    test = evaluate(run=first, view="compare")
    words = said(test)
    assert "On the same **9 galaxies**" in words
    assert "p = 1.000" in words  # planted alike
    assert "paired bootstrap" in words
    assert "McNemar: the exact test" in words
    assert named(test.multiselect, "Compare with").value == [second]
    table = test.dataframe[0].value
    assert table["Only it right"].tolist()[1] == 0


def test_without_another_training_it_says_what_is_missing(evaluate, survey, plant_training):
    plant_training(survey)
    assert "Nothing else was trained" in said(evaluate(view="compare"))
    assert "trained on the same folds are compared here" in said(
        evaluate(view="compare", way="folds")
    )


def test_folds_are_compared_by_the_corrected_test_and_no_ranks(evaluate, plant_folds):
    plant_folds(wrong=3)
    newest = plant_folds(wrong=7, recipe="fork")
    test = evaluate(run=newest, view="compare", way="folds")
    words = said(test)
    assert "Corrected resampled t-test (Nadeau & Bengio 2003), 5 folds" in words.replace("\\", "")
    assert "smallest two-sided p is 0.0625" in words
    assert named(test.selectbox, "First").value == newest


def test_ten_folds_have_a_signed_rank_test(evaluate, plant_folds):
    plant_folds(wrong=3, n_folds=10)
    newest = plant_folds(wrong=7, n_folds=10, recipe="fork")
    words = said(evaluate(run=newest, view="compare", way="folds"))
    assert "Wilcoxon signed-rank test, 10 pairs" in words


def test_other_folds_are_not_offered(evaluate, plant_folds):
    plant_folds(n_folds=3)
    newest = plant_folds(n_folds=5, recipe="fork")
    test = evaluate(run=newest, view="compare", way="folds")
    assert "No other recipe was trained on the same folds" in said(test)
    assert "Train with 5 folds" in [b.label for b in test.button]


def test_everything_trained_is_in_one_table_marked_from_scratch(
    evaluate, survey, plant_training, plant_folds
):
    plant_training(survey)
    plant_folds(recipe="fork")
    test = evaluate(view="compare", way="all")
    table = test.dataframe[0].value
    assert sorted(table["Judged by"]) == ["5 folds", "test"]
    assert table.loc[table["Judged by"] == "5 folds", "Weights"].tolist() == ["from scratch"]
    assert {"Best epoch", "Parameters", "Time"} <= set(table.columns)


def test_a_learning_curve_is_offered_then_drawn(evaluate, survey, plant_training):
    plant_training(survey)
    test = evaluate(view="compare", way="learning")
    assert "once it was trained on several shares" in said(test)
    assert any("10%, 25%, 50%, 100% of the galaxies" in b.label for b in test.button)
    plant_training(survey, settings={"train_share": 0.5})
    test = evaluate(view="compare", way="learning")
    assert len(test.get("plotly_chart")) == 1


def test_doubtful_labels_are_stamps_kept_as_a_selection(evaluate, plant_folds, survey, space):
    run_id = plant_folds(wrong=5)
    test = evaluate(run=run_id, view="doubts")
    words = said(test)
    assert "suspected label errors" in words
    assert "out-of-fold probabilities only" in words
    named(test.button, "Open in Browse").click().run()
    (kept,) = list_selections(space, survey)
    assert kept.source["what"] == "suspected label errors"
    assert f"{len(kept.object_ids)} of 36 labels are doubted" in words
    assert "such doubts mean little" not in words


def test_one_pair_of_classes_can_be_looked_at(evaluate, plant_folds):
    test = evaluate(run=plant_folds(), view="doubts", pair="elliptical→spiral")
    choice = named(test.selectbox, "Label → suggested")
    assert choice.value == "elliptical→spiral"
    assert "All (" in choice.options[0]


def test_doubts_of_bad_models_are_called_so(evaluate, plant_folds):
    assert "such doubts mean little" in said(evaluate(run=plant_folds(wrong=1), view="doubts"))


def test_without_folds_labels_are_not_doubted(evaluate, survey, plant_training):
    plant_training(survey)
    test = evaluate(view="doubts")
    assert "a model remembers the labels it learned" in said(test)
    assert "Train with 5 folds" in [b.label for b in test.button]


def test_runs_tells_folds_and_leads_to_train(open_page, plant_folds, survey):
    run_id = plant_folds()
    test = open_page("runs.py", run=run_id)
    assert "balanced accuracy" in test.dataframe[0].value["Result"].iloc[0]
    assert "over 5 folds" in test.dataframe[0].value["Result"].iloc[0]
    assert len(test.dataframe[1].value) == 7
    assert "Open in Train" in [b.label for b in test.button]
