"""Networks with a backbone: what they see, what of them learns, whose weights they begin with."""

import numpy as np
import pytest

from astro_core.classifiers import recipes  # noqa: F401 - registers them
from astro_core.classifiers.bundle import load_bundle, save_bundle
from astro_core.classifiers.networks import backbone as module
from astro_core.classifiers.networks.backbones import (
    EfficientnetParams,
    Resnet50Params,
    Vgg16Params,
)
from astro_core.classifiers.networks.published import EFFICIENTNET
from astro_core.classifiers.pretrained import Published
from astro_core.classifiers.registry import MODELS, RECIPES
from astro_core.classifiers.seeding import seed_weights
from astro_core.domain import Head, RenderRecipe
from astro_core.errors import BadInputError

NINE = Head(name="label", kind="classes", outputs=tuple("abcdefghi"))
TWO = Head(name="label", kind="binary", outputs=("a", "b"))
SIZE = 32


def built(model, params, head=NINE, size=SIZE, channels=3):
    return MODELS.get(model).build((size, size, channels), (head,), params)


def learnt(model):
    return sum(int(np.prod(w.shape)) for w in model.trainable_variables)


def images(n=3, size=SIZE):
    return np.random.default_rng(0).integers(0, 255, (n, size, size, 3)).astype(np.float32)


@pytest.fixture
def weights_file(tmp_path):
    """A file in the form in which Keras publishes weights, of a network with odd numbers."""

    def write(make, **more):
        import h5py
        import keras
        from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

        keras.utils.set_random_seed(7)
        network = make(include_top=False, weights=None, input_shape=(SIZE, SIZE, 3), **more)
        for layer in network.layers:
            layer.set_weights([w + 0.01 * np.sqrt(np.abs(w) + 1) for w in layer.get_weights()])
        path = tmp_path / "mine_notop.h5"
        with h5py.File(path, "w") as file:
            save_weights_to_hdf5_group(file, network)
        return path, network

    return write


def published(path):
    import hashlib

    md5 = hashlib.md5(path.read_bytes()).hexdigest()
    return Published(label="A network", url="https://a.b/c.h5", md5=md5, megabytes=1)


def test_the_tops_of_vgg16_have_the_weights_that_project_c_counted(monkeypatch):
    """Frozen 131,721; from block 5 on 7,211,145 (the report has a digit of it wrong)."""
    monkeypatch.setattr(module.FirstWeights, "path", lambda _: "there")
    monkeypatch.setattr(module, "_load", lambda *_: None)
    frozen, finetuned = (
        built("vgg16", RECIPES.get(f"galaxy10-vgg16-{name}").network, size=69)
        for name in ("frozen", "finetuned")
    )
    assert learnt(frozen) == 131_721
    assert learnt(finetuned) == 131_721 + 3 * (9 * 512 * 512 + 512)
    caffe = 3 * 3 + 3
    assert frozen.count_params() - caffe == 14_846_409


@pytest.mark.usefixtures("small_backbones")
@pytest.mark.parametrize("model", ["vgg16", "resnet50", "efficientnet"])
def test_without_pretrained_weights_everything_learns(model):
    from dataclasses import replace

    asked = {"vgg16": Vgg16Params, "resnet50": Resnet50Params}.get(model, EfficientnetParams)
    params = asked(weights="none", **({"variant": "b0"} if model == "efficientnet" else {}))
    all_of_it, nothing = (
        built(model, replace(params, trainable_from=way)) for way in ("everything", "nothing")
    )
    assert learnt(all_of_it) == learnt(nothing) > 0


@pytest.mark.usefixtures("small_backbones")
@pytest.mark.parametrize("stage", ["nothing", "block5", "block2", "everything"])
def test_what_learns_begins_at_a_stage(stage, weights_file):
    import keras

    path, _ = weights_file(keras.applications.VGG16, name="x")
    model = built(
        "vgg16", Vgg16Params(weights="file", weights_path=str(path), trainable_from=stage)
    )
    frozen = {
        layer.name for layer in model.get_layer("vgg16").layers
        if layer.weights and not layer.trainable
    }  # fmt: skip
    first = {"nothing": 6, "block5": 5, "block2": 2, "everything": 1}[stage]
    assert frozen == {f"block{n}_conv3" for n in range(1, first)}


@pytest.mark.usefixtures("small_backbones")
def test_weights_of_a_file_stay_whatever_the_seed(weights_file):
    import keras

    path, network = weights_file(keras.applications.VGG16, name="x")
    model = built("vgg16", Vgg16Params(weights="file", weights_path=str(path), top=(4,)))
    seed_weights(model, 3)
    inside = model.get_layer("vgg16")
    for mine, its in zip(inside.get_weights(), network.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, its)
    one = model.get_layer("head_label").kernel.numpy()
    seed_weights(model, 4)
    assert not np.allclose(one, model.get_layer("head_label").kernel.numpy())
    scratch = built("vgg16", Vgg16Params(weights="none"))
    before = scratch.get_layer("vgg16").get_weights()[0]
    seed_weights(scratch, 3)
    assert not np.allclose(before, scratch.get_layer("vgg16").get_weights()[0])


@pytest.mark.usefixtures("small_backbones")
def test_a_backbone_sees_what_keras_shows_it(weights_file):
    """Blue, green, red minus the mean, by a layer inside the model."""
    import keras

    path, network = weights_file(keras.applications.VGG16, name="x")
    model = built("vgg16", Vgg16Params(weights="file", weights_path=str(path)))
    expected = network(keras.applications.vgg16.preprocess_input(images().copy()))
    vector = keras.Model(model.input, model.get_layer("embedding").output)(images())
    np.testing.assert_allclose(vector, np.mean(expected, axis=(1, 2)), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("same", [True, False], ids=["published", "another"])
def test_published_weights_of_efficientnet_see_colours_as_they_learnt_to(
    same, weights_file, monkeypatch
):
    """Keras adds a layer where it loads them itself; ours has to answer alike."""
    import keras
    from keras.src.utils import file_utils

    path, _ = weights_file(keras.applications.EfficientNetB0)
    monkeypatch.setattr(file_utils, "get_file", lambda *_, **__: str(path))
    keras_own = keras.applications.EfficientNetB0(
        include_top=False, weights="imagenet" if same else str(path), input_shape=(SIZE, SIZE, 3)
    )
    mine = published(path)
    if not same:
        mine = Published(label="B0", url=mine.url, md5="0" * 32, megabytes=1)
    monkeypatch.setitem(EFFICIENTNET, "b0", mine)
    params = EfficientnetParams(weights="file", weights_path=str(path), variant="b0")
    model = built("efficientnet", params)
    vector = keras.Model(model.input, model.get_layer("embedding").output)(images())
    expected = np.mean(keras_own(images()), axis=(1, 2))
    np.testing.assert_allclose(vector, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.usefixtures("small_backbones")
@pytest.mark.parametrize("channels", [1, 3])
def test_a_saved_one_answers_alike_and_keeps_its_preprocessing(channels, tmp_path):
    from astro_core.classifiers.bundle import Bundle, BundleInfo

    model = built("resnet50", Resnet50Params(weights="none", top=(4,)), TWO, channels=channels)
    info = BundleInfo(
        name="toy", kind="keras", heads=(TWO,), render=RenderRecipe(size_px=SIZE),
        grey=channels == 1, embedding="embedding",
    )  # fmt: skip
    save_bundle(tmp_path / "model", model, info)
    back = load_bundle(tmp_path / "model")
    pixels = images().astype(np.uint8)
    one, other = (b.predict(pixels)["label"] for b in (back, Bundle(info, model)))
    np.testing.assert_allclose(one, other, atol=1e-6)
    np.testing.assert_allclose(one.sum(axis=1), 1, atol=1e-6)
    kernel, bias = back.model.get_layer("caffe").get_weights()
    assert kernel.tolist() == [[0, 0, 1], [0, 1, 0], [1, 0, 0]]
    np.testing.assert_allclose(bias, [-103.939, -116.779, -123.68])
    assert len(back.model.get_layer("resnet50").get_layer("conv5_block1_out").output.shape) == 4


def test_too_small_an_image_is_said():
    with pytest.raises(BadInputError, match="16 px are too small"):
        built("vgg16", Vgg16Params(weights="none"), size=16)


@pytest.mark.usefixtures("small_backbones")
def test_weights_of_another_network_are_refused(weights_file):
    import keras

    path, _ = weights_file(keras.applications.ResNet50)
    with pytest.raises(BadInputError, match="does not fit the network") as error:
        built("vgg16", Vgg16Params(weights="file", weights_path=str(path)))
    assert "VGG-16 without its top" in str(error.value)


@pytest.mark.usefixtures("small_backbones")
def test_a_damaged_file_is_refused(tmp_path):
    path = tmp_path / "half.h5"
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(300))
    with pytest.raises(BadInputError, match=r"'half\.h5' does not fit"):
        built("vgg16", Vgg16Params(weights="file", weights_path=str(path)))
