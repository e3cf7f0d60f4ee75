"""A model that can be asked without a network: planted looks instead of answers of the desk."""

import json
import zipfile

import numpy as np
import pytest

from astro_core.classifiers.bundle_info import BundleInfo, write_info
from astro_core.domain import Head, RenderRecipe
from astro_core.explain.results import (
    Activations,
    Cams,
    Filters,
    Integrated,
    Maps,
    Occlusion,
    Rotation,
)
from astro_core.workflows.explain import question
from astro_core.workflows.explain_mean import mean_key
from astro_core.workflows.explain_store import Explanation, MeanMaps, write_stored

CLASSES = ("elliptical", "spiral", "merger")
HEAD = Head(name="type", kind="classes", outputs=CLASSES)
SIZE = 24
LAYERS = (("Conv2D", "conv_1", 12), ("MaxPooling2D", "pool", 0), ("Conv2D", "last_conv", 80))


def spot(at, size=6):
    """A map that is strong at one cell."""
    values = np.zeros((size, size), dtype=np.float32)
    values[at] = 2.0
    return values


def maps(outputs, *, zero=""):
    every = [spot((1, i % 6)) * (name != zero) for i, name in enumerate(outputs)]
    return Maps(outputs=tuple(outputs), values=np.array(every), size_px=SIZE)


def result_of(method, head, params, zero=""):
    """What a look of each kind gives, made up."""
    n = len(head.outputs)
    if method == "cam":
        both = maps(head.outputs, zero=zero)
        return Cams(layer="last_conv", gradcam=both, gradcam_pp=both)
    if method == "occlusion":
        return Occlusion(maps=maps(head.outputs, zero=zero), patch_px=6, step_px=3)
    if method == "integrated":
        one = Maps(outputs=(params["output"],), values=spot((1, 1))[None], size_px=SIZE)
        return Integrated(maps=one, answer=0.8, baseline=0.3, total=0.49, steps=32)
    if method == "activations":
        values = np.random.default_rng(0).random((4, 12, 12), dtype=np.float32)
        raw = np.array([0.1, 0.2, 0.3, 0.0], dtype=np.float32)
        return Activations(
            layer=params["layer"], n_maps=80, values=values, raw_min=0 * raw, raw_max=raw
        )
    if method == "filters":
        before = np.array([0.1, 0.5], dtype=np.float32)
        return Filters(
            layer=params["layer"], n_filters=12, indices=(0, 1), before=before,
            images=np.zeros((2, SIZE, SIZE, 3), np.uint8), after=before[::-1] * [2, 1],
        )  # fmt: skip
    answers = np.full((4, n), 0.1, dtype=np.float32)
    answers[:3, 0], answers[3, 1] = 0.8, 0.7
    return Rotation(
        views=("0°", "90°", "180°", "270°"), angles_deg=np.arange(0, 360, 90, dtype=np.float32),
        mirrored=np.zeros(4, bool), outputs=head.outputs, answers=answers,
        images=np.zeros((4, SIZE, SIZE, 3), np.uint8), maps=np.ones((4, n, 3, 3), np.float32),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def nobody_answers(monkeypatch):
    """No process is started: what was asked stays asked."""
    monkeypatch.setattr("astro_core.runs.desk.ensure_desk", lambda workspace: None)


@pytest.fixture
def give_model(space, plant_training):
    """A training of a survey with a model whose file says its layers; returns the run's id."""

    def give(survey, *, head=HEAD, kind="keras"):
        run_id = plant_training(survey)
        folder = space.runs / run_id / "bundle"
        folder.mkdir()
        layers = [{"class_name": k, "config": {"name": n, "filters": f}} for k, n, f in LAYERS]
        with zipfile.ZipFile(folder / "model.keras", "w") as archive:
            archive.writestr("config.json", json.dumps({"config": {"layers": layers}}))
        info = BundleInfo(
            name=run_id, kind=kind, heads=(head,), render=RenderRecipe(size_px=SIZE),
            dataset=survey.name, training={"recipe": "galaxy10-simple"},
            files={"model.keras": "0" * 64, "forest.skops": "0" * 64},
        )  # fmt: skip
        write_info(folder, info)
        return run_id

    return give


@pytest.fixture
def answer(space):
    """Plants a look, as the desk would write it."""

    def plant(run_id, survey, object_id, method, *, head=HEAD, answers=None, zero="", **params):
        asked = question(
            space, run_id, survey.name, object_id, method, head=head.name, **params
        )  # fmt: skip
        n = len(head.outputs)
        given = np.linspace(0.8, 0.1, n) if answers is None else np.array(answers)
        made = Explanation(
            method=method, model=run_id, dataset=survey.name, object_id=object_id,
            head=head.name, outputs=head.outputs, answers=given.astype(np.float32),
            calibrated=True, image=np.full((SIZE, SIZE, 3), 40, np.uint8),
            result=result_of(method, head, asked | params, zero),
        )  # fmt: skip
        write_stored(space, asked["key"], made)
        return asked["key"]

    return plant


@pytest.fixture
def plant_means(space):
    """Plants mean maps of a class."""

    def plant(run_id, survey, output, *, object_ids, n_maps=(2, 1, 0)):
        groups = ("right", "missed", "taken")
        key = mean_key(space, run_id, survey.name, output, head=HEAD.name)
        values = np.stack([spot((3, 3)), spot((0, 0)), np.zeros((6, 6), np.float32)]) / 2
        made = MeanMaps(
            model=run_id, dataset=survey.name, head=HEAD.name, output=output, part="test",
            layer="last_conv", groups=groups, n_objects=np.array([5, 1, 0]),
            n_asked=40, n_maps=np.array(n_maps), n_zero=np.array([1, 0, 0]),
            maps=Maps(outputs=groups, values=values, size_px=SIZE),
            images=np.zeros((3, SIZE, SIZE, 3), np.uint8), object_ids=object_ids,
        )  # fmt: skip
        write_stored(space, key, made)

    return plant


@pytest.fixture
def survey(make_survey):
    return make_survey("pictures", 40)


@pytest.fixture
def see(open_page, survey):
    return lambda **query: open_page("explain.py", dataset=survey.name, **query)


@pytest.fixture
def said():
    def words(test):
        kinds = ("markdown", "caption", "info", "warning", "error", "success")
        return "\n".join(e.value for kind in kinds for e in test.get(kind))

    return words


@pytest.fixture
def named():
    return lambda elements, label: next(e for e in elements if e.label.startswith(label))
