"""The Evaluate page on planted trainings: what it says, without a network."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from reading import named, said

from astro_core.classifiers.bundle_info import BundleInfo, read_info, write_info
from astro_core.domain import Head, RenderRecipe
from astro_core.ui import evaluate_threshold
from astro_core.workflows.selections import list_selections

REPOSITORY = Path(__file__).resolve().parents[2]
N = 48
HEAD = Head(name="type", kind="classes", outputs=("elliptical", "spiral", "merger"))
VOTES = Head(name="votes", kind="votes", outputs=("smooth", "t01_shape_a02_disc_debiased"),
             questions=((0, 1),))  # fmt: skip
FOUND = {"temperature": 1.5, "n_temperature": 31, "coverage": 0.9, "set_threshold": 0.2,
         "n_sets": 30}  # fmt: skip


@pytest.fixture
def survey(make_survey):
    return make_survey("pictures", N)


@pytest.fixture
def see(open_page, survey):
    return lambda **query: open_page("evaluate.py", dataset=survey.name, **query)


@pytest.fixture
def bundled(space):
    """Gives a planted training a model's description."""

    def give(run_id, head=HEAD, calibration=None):
        folder = space.runs / run_id / "bundle"
        folder.mkdir()
        info = BundleInfo(
            name=run_id, kind="keras", heads=(head,), render=RenderRecipe(size_px=24),
            calibration=calibration or {},
        )  # fmt: skip
        write_info(folder, info)
        return run_id

    return give


def test_the_page_loads_no_network():
    code = (
        "import sys\n"
        "from astro_core.ui import (evaluate_cached, evaluate_controls, evaluate_views,\n"
        "    evaluate_state, evaluate_votes, cluster_act)\n"
        "print(*sorted({'tensorflow', 'keras', 'sklearn', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_without_a_finished_training_it_leads_to_one(see, survey, plant_training):
    plant_training(survey, "failed")
    test = see()
    assert "A finished training of this dataset is judged here" in said(test)
    assert [b.label for b in test.button if "Train" in b.label] == ["Train a model"]


def test_the_newest_is_judged_by_its_test_part_with_n_and_intervals(
    see, survey, plant_training, html_of
):
    plant_training(survey, recipe="fork")
    newest = plant_training(survey)
    test = see()
    assert named(test.selectbox, "Training").value == newest
    html = html_of(test)
    assert "<b>8</b><span>labelled galaxies" in html
    assert "Balanced accuracy, 0.000 to 0.000" in html  # planted: every fifth is wrong, all of test
    assert "all wrong answers" in said(test)
    assert "flatter" not in said(test)
    assert "Save selection" in [b.label for b in test.button]


def test_another_training_and_part_go_into_the_address(see, survey, plant_training, html_of):
    older = plant_training(survey, recipe="fork")
    plant_training(survey)
    test = see(label="spiral", answer="merger")
    named(test.selectbox, "Training").set_value(older).run()
    assert test.query_params["run"] == older
    assert "label" not in test.query_params
    named(test.get("button_group"), "Judged by").set_value("all").run()
    assert test.query_params["part"] == "all"
    assert "galaxies that it was trained on" in said(test)
    assert "<b>36</b><span>labelled galaxies" in html_of(test)


def test_trainings_that_read_alike_are_told_apart(see, survey, plant_training):
    two = [plant_training(survey), plant_training(survey)]
    test = see(run=two[0])
    choice = named(test.selectbox, "Training")
    assert choice.value == two[0]
    assert all(run in said for run, said in zip(reversed(two), choice.options, strict=True))


def test_an_address_of_another_dataset_says_so(see, survey, plant_training):
    plant_training(survey)
    assert "no finished training of this dataset" in said(see(run="gone"))


def test_a_part_without_galaxies_can_be_left(see, survey, plant_training):
    plant_training(survey)
    test = see(part="validation")
    assert "This part has no labelled galaxy" in said(test)
    assert "decided which epoch was best" in said(test)
    named(test.get("button_group"), "Judged by").set_value("test").run()
    assert "This part has no labelled galaxy" not in said(test)


def test_a_cell_of_the_matrix_shows_its_galaxies(see, survey, plant_training):
    plant_training(survey)
    test = see(part="all", label="elliptical", answer="spiral")
    assert "elliptical taken for spiral" in said(test)


def test_classes_are_listed_with_n_and_an_interval(see, survey, plant_training, html_of):
    plant_training(survey)
    html = html_of(see(view="classes", part="all"))
    assert "interval of the recall" in html
    assert "</b> merger</span></span></th><td>12</td>" in html


def test_curves_state_how_the_intervals_were_made(see, survey, plant_training, html_of):
    plant_training(survey)
    test = see(view="curves", part="all")
    assert len(test.get("plotly_chart")) == 4  # with loss and accuracy by epoch
    assert "200 samples" in said(test)
    assert "mean of the classes" in html_of(test)


def test_the_threshold_shows_what_it_leaves_undefined(see, survey, plant_training):
    plant_training(survey)
    test = see(view="threshold", part="all")
    assert named(test.slider, "Undefined below").value == 0.75
    assert "No galaxy is selected" in said(test)  # planted answers have 0.8
    named(test.slider, "Undefined below").set_value(0.85).run()
    assert "**36** galaxies · undefined below 0.85" in said(test)


def test_two_classes_have_a_band_with_two_ends(see, survey, plant_training, space):
    run_id = plant_training(survey)
    path = space.runs / run_id / "predictions.parquet"
    table = pd.read_parquet(path).drop(columns="p_merger")
    table["p_spiral"] = 1 - table["p_elliptical"]  # 0.2 or 0.9
    table.to_parquet(path, index=False)
    test = see(view="threshold", part="all", band="0.10-0.60")
    slider = named(test.slider, "Undefined between these probabilities of spiral")
    assert slider.value == (0.10, 0.60)
    n = int(
        table["p_spiral"].between(0.1, 0.6)[table["label"].isin(["elliptical", "spiral"])].sum()
    )
    assert f"**{n}** galaxies · undefined from 0.10 to 0.60" in said(test)
    slider.set_value((0.25, 0.75)).run()
    assert "band" not in test.query_params
    assert "No galaxy is selected" in said(test)


@pytest.mark.parametrize("asked", ["", "x", "0.9-0.1", "nan-nan", "0.2", "0.1-0.2-0.3", "-1-2"])
def test_a_band_that_is_none_is_the_usual_one(asked):
    assert evaluate_threshold._two(asked) == (0.25, 0.75)
    assert evaluate_threshold._one(asked.partition("-")[0]) in (0.75, 0.9, 0.2, 0.1)


def test_trust_tells_temperature_and_sets_with_n(see, survey, plant_training, bundled):
    bundled(plant_training(survey), calibration=FOUND)
    test = see(view="trust", part="all")
    words = said(test)
    assert "**Temperature 1.50** softens" in words
    assert "Fitted on 31 galaxies" in words
    assert "Fitted on the other 30 galaxies" in words
    assert "1.00 classes on the mean" in words
    assert len(test.get("plotly_chart")) == 2


def test_without_calibration_it_says_why(see, survey, plant_training, bundled):
    bundled(plant_training(survey))
    assert "too small to fit a temperature" in said(see(view="trust", part="all"))


def test_mistakes_are_kept_in_one_click(see, survey, plant_training, space):
    plant_training(survey)
    test = see(view="mistakes", part="all")
    assert "confident mistakes" in said(test)
    named(test.button, "Open in Browse").click().run()
    (kept,) = list_selections(space, survey)
    assert len(kept.object_ids) == 8  # every fifth, of those with a label
    assert kept.source["kind"] == "evaluate page"


def test_the_least_certain_are_a_choice_in_the_address(see, survey, plant_training):
    plant_training(survey)
    test = see(view="mistakes", part="all")
    named(test.get("button_group"), "Which").set_value("uncertain").run()
    assert test.query_params["of"] == "uncertain"
    assert "least certain answers" in said(test)


def test_a_page_the_answers_and_the_numbers_of_the_view_can_be_taken_along(
    see, survey, plant_training
):
    plant_training(survey)
    buttons = see(view="curves").get("download_button")
    assert [b.proto.label for b in buttons] == ["Report", "Answers", "Table of Curves"]


@pytest.fixture
def voted(space, survey, plant_training, bundled):
    """A finished training of vote fractions, always 0.1 too high."""
    run_id = bundled(plant_training(survey, recipe="fork-votes"), VOTES)
    path = space.runs / run_id / "predictions.parquet"
    table = pd.read_parquet(path)[["object_id", "label", "part"]]
    truth = np.random.default_rng(0).random((len(table), 2))
    for place, name in enumerate(VOTES.outputs):
        table[name], table[f"true_{name}"] = truth[:, place] + 0.1, truth[:, place]
    table.to_parquet(path, index=False)
    return run_id


def test_votes_are_told_against_the_mean(see, voted, html_of):
    test = see(run=voted)
    html = html_of(test)
    assert "<b>0.1000</b><span>RMSE of all fractions" in html
    assert "2 of 2" in html
    table = test.dataframe[0].value
    assert table["Answer"].tolist() == ["smooth", "shape: disc"]
    assert table["Bias"].tolist() == pytest.approx([0.1, 0.1])
    assert "largest errors, all answers" in said(test)


def test_an_answer_has_its_scatter_and_residuals(see, voted):
    test = see(run=voted)
    named(test.selectbox, "Answer").set_value("smooth").run()
    assert test.query_params["answer"] == "smooth"
    assert len(test.get("plotly_chart")) == 1
    assert "largest errors, smooth" in said(test)
    assert "voted → predicted" in said(test)


def test_votes_that_were_not_kept_are_an_error_in_words(see, voted, space):
    path = space.runs / voted / "predictions.parquet"
    pd.read_parquet(path).drop(columns="true_smooth").to_parquet(path, index=False)
    assert "did not keep what people voted" in said(see(run=voted))


def test_a_model_that_gives_classes_and_votes_has_a_switch(see, voted, space, html_of):
    """The head is in the address, and every view follows it."""
    folder = space.runs / voted
    table = pd.read_parquet(folder / "predictions.parquet")
    for place, name in enumerate(HEAD.outputs):
        table[f"p_{name}"] = np.eye(3)[np.arange(len(table)) % 3][:, place]
    table.to_parquet(folder / "predictions.parquet", index=False)
    info = replace(read_info(folder / "bundle"), heads=(HEAD, VOTES))
    write_info(folder / "bundle", info)
    test = see(run=voted)
    assert "Balanced accuracy" in html_of(test)
    named(test.get("button_group"), "Answers").set_value("votes").run()
    assert test.query_params["head"] == "votes"
    assert "RMSE of all fractions" in html_of(test)
