"""Several answers of one model: what is turned, what is dropped, and what stays as it was."""

import numpy as np
import pytest

from astro_core.classifiers.bundle import Bundle, BundleInfo
from astro_core.classifiers.opinions import dropout_answers, has_dropout, turned_answers
from astro_core.domain import Head, RenderRecipe
from astro_core.errors import BadInputError

SIDE = 8
HEAD = Head(name="class", kind="classes", outputs=("a", "b", "c"), mirror=(1, 0, 2))


def bundle_of(model):
    info = BundleInfo(name="toy", kind="keras", heads=(HEAD,), render=RenderRecipe(size_px=SIDE))
    return Bundle(info, model)


def network(*, rate):
    import keras

    keras.utils.set_random_seed(1)
    image = keras.Input((SIDE, SIDE, 3))
    inner_in = keras.Input((SIDE, SIDE, 3))
    x = keras.layers.Conv2D(4, 3, activation="relu")(inner_in)
    x = keras.layers.BatchNormalization()(x)
    inner = keras.Model(inner_in, keras.layers.Dropout(rate)(x), name="trunk")
    x = keras.layers.Flatten()(inner(keras.layers.Rescaling(1 / 255)(image)))
    out = keras.layers.Dense(3, activation="softmax", name="class")(x)
    return keras.Model(image, {"class": out})


class Left:
    """Says "a" with the share of light on the left, "b" with that on the right."""

    def predict_on_batch(self, images):
        left = images[:, :, : SIDE // 2].sum((1, 2, 3)) / images.sum((1, 2, 3))
        return {"class": np.stack([left, 1 - left, 0 * left], axis=1)}


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(1, 255, (5, SIDE, SIDE, 3), dtype=np.uint8)


def test_turned_views_are_answered_one_by_one_and_mirrored_ones_put_right(pixels):
    said = turned_answers(bundle_of(Left()), pixels, HEAD)
    assert said.shape == (8, 5, 3)
    np.testing.assert_allclose(said[0], Left().predict_on_batch(pixels.astype(float))["class"])
    np.testing.assert_allclose(said[4], said[0], atol=1e-6)  # mirrored, and a for b: the same
    np.testing.assert_allclose(said[2, :, 0], 1 - said[0, :, 0], atol=1e-6)  # upside down: not


def test_their_mean_is_what_the_model_says_of_eight_views(pixels):
    bundle = bundle_of(network(rate=0.0))
    whole = bundle.predict(pixels, views=8)["class"]
    np.testing.assert_allclose(turned_answers(bundle, pixels, HEAD).mean(0), whole, atol=1e-5)


def test_dropout_scatters_answers_and_leaves_the_network_as_it_was(pixels):
    model = network(rate=0.5)
    bundle = bundle_of(model)
    assert has_dropout(model)
    before = [w.copy() for w in model.get_weights()]
    sure = bundle.predict(pixels)["class"]
    seen = []
    said = dropout_answers(
        bundle, pixels, HEAD, seed=3, progress=lambda done, total, _: seen.append((done, total))
    )
    assert said.shape == (10, 5, 3)
    np.testing.assert_allclose(said.sum(axis=2), 1, atol=1e-5)
    assert said.std(axis=0).max() > 0.01
    assert seen == [(5, 5)]
    np.testing.assert_array_equal(said, dropout_answers(bundle, pixels, HEAD, seed=3))
    assert (said != dropout_answers(bundle, pixels, HEAD, seed=4)).any()
    np.testing.assert_array_equal(bundle.predict(pixels)["class"], sure)
    for weights, was in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weights, was)
    assert all(layer.trainable for layer in model.layers)


def test_without_dropout_there_is_nothing_to_drop(pixels):
    assert not has_dropout(network(rate=0.0))
    assert not has_dropout(Left())
    with pytest.raises(BadInputError, match="has no dropout"):
        dropout_answers(bundle_of(network(rate=0.0)), pixels, HEAD)
