import numpy as np
import pytest

from astro_core.errors import BadInputError
from astro_core.explain.gradcam import cam_batch, cam_layer, class_activation_maps
from astro_core.explain.network import open_network


def peak(values):
    return np.unravel_index(values.argmax(), values.shape)


def inside(place, box):
    return all(s.start <= p < s.stop for p, s in zip(place, box, strict=True))


@pytest.mark.parametrize("kind", ["gradcam", "gradcam_pp"])
@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("head", ["colours", "binary"])
def test_the_spot_that_an_answer_is_about_lights_up(toys, kind, nested, head):
    head = getattr(toys, head)
    network = toys.open((head,), nested=nested)
    cams = class_activation_maps(network, toys.picture(), head)
    maps = getattr(cams, kind)
    for output, box in (("red", toys.at_red), ("blue", toys.at_blue)):
        shown = maps.shown(output)
        assert shown.shape == (toys.size, toys.size)
        assert shown.dtype == np.float32
        assert shown.min() >= 0
        assert shown.max() == 1
        assert inside(peak(shown), box)
        assert not maps.is_zero(output)
    assert maps.shown("red")[toys.at_blue].max() < 0.1


def test_a_vote_lights_up_like_a_class(toys):
    model = toys.build((toys.votes,))
    weights = np.array([[1, -1], [-1, 1]], dtype=np.float32)
    for question in (0, 1):
        model.get_layer(f"head_votes_{question}").set_weights([weights, np.zeros(2)])
    maps = class_activation_maps(open_network(model), toys.picture(), toys.votes).gradcam
    assert inside(peak(maps.shown("bright")), toys.at_red)
    assert inside(peak(maps.shown("dark")), toys.at_blue)


def test_a_backbone_in_a_network_gives_what_the_flat_network_gives(toys):
    flat, nested = (toys.open(nested=n) for n in (False, True))
    one, other = (class_activation_maps(n, toys.picture(), toys.colours) for n in (flat, nested))
    assert (one.layer, other.layer) == ("lit", "backbone/lit")
    np.testing.assert_allclose(one.gradcam.values, other.gradcam.values, atol=1e-6)
    np.testing.assert_allclose(one.gradcam_pp.values, other.gradcam_pp.values, atol=1e-6)


def test_frozen_weights_change_nothing(toys):
    model = toys.build()
    model.trainable = False
    frozen = class_activation_maps(open_network(model), toys.picture(), toys.colours).gradcam
    free = class_activation_maps(toys.open(), toys.picture(), toys.colours).gradcam
    np.testing.assert_allclose(frozen.values, free.values, atol=1e-6)


def test_an_answer_that_is_sure_still_has_a_map(toys):
    network = toys.open(strength=1e5)
    pixels = toys.picture()
    pixels[20:26, 22:28] = 6
    maps = class_activation_maps(network, pixels, toys.colours).gradcam
    assert inside(peak(maps.shown("red")), toys.at_red)


def test_a_network_that_sees_nothing_gives_zeros_and_says_so(toys):
    cams = class_activation_maps(toys.open(strength=0.0), toys.picture(), toys.colours)
    for maps in (cams.gradcam, cams.gradcam_pp):
        assert maps.is_zero("red")
        assert maps.raw_max("red") == 0
        assert not maps.shown("red").any()


def test_a_layer_that_the_answer_does_not_depend_on_gives_zeros(toys):
    import keras

    image = keras.Input((16, 16, 3))
    seen = keras.layers.Conv2D(2, 3, activation="relu", name="used")(image)
    aside = keras.layers.Conv2D(2, 3, activation="relu", name="aside")(image)
    vectors = [keras.layers.GlobalAveragePooling2D()(x) for x in (seen, aside)]
    outputs = [keras.layers.Dense(2, activation="softmax")(v) for v in vectors]
    network = open_network(keras.Model(image, dict(zip(("label", "b"), outputs, strict=True))))
    pixels = np.random.default_rng(0).integers(0, 255, (16, 16, 3)).astype(np.uint8)
    maps = class_activation_maps(network, pixels, toys.colours, "aside").gradcam
    assert maps.is_zero("red")
    assert maps.is_zero("blue")


def test_black_images_give_numbers(toys, network):
    black = np.zeros((toys.size, toys.size, 3), dtype=np.uint8)
    cams = class_activation_maps(network, black, toys.colours)
    assert np.isfinite(cams.gradcam.values).all()
    assert np.isfinite(cams.gradcam_pp.values).all()


def test_broken_weights_are_an_error_not_a_map(toys):
    with pytest.raises(BadInputError, match="no number"):
        class_activation_maps(toys.open(strength=np.nan), toys.picture(), toys.colours)


def test_many_images_give_what_each_gives_alone(toys, network):
    pixels = np.stack([toys.picture(), toys.picture()[::-1]])
    together, _ = cam_batch(network, pixels, toys.colours, cam_layer(network))
    for image, maps in zip(pixels, together, strict=True):
        alone = class_activation_maps(network, image, toys.colours).gradcam.values
        np.testing.assert_allclose(maps, alone, atol=1e-6)


def test_maps_of_an_earlier_layer_can_be_asked_for(toys, network):
    assert class_activation_maps(network, toys.picture(), toys.colours, "pool").layer == "pool"
