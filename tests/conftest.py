"""What tests of several rooms share."""

import pytest

from astro_core.workflows import models

SHIPPED = models.SHIPPED


@pytest.fixture(autouse=True, scope="session")
def nothing_shipped(tmp_path_factory):
    """Tests see the models that they make, unless they use the fixture "shipped"."""
    models.SHIPPED = tmp_path_factory.getbasetemp() / "nothing-shipped"
    yield
    models.SHIPPED = SHIPPED


@pytest.fixture
def shipped(monkeypatch):
    """The models that are shipped are there."""
    monkeypatch.setattr(models, "SHIPPED", SHIPPED)


@pytest.fixture
def small_backbones(monkeypatch):
    """Keras's own networks with few maps and layers, so that our code around them is quick."""
    import keras
    from keras.src.applications import efficientnet, resnet

    def vgg(*, input_shape, name, **_):
        x = image = keras.Input(input_shape)
        for block in range(1, 6):
            conv = keras.layers.Conv2D(
                4, 3, activation="relu", padding="same", name=f"block{block}_conv3"
            )
            x = keras.layers.MaxPooling2D(2, name=f"block{block}_pool")(conv(x))
        return keras.Model(image, x, name=name)

    def stages(x):
        for stage in (2, 5):
            x = resnet.stack_residual_blocks_v1(x, 4, 1, name=f"conv{stage}")
        return x

    def residual(**asked):
        return resnet.ResNet(stages, preact=False, use_bias=True, **asked)

    def efficient(**asked):
        blocks = [efficientnet.DEFAULT_BLOCKS_ARGS[0], efficientnet.DEFAULT_BLOCKS_ARGS[-1]]
        return efficientnet.EfficientNet(0.1, 0.1, 32, blocks_args=blocks, **asked)

    monkeypatch.setattr(keras.applications, "VGG16", vgg)
    monkeypatch.setattr(keras.applications, "ResNet50", residual)
    monkeypatch.setattr(keras.applications, "EfficientNetB0", efficient)


@pytest.fixture(scope="session")
def colour_model(tmp_path_factory):
    """A model of known answers, as a bundle: a red picture is red, a blue one blue.

    A grey one is undefined. It has a quick form, and has learned from red and blue galaxies.
    """
    import keras
    import numpy as np

    from astro_core.classifiers.bundle import BundleInfo, save_bundle
    from astro_core.classifiers.bundle_info import QUICK, REFERENCE
    from astro_core.classifiers.quick import write_quick
    from astro_core.classifiers.reference import make_reference, write_reference
    from astro_core.domain import Head, RenderRecipe

    colour = Head(name="colour", kind="classes", outputs=("red", "blue"))
    light = Head(name="light", kind="votes", outputs=("bright", "dark"), questions=((0, 1),))
    image = keras.Input((16, 16, 3))
    vector = keras.layers.GlobalAveragePooling2D(name="embedding")(image)
    says = keras.layers.Dense(2, activation="softmax")
    votes = keras.layers.Dense(2, activation="softmax")
    network = keras.Model(image, {"colour": says(vector), "light": votes(vector)})
    says.set_weights([np.array([[0.05, 0], [0, 0], [0, 0.05]]), np.zeros(2)])
    votes.set_weights([np.full((3, 2), [0.01, -0.01]), np.array([-1, 1])])
    stamps = np.random.default_rng(1).integers(0, 40, (60, 16, 16, 3)).astype(np.uint8)
    stamps[np.arange(60), 4:12, 4:12, 2 * (np.arange(60) % 2)] = 200
    vectors = stamps.mean(axis=(1, 2), dtype=np.float32)
    known = make_reference(
        object_ids=[f"G{i}" for i in range(40)],
        datasets=["colours"] * 40,
        labels=[colour.outputs[i % 2] for i in range(40)],
        aside_ids=[f"A{i}" for i in range(20)], vectors=vectors[:40], aside=vectors[40:],
        pixels=stamps[:40], framing=0.5,
    )  # fmt: skip
    info = BundleInfo(
        name="colours",
        kind="keras",
        heads=(colour, light),
        render=RenderRecipe(size_px=16),
        embedding="embedding",
        calibration={"colour": {"temperature": 1.0, "set_threshold": 0.2}},
    )
    folder = tmp_path_factory.mktemp("models") / "colours"
    beside = {
        QUICK: lambda path: write_quick(network, "embedding", path),
        REFERENCE: lambda path: write_reference(known, path),
    }
    save_bundle(folder, network, info, beside)
    return folder
