"""Evaluate on models that were trained on another dataset; judgements are planted."""

import pandas as pd
import pytest
from reading import named, said

from astro_core.classifiers.bundle_info import BundleInfo, write_info
from astro_core.domain import Head, RenderRecipe
from astro_core.runs.folder import RunFolder

N = 48
HEAD = Head(name="type", kind="classes", outputs=("elliptical", "spiral", "merger"))


@pytest.fixture
def survey(make_survey):
    return make_survey("pictures", N)


@pytest.fixture
def see(open_page, survey):
    return lambda **query: open_page("evaluate.py", dataset=survey.name, **query)


@pytest.fixture
def judged_elsewhere(space, survey, plant_training):
    """A judgement of a model from elsewhere: of 48 galaxies 30 were learned from."""
    run_id = plant_training(survey)
    table = pd.read_parquet(space.runs / run_id / "predictions.parquet")
    params = {"model": "m", "dataset": survey.name, "fingerprint": survey.fingerprint,
              "recipe": "fork"}  # fmt: skip
    store = RunFolder.create(space, kind="judge", params=params, title="Judging m")
    table["part"] = ["train"] * 30 + ["test"] * 10 + ["unseen"] * 8
    table.to_parquet(store.path / "predictions.parquet", index=False)
    (store.path / "judged").mkdir()
    write_info(store.path / "judged", BundleInfo(name="m", kind="keras", heads=(HEAD,),
                                                 render=RenderRecipe(size_px=24)))  # fmt: skip
    store.start()
    told = {"n_objects": 48, "n_seen": 30, "unknown_classes": {"ring": 2}, "unused_classes": []}
    store.end("done", result={"model": "m", "dataset": survey.name, "n_bad": 0, **told})
    return store.run_id


def test_a_model_from_elsewhere_is_never_judged_unawares(see, judged_elsewhere, html_of):
    test = see(run=judged_elsewhere)
    assert "30 of 48 galaxies were used to train it and are left out" in said(test)
    assert "It does not know ring (2)" in said(test)
    assert "trained elsewhere · model m" in named(test.selectbox, "Training").options[0]
    judged_by = named(test.get("button_group"), "Judged by")
    assert list(judged_by.options) == ["Test", "All unseen", "All"]
    judged_by.set_value("unseen").run()
    assert "<b>13</b><span>labelled galaxies" in html_of(test)
    named(test.get("button_group"), "Judged by").set_value("all").run()
    assert "used to train it and are among these" in said(test)


def test_a_judgement_that_failed_says_why_and_the_others_stay(see, survey, plant_training, space):
    plant_training(survey)
    params = {"model": "m", "dataset": survey.name, "recipe": "fork"}
    store = RunFolder.create(space, kind="judge", params=params, title="Judging m")
    store.start()
    store.end("failed", error="The model lacks a band.")
    test = see(run=store.run_id)
    assert "The model lacks a band." in said(test)
    assert "all wrong answers" in said(test)


def test_a_model_can_be_judged_where_nothing_was_trained(see, survey, space):
    folder = space.models / "mine"
    folder.mkdir(parents=True)
    write_info(folder, BundleInfo(name="mine", kind="keras", heads=(HEAD,), dataset="far",
                                  fingerprint="x", render=RenderRecipe(size_px=24)))  # fmt: skip
    test = see()
    assert "trained on something else" in said(test)
    assert named(test.selectbox, "Model").options == ["mine · trained on far"]
    assert [b.label for b in test.button if b.label == "Judge it"]


def test_a_broken_model_is_said_and_another_can_be_looked_at(see, survey, plant_training, space):
    good, broken = plant_training(survey), plant_training(survey)
    (space.runs / broken / "bundle").mkdir()
    (space.runs / broken / "bundle" / "bundle.json").write_text("{")
    test = see(run=broken)
    assert "The description of this model is broken" in said(test)
    named(test.selectbox, "Training").set_value(good).run()
    assert test.query_params["run"] == good
    assert "all wrong answers" in said(test)
