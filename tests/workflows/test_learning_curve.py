"""Ablation table and learning curves, from planted runs."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from astro_core import runs
from astro_core.classifiers.bundle_info import BundleInfo, write_info
from astro_core.domain import Head
from astro_core.errors import BadInputError
from astro_core.runs.folder import RunFolder
from astro_core.workflows import learning_curve
from astro_core.workflows.ablation import ablation_table
from astro_core.workflows.learning_curve import learning_curves, submit_learning_curve
from astro_core.workspace import write_json

HEAD = Head(name="label", kind="classes", outputs=("a", "b"))
HISTORY = [{"epoch": i + 1, "val_loss": abs(i - 1), "loss": 1.0, "seconds": 2.0} for i in range(4)]


@pytest.fixture
def plant(survey_space, survey):
    """Stores a finished training, or run of folds, with a score."""

    def planted(score, recipe="fork", kind="train", folds=3, **settings):
        params = {"dataset": survey.name, "recipe": recipe, "settings": settings}
        params |= {"folds": folds} if kind == "folds" else {}
        store = RunFolder.create(survey_space, kind=kind, params=params, title="planted")
        share = settings.get("train_share", 1.0)
        result = {"n_train": round(40 * share), "parameters": 1000, "weights_from": "scratch"}
        if kind == "train":
            write_json(store.path / "history.json", HISTORY)
            result |= {"scores": {"test": {"n": 20, "balanced_accuracy": score}}, "epochs": 4}
        else:
            by_fold = [{"n": 10, "balanced_accuracy": score + d} for d in (-0.1, 0.0, 0.1)]
            for fold in range(folds):
                write_json(store.path / f"fold-{fold}" / "history.json", HISTORY)
            result |= {
                "scores": {"mean": {"n": 30, "balanced_accuracy": score},
                           "sd": {"balanced_accuracy": 0.1}, "folds": by_fold},
                "n_folds": folds, "n_train": [30, 30, 33], "epochs": [4, 4, 4], "seconds": 24.0,
            }  # fmt: skip
        store.start()
        store.end("done", result=result)
        return store.run_id

    return planted


def test_the_ablation_table_has_all_that_was_trained_the_best_first(survey_space, survey, plant):
    ids = [plant(0.7), plant(0.9, kind="folds"), plant(0.8, "galaxy10-simple", epochs=3)]
    table = ablation_table(survey_space, survey)
    assert table["run_id"].tolist() == [ids[1], ids[2], ids[0]]
    assert table["judged_by"].tolist() == ["3 folds", "test", "test"]
    assert table.loc[0, "balanced_accuracy_sd"] == pytest.approx(0.1)
    assert np.isnan(table.loc[1, "balanced_accuracy_sd"])
    assert table["best_epoch"].tolist() == [2, 2, 2]
    assert table["seconds"].tolist() == [24.0, 8.0, 8.0]
    assert set(table["weights_from"]) == {"scratch"}
    assert table.loc[1, "changed"] == "epochs 3"


def test_without_a_training_there_is_no_table(survey_space, survey):
    assert ablation_table(survey_space, survey).empty
    assert learning_curves(survey_space, survey) == ()


def test_a_curve_gathers_what_differs_in_share_and_seed_alone(survey_space, survey, plant):
    for share, scores in ((0.25, (0.5, 0.6)), (1.0, (0.8,))):
        for seed, score in enumerate(scores):
            plant(score, train_share=share, seed=seed)
    plant(0.9, epochs=7)  # another recipe, as far as a curve is concerned
    (curve,) = learning_curves(survey_space, survey)
    assert (curve.recipe, curve.judged_by, curve.changed) == ("fork", "test", "")
    points = curve.points
    assert points["n_train"].tolist() == [10, 40]
    assert points["mean"].tolist() == pytest.approx([0.55, 0.8])
    assert points["sd"].iloc[0] == pytest.approx(np.std([0.5, 0.6], ddof=1))
    assert np.isnan(points["sd"].iloc[1])
    assert points["n_runs"].tolist() == [2, 1]


def test_galaxies_that_came_later_make_a_curve_of_their_own(
    survey_space, survey, plant, monkeypatch
):
    asked = []
    monkeypatch.setattr(learning_curve, "submit_training", lambda *a: asked.append(a))

    def of(fingerprint, score):
        for share in (0.5, 1.0):
            path = survey_space.runs / plant(score, train_share=share) / "bundle"
            path.mkdir()
            info = BundleInfo(name="m", kind="keras", heads=(HEAD,), render=survey.recipe)
            write_info(path, replace(info, fingerprint=fingerprint))
        submit_learning_curve(survey_space, survey.name, "fork", {}, (0.5, 1.0))

    of("as it was", 0.5)
    assert len(asked) == 2  # these galaxies were not learned from yet
    of(survey.fingerprint, 0.7)
    assert len(asked) == 2
    curves = learning_curves(survey_space, survey)
    assert sorted(curve.points["mean"].iloc[-1] for curve in curves) == [0.5, 0.7]
    assert all(curve.points["n_runs"].tolist() == [1, 1] for curve in curves)


def test_folds_make_a_curve_of_their_own(survey_space, survey, plant):
    for share in (0.5, 1.0):
        plant(0.6 + share / 10, kind="folds", train_share=share)
        plant(0.5, train_share=share)
    found = {curve.judged_by: curve for curve in learning_curves(survey_space, survey)}
    assert set(found) == {"test", "3 folds"}
    assert found["3 folds"].points["sd"].tolist() == pytest.approx([0.1, 0.1])
    assert found["3 folds"].label == "fork · 3 folds"


def test_only_missing_trainings_are_asked_for(survey_space, survey, plant, monkeypatch):
    asked = []
    monkeypatch.setattr(
        learning_curve, "submit_training", lambda *given: asked.append(given[3]) or "new"
    )
    plant(0.7, train_share=0.25)
    shares = (0.25, 0.5, 1.0)
    assert submit_learning_curve(survey_space, survey.name, "fork", {}, shares) == ["new"] * 2
    assert asked == [{"train_share": 0.5}, {}]
    with pytest.raises(BadInputError, match="two shares or more"):
        submit_learning_curve(survey_space, survey.name, "fork", {}, [1.0])
    assert len(runs.list_runs(survey_space)) == 1


def test_an_older_training_is_counted_from_its_parts(survey_space, survey, plant):
    for share in (0.5, 1.0):
        run_id = plant(0.5 + share / 4, train_share=share)
        folder = survey_space.runs / run_id
        result = dict(runs.get_run(survey_space, run_id).result)
        del result["n_train"]
        write_json(folder / "result.json", result)
        n = int(20 * share)
        table = pd.DataFrame({"label": ["spiral"] * n + [None], "part": ["train"] * (n + 1)})
        table.to_parquet(folder / "parts.parquet")
    (curve,) = learning_curves(survey_space, survey)
    assert curve.points["n_train"].tolist() == [10, 20]
