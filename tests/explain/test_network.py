import keras
import numpy as np
import pytest

from astro_core.classifiers.predicting import predict
from astro_core.domain import Head
from astro_core.errors import BadInputError, NotFoundError
from astro_core.explain.ask import answers_of
from astro_core.explain.network import open_network, score_columns


def answers(network, pixels):
    inner = keras.Model(network.image, [network.answers, network.scores])
    given, scores = inner(network.feed(pixels[None]))
    return {k: np.asarray(v)[0] for k, v in given.items()}, {
        k: np.asarray(v)[0] for k, v in scores.items()
    }


@pytest.mark.parametrize("nested", [False, True])
def test_a_network_laid_open_answers_as_before(toys, nested):
    model = toys.build((toys.colours, toys.votes), nested=nested)
    network, pixels = open_network(model), toys.picture()
    given, scores = answers(network, pixels)
    before = model.predict_on_batch(pixels[None].astype(np.float32))
    for name, values in before.items():
        np.testing.assert_allclose(given[name], values[0], atol=1e-6)
    softened = np.exp(scores["label"]) / np.exp(scores["label"]).sum()
    np.testing.assert_allclose(softened, given["label"], atol=1e-6)


def test_scores_of_votes_that_share_a_softmax_are_those_before_it(toys):
    network = toys.open((toys.votes,), nested=True)
    given, scores = answers(network, toys.picture())
    for asked in toys.votes.questions:
        part = np.exp(scores["votes"][list(asked)])
        np.testing.assert_allclose(part / part.sum(), given["votes"][list(asked)], atol=1e-5)


def test_a_network_from_a_file_may_have_any_names(toys, tmp_path):
    image = keras.Input((8, 8, 3), name="image")
    vector = keras.layers.Flatten()(keras.layers.Conv2D(2, 3, name="last_conv")(image))
    vector = keras.layers.Dense(4, name="dense")(vector)
    parts = [keras.layers.Dense(2, activation="softmax", name=n)(vector) for n in ("a", "b")]
    joined = keras.layers.Concatenate(name="concatenate")(parts)
    keras.Model(image, {"votes": joined}).save(tmp_path / "network.keras")
    keras.utils.clear_session()  # as in a process that has just begun
    network = open_network(keras.models.load_model(tmp_path / "network.keras"))
    given, scores = answers(network, np.full((8, 8, 3), 90, dtype=np.uint8))
    for half in (slice(0, 2), slice(2, 4)):
        part = np.exp(scores["votes"][half] - scores["votes"][half].max())
        np.testing.assert_allclose(part / part.sum(), given["votes"][half], atol=1e-5)


def test_the_score_of_a_sigmoid_is_its_logit(toys):
    given, scores = answers(toys.open((toys.binary,)), toys.picture())
    np.testing.assert_allclose(1 / (1 + np.exp(-scores["label"])), given["label"], atol=1e-6)


def test_where_no_squashing_comes_last_the_score_is_the_logarithm(toys):
    image = keras.Input((8, 8, 3))
    vector = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(2, 3)(image))
    one = keras.layers.Dense(2, activation="softmax")(vector)
    other = keras.layers.Dense(2, activation="sigmoid")(vector)
    network = open_network(keras.Model(image, {"label": keras.layers.Multiply()([one, other])}))
    given, scores = answers(network, np.full((8, 8, 3), 1, dtype=np.uint8))
    np.testing.assert_allclose(scores["label"], np.log(given["label"]), rtol=1e-5)


TREE = {
    "outputs": ("smooth", "disk", "bar", "no_bar"),
    "questions": ((0, 1), (2, 3)),
    "reached_by": ((), (1,)),
}


@pytest.mark.parametrize("more", [{}, {"concentrations": True}])
def test_votes_along_a_tree_are_answered_as_predict_does(toys, more):
    head = Head(name="votes", kind="votes", **TREE, **more)
    model = toys.build((head,), nested=True)
    network, pixels = open_network(model), toys.picture()
    told = predict(model, pixels[None], (head,))["votes"]
    found = answers_of(network, network.feed(pixels[None]), head)
    np.testing.assert_allclose(found, told, atol=1e-6)
    scores = score_columns(head, answers(network, pixels)[1]["votes"][None])
    np.testing.assert_allclose(np.exp(scores)[0, 2:], told[0, 2:], atol=1e-6)


def test_layers_inside_a_backbone_are_named_with_it(toys):
    network = toys.open(nested=True)
    assert network.mapped_layers() == ("backbone/colours", "backbone/pool")
    assert network.last_conv() == "backbone/colours"
    assert network.rectified("backbone/colours") == "backbone/lit"
    assert tuple(network.tap("backbone/pool").shape) == (None, 16, 16, 2)


def test_a_layer_named_last_conv_is_the_last_one():
    image = keras.Input((8, 8, 1))
    x = keras.layers.Conv2D(2, 3, name="last_conv")(image)
    x = keras.layers.Conv2D(2, 3, name="later")(x)
    vector = keras.layers.GlobalAveragePooling2D()(x)
    output = keras.layers.Dense(2, activation="softmax")(vector)
    network = open_network(keras.Model(image, {"label": output}))
    assert network.last_conv() == "last_conv"
    assert network.grey


def test_maps_that_two_layers_use_are_taken_as_they_are():
    image = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(2, 3, padding="same", name="conv")(image)
    both = keras.layers.Add()([keras.layers.Activation("relu")(x), x])
    output = keras.layers.Dense(2)(keras.layers.GlobalAveragePooling2D()(both))
    network = open_network(keras.Model(image, {"label": output}))
    assert network.rectified("conv") == "conv"


def test_a_layer_that_is_not_there_or_has_no_maps_is_named(network):
    with pytest.raises(NotFoundError, match=r"no layer 'conv9'.*colours"):
        network.tap("conv9")
    with pytest.raises(BadInputError, match="'head_label' gives no maps"):
        network.tap("head_label")


def test_a_network_without_a_convolution_says_so():
    image = keras.Input((8, 8, 3))
    output = keras.layers.Dense(2, activation="softmax")(keras.layers.Flatten()(image))
    with pytest.raises(BadInputError, match="no convolution"):
        open_network(keras.Model(image, {"label": output})).last_conv()
