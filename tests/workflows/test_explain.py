"""Looks into a model of a small survey, answered here instead of by the desk."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from astro_core.classifiers.bundle import BundleInfo, load_bundle, save_bundle
from astro_core.classifiers.networks.fork import ForkParams, build_fork
from astro_core.datasets.catalogue import read_catalogue
from astro_core.domain import Head, no_progress
from astro_core.errors import BadInputError, NotFoundError, TuningForkError
from astro_core.runs import execute
from astro_core.runs.folder import RunFolder
from astro_core.workflows import explain as asking
from astro_core.workflows.explain import (
    cancel_explanation,
    explain,
    explanation_state,
    open_explanation,
    prepare,
    question,
    why_not,
)
from astro_core.workflows.explain_desk import answer, load
from astro_core.workflows.explain_layers import model_layers
from astro_core.workflows.explain_mean import KIND, find_mean_maps, mean_key, open_mean_maps
from astro_core.workflows.explain_methods import METHODS
from astro_core.workflows.explain_model import open_model
from astro_core.workflows.explain_networks import networks
from astro_core.workflows.explain_store import keep_image, path_of, sweep
from astro_core.workflows.predict import answer_table
from astro_core.workflows.stack import render_now
from astro_core.workspace import Workspace

LABEL = Head(name="label", kind="classes", outputs=("elliptical", "spiral"))
VOTES = Head(name="votes", kind="votes", outputs=("smooth", "disk"), questions=((0, 1),))
SIZE = 16


@pytest.fixture(scope="module")
def network():
    import keras

    keras.utils.set_random_seed(1)
    return build_fork((SIZE, SIZE, 3), (LABEL, VOTES), ForkParams(width=4, stages=2))


@pytest.fixture
def info(survey):
    return BundleInfo(
        name="toy",
        kind="keras",
        heads=(LABEL, VOTES),
        render=replace(survey.recipe, size_px=SIZE),
        views=2,
        embedding="embedding",
        calibration={"label": {"temperature": 2.0, "n_temperature": 20}},
        training={"recipe": "fork"},
        fingerprint="of another dataset",
    )


@pytest.fixture
def space(survey_space, survey, network, info, monkeypatch):
    save_bundle(survey_space.models / "toy", network, info)
    monkeypatch.setattr(asking.desk, "ask", answered_here)
    return survey_space


asked_for = []


def answered_here(workspace, key, function, params, *, quick, again=False):
    asked_for.append(key)
    {"answer": answer, "load": load}[function.partition(":")[2]](workspace, params, no_progress)


def galaxy(number):
    return str(587722981733826738 + number)


def look(space, method, number=0, **more):
    key = explain(space, "toy", "Small Survey", galaxy(number), method, **more)
    assert explanation_state(space, key).state == "done"
    return open_explanation(space, key)


@pytest.mark.parametrize("method", METHODS.names())
def test_every_way_to_look_is_stored_and_read_as_it_was(space, method):
    first = look(space, method)
    assert first.method == method
    kind = {"cam": "Cams", "integrated": "Integrated"}.get(method, method.capitalize())
    assert type(first.result).__name__ == kind
    assert first.outputs == LABEL.outputs
    assert first.image.shape == (SIZE, SIZE, 3)
    assert not first.answers.flags.writeable


def test_a_look_shows_the_galaxy_and_the_answer_that_predict_gives(space, survey, info):
    found = look(space, "cam", 3)
    images, _ = render_now(survey, info.render, [galaxy(3)])
    np.testing.assert_array_equal(found.image, images[0])
    bundle = load_bundle(space.models / "toy")
    told = answer_table(info.heads, bundle.predict(images), info.calibration)
    np.testing.assert_allclose(found.answers, told[["p_elliptical", "p_spiral"]].iloc[0], atol=1e-6)
    assert found.calibrated
    assert found.top in LABEL.outputs
    assert found.result.gradcam.shown("spiral").shape == (SIZE, SIZE)


def test_a_head_of_votes_is_looked_at_by_name(space):
    found = look(space, "integrated", head="votes", output="disk")
    assert found.outputs == ("smooth", "disk")
    assert found.result.maps.outputs == ("disk",)
    assert not found.calibrated


def test_without_an_output_the_top_one_is_explained(space):
    found = look(space, "integrated")
    assert found.result.maps.outputs == (found.top,)


def test_an_image_of_no_dataset_is_looked_at_as_it_is(space, survey, info):
    images, _ = render_now(survey, info.render, [galaxy(3)])
    key = explain(space, "toy", "", keep_image(space, images[0]))
    np.testing.assert_array_equal(open_explanation(space, key).image, images[0])
    np.testing.assert_allclose(open_explanation(space, key).answers, look(space, "cam", 3).answers)
    assert keep_image(space, images[0]) == keep_image(space, images[0].copy())
    assert keep_image(space, 255 - images[0]) != keep_image(space, images[0])


def test_a_look_is_made_once(space):
    asked_for.clear()
    first, second = (explain(space, "toy", "Small Survey", galaxy(1)) for _ in range(2))
    assert first == second
    assert asked_for == [first]


def key_of(space, method="cam", number=0, **more):
    return question(space, "toy", "Small Survey", galaxy(number), method, **more)["key"]


def test_what_changes_a_look_changes_its_key(space, network, info):
    keys = [
        key_of(space),
        key_of(space, number=1),
        key_of(space, head="votes"),
        key_of(space, layer="stem"),
        key_of(space, "activations"),
        key_of(space, "activations", first=4),
        key_of(space, "integrated"),
        key_of(space, "integrated", output="spiral"),
    ]
    save_bundle(space.models / "toy", network, replace(info, render=replace(info.render, Q=3.0)))
    keys.append(key_of(space))
    assert len(set(keys)) == len(keys)


def test_what_changes_nothing_keeps_the_key(space):
    assert key_of(space) == key_of(space, output="spiral", first=3)
    assert key_of(space, "filters") == key_of(space, "filters", 5)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"method": "dream"}, "dream"),
        ({"head": "mood"}, "no head 'mood'"),
        ({"output": "ring", "method": "integrated"}, r"does not answer 'ring'.*elliptical, spiral"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_at_once(space, more, words):
    with pytest.raises(TuningForkError, match=words):
        explain(space, "toy", "Small Survey", galaxy(0), **more)


def test_models_and_datasets_that_are_not_there_are_named(space):
    with pytest.raises(NotFoundError, match="no model 'none'"):
        explain(space, "none", "Small Survey", galaxy(0))
    with pytest.raises(NotFoundError, match="Nothing"):
        explain(space, "toy", "Nothing", galaxy(0))


@pytest.mark.parametrize(
    ("number", "more", "words"),
    [
        (9, {}, "cannot be shown"),
        (999, {}, galaxy(999)),
        (0, {"layer": "conv99"}, "no layer 'conv99'"),
        (0, {"method": "activations", "first": 400}, "no map 400"),
    ],
)
def test_a_look_that_fails_says_why(space, number, more, words):
    with pytest.raises(TuningForkError, match=words):
        explain(space, "toy", "Small Survey", galaxy(number), **more)


@pytest.fixture
def ensemble(space, info):
    """Name of an ensemble that has one member."""
    from astro_core.classifiers.ensemble import Ensemble, Member

    network = build_fork((SIZE, SIZE, 3), (LABEL,), ForkParams(width=4, stages=2))
    member = Member(
        model=network, kind="keras", grey=False, embedding="embedding",
        training={"recipe": "fork"}, weights_from="scratch",
    )  # fmt: skip
    whole = replace(
        info, name="both", kind="ensemble", heads=(LABEL,), views=1, embedding="", calibration={}
    )
    save_bundle(space.models / "both", Ensemble((member,), (1.0,), LABEL, {}), whole)
    return "both"


def test_a_forest_is_refused_with_the_reason(info):
    assert "no layers" in why_not(replace(info, kind="forest"))


def test_an_ensemble_is_refused_and_its_members_are_not(space, ensemble):
    with pytest.raises(BadInputError, match=r"explained by its members.*Choose one"):
        explain(space, ensemble, "Small Survey", galaxy(0))
    assert [model.name for model in networks(space)] == ["both", "both/member-0", "toy"]
    key = explain(space, "both/member-0", "Small Survey", galaxy(0))
    assert open_explanation(space, key).model == "both/member-0"
    assert len(model_layers(space, "both/member-0")) == len(model_layers(space, "toy"))


@pytest.mark.parametrize("name", ["both/member-1", "both/..", "both/member-0/..", "toy/member-0"])
def test_members_that_are_not_there_are_named(space, ensemble, name):
    with pytest.raises(NotFoundError, match="has no"):
        explain(space, name, "Small Survey", galaxy(0))


def test_the_layers_in_the_file_are_those_of_the_network(space):
    listed = model_layers(space, "toy")
    assert tuple(layer.name for layer in listed) == open_model(space, "toy").network.mapped_layers()
    assert {layer.kind for layer in listed} == {"convolution", "pooling"}
    assert listed[0].n_filters == 4


def test_the_layer_that_the_recipe_names_is_taken(space):
    assert open_model(space, "toy").last_conv == "last_conv"
    assert look(space, "cam").result.layer == "last_conv"


def test_a_model_can_be_loaded_beforehand_and_nothing_is_asked_is_no_state(space):
    prepare(space, "toy")
    assert explanation_state(space, "0123456789abcdef").state == "none"
    cancel_explanation(space, "0123456789abcdef")
    with pytest.raises(NotFoundError, match="Ask for it again"):
        open_explanation(space, "0123456789abcdef")


def test_a_key_cannot_be_a_path(space):
    with pytest.raises(BadInputError, match="cannot be named"):
        open_explanation(space, "../models/toy")


def test_the_oldest_looks_are_swept_away(tmp_path):
    space = Workspace(tmp_path).ensure()
    for age, key in enumerate("abc"):
        path = path_of(space, key)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes(100))
        os.utime(path, (1000 - age, 1000 - age))
    sweep(space, limit_bytes=250)
    assert [path_of(space, key).exists() for key in "abc"] == [True, True, False]


def test_mean_maps_count_right_and_wrong_answers(space):
    key = mean_key(space, "toy", "Small Survey", "spiral")
    asked = {"model": "toy", "dataset": "Small Survey", "output": "spiral", "head": "label",
             "part": "test", "key": key}  # fmt: skip
    assert find_mean_maps(space, "toy", "Small Survey", "spiral") is None
    run = execute(space, KIND, asked, title="Mean maps")
    assert (run.state, run.error) == ("done", "")
    assert find_mean_maps(space, "toy", "Small Survey", "spiral") == key
    found = open_mean_maps(space, key)
    assert found.part == "all"  # the model was trained on something else
    assert found.n_asked == 56  # two without a label, one of another class, one no picture
    right, missed, taken = found.n_objects.tolist()
    assert right + missed == 38
    assert right + taken <= found.n_asked
    assert found.n_maps.tolist() == [right, missed, taken]
    assert [len(ids) for ids in found.object_ids] == [right, missed, taken]
    assert found.images.shape == (3, SIZE, SIZE, 3)
    assert np.isfinite(found.maps.values).all()
    assert np.max(found.maps.values) <= 1


def test_mean_maps_go_by_the_labels_that_were_learned(space, survey, network, info):
    """People may have corrected the catalogue, which knows 38 spirals."""
    run = RunFolder.create(space, kind="train", params={"dataset": survey.name}, title="Training")
    save_bundle(run.path / "bundle", network, replace(info, fingerprint=survey.fingerprint))
    table = pd.DataFrame({"object_id": read_catalogue(survey)["object_id"], "label": "elliptical"})
    table.loc[table.index[:7], "label"] = "spiral"
    table.assign(part="test").to_parquet(run.path / "predictions.parquet")
    key = mean_key(space, run.run_id, survey.name, "spiral")
    asked = {"model": run.run_id, "dataset": survey.name, "output": "spiral", "head": "label",
             "part": "test", "key": key}  # fmt: skip
    execute(space, KIND, asked, title="Mean maps")
    found = open_mean_maps(space, key)
    assert found.part == "test"
    assert found.n_asked == 59  # one is no picture
    assert found.n_objects[:2].sum() == 7


def test_mean_maps_are_of_one_class(space):
    with pytest.raises(BadInputError, match="Vote fractions are not right or wrong"):
        mean_key(space, "toy", "Small Survey", "disk", head="votes")
    with pytest.raises(BadInputError, match="maps of one class"):
        mean_key(space, "toy", "Small Survey", "")
