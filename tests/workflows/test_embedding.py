"""What a network sees as features: its own vectors, of its own weights, on its own images."""

import numpy as np
import pytest

from astro_core.classifiers.bundle import BundleInfo, load_bundle, save_bundle
from astro_core.classifiers.networks.fork import ForkParams, build_fork
from astro_core.domain import Head, RenderRecipe
from astro_core.errors import BadInputError, NotFoundError
from astro_core.features import EXTRACTORS
from astro_core.runs import execute
from astro_core.workflows import embedding
from astro_core.workflows.feature_plan import plan_features
from astro_core.workflows.feature_store import describe_features, open_features
from astro_core.workflows.stack import stamps

HEAD = Head(name="label", kind="classes", outputs=("a", "b"))
SIZE = 16


@pytest.fixture
def network(survey_space):
    """Saves a network of random weights under a name and returns its folder."""

    def make(name, seed, created_at="2026-01-01"):
        import keras

        keras.utils.set_random_seed(seed)
        model = build_fork((SIZE, SIZE, 3), (HEAD,), ForkParams(width=4, stages=2))
        info = BundleInfo(
            name=name,
            kind="keras",
            heads=(HEAD,),
            render=RenderRecipe(size_px=SIZE, crop_px=20),
            embedding="embedding",
            created_at=created_at,
        )
        save_bundle(survey_space.models / name, model, info)
        return survey_space.models / name

    return make


def compute(space, dataset, **params):
    asked = {"dataset": dataset.name, "extractor": "embedding", "params": params, "sample": None}
    return execute(space, "features", asked | {"seed": 0}, title="features")


def test_there_is_none_before_there_is_a_model(survey, survey_space):
    spec = EXTRACTORS.get("embedding")
    assert "No trained model yet" in spec.unavailable(survey)
    with pytest.raises(BadInputError, match="No trained model yet"):
        plan_features(survey, "embedding", {})


def test_the_vectors_are_those_of_the_network(survey, survey_space, network, monkeypatch):
    folder = network("net", 0)
    monkeypatch.setattr(embedding, "_BATCH_BYTES", 3 * SIZE**2 * 25)
    run = compute(survey_space, survey)
    assert run.state == "done", run.error
    features = open_features(survey_space, run.result["key"])
    render = RenderRecipe(size_px=SIZE, crop_px=20)
    images, ok = stamps(survey_space, survey, render, list(features.object_ids))
    assert ok.all()
    seen = load_bundle(folder).embed(images)
    spread = seen.std(axis=0)
    expected = (seen - seen.mean(axis=0)) / np.where(spread > 0, spread, 1)
    np.testing.assert_allclose(features.values, expected, atol=1e-3)
    about = describe_features(survey_space, run.result["key"])
    assert about.params["model"] == "net"
    assert about.n_bad == 1
    assert "network 'net'" in about.summary


def test_other_weights_are_another_set(survey, network):
    network("net", 0)
    before = plan_features(survey, "embedding", {"model": "net"})
    assert plan_features(survey, "embedding", {}).key == before.key
    network("net", 1)
    assert plan_features(survey, "embedding", {"model": "net"}).key != before.key
    with pytest.raises(BadInputError, match="not the one that was meant"):
        plan_features(survey, "embedding", {"model": "net", "weights": before.params.weights})


def test_the_newest_network_is_taken_and_a_wrong_one_named(survey, survey_space, network):
    network("a", 0, created_at="2026-03-01")
    network("b", 1, created_at="2026-02-01")
    assert plan_features(survey, "embedding", {}).params.model == "a"
    with pytest.raises(NotFoundError, match="no model 'magic'"):
        plan_features(survey, "embedding", {"model": "magic"})
