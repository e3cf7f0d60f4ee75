"""Activations, filters, occlusion, integrated gradients and rotation on networks that are known."""

import numpy as np
import pytest

from astro_core.classifiers.networks.fork import ForkParams, build_fork
from astro_core.domain import Cancelled, Head
from astro_core.errors import BadInputError, NotFoundError
from astro_core.explain.activations import activations
from astro_core.explain.filters import excite_filters
from astro_core.explain.integrated_gradients import integrated_gradients
from astro_core.explain.network import open_network
from astro_core.explain.occlusion import occlusion
from astro_core.explain.rotation import rotation
from astro_core.explain.sky import empty_sky

SIDES = Head(name="label", kind="classes", outputs=("left", "right"), mirror=(1, 0))


def sided(size=8):
    """Says which side is brighter."""
    import keras

    image = keras.Input((size, size, 3))
    x = keras.layers.Conv2D(1, 1, use_bias=False, name="conv")(image)
    output = keras.layers.Dense(2, activation="softmax", name="out")(keras.layers.Flatten()(x))
    model = keras.Model(image, {"label": output})
    model.get_layer("conv").set_weights([np.full((1, 1, 3, 1), 1 / 3000)])
    sign = np.where(np.arange(size) < size / 2, 1.0, -1.0)
    weights = np.broadcast_to(sign, (size, size)).reshape(-1, 1) * [[1.0, -1.0]]
    model.get_layer("out").set_weights([weights, np.zeros(2)])
    return open_network(model)


@pytest.mark.parametrize("nested", [False, True])
def test_activations_show_what_a_map_sees(toys, nested):
    prefix = "backbone/" if nested else ""
    found = activations(toys.open(nested=nested), toys.picture(), f"{prefix}lit")
    assert (found.n_maps, found.values.shape) == (2, (2, 32, 32))
    assert (found.values.min(), found.values.max()) == (0, 1)
    assert found.values[0][toys.at_red].max() == 1
    assert found.values[1][toys.at_red].max() < 0.1
    assert (found.raw_max > found.raw_min).all()


def test_maps_can_be_looked_at_page_by_page(toys, network):
    every = activations(network, toys.picture(), "pool")
    second = activations(network, toys.picture(), "pool", first=1, most=1)
    np.testing.assert_allclose(second.values[0], every.values[1])
    with pytest.raises(BadInputError, match=r"no map 2.*0 to 1"):
        activations(network, toys.picture(), "pool", first=2)


def test_a_map_that_is_the_same_everywhere_is_zeros(toys):
    black = np.zeros((toys.size, toys.size, 3), np.uint8)
    found = activations(toys.open(), black, "lit")
    assert not found.values.any()
    assert (found.raw_max == found.raw_min).all()


def test_a_filter_that_sees_red_grows_a_red_image(network):
    found = excite_filters(network, "lit", steps=10)
    assert found.images.shape == (2, 32, 32, 3)
    red, blue = found.images.astype(int)
    assert red[..., 0].mean() > red[..., 2].mean() + 50
    assert blue[..., 2].mean() > blue[..., 0].mean() + 50
    assert (found.after > found.before).all()
    assert not found.dead.any()


def test_filters_are_the_same_with_the_same_seed_whatever_is_asked_beside(network):
    both = excite_filters(network, "colours", steps=3)
    second = excite_filters(network, "colours", first=1, most=1, steps=3)
    np.testing.assert_array_equal(both.images[1], second.images[0])
    assert second.indices == (1,)
    other = excite_filters(network, "colours", steps=3, seed=1)
    assert (other.images != both.images).any()


def test_a_dead_filter_is_said_to_be_dead(toys):
    assert excite_filters(toys.open(strength=0.0), "lit", steps=2).dead.all()


def test_filters_of_a_grey_network_are_grey(toys):
    import keras

    image = keras.Input((16, 16, 1))
    x = keras.layers.Conv2D(3, 3, name="conv")(image)
    output = keras.layers.Dense(2)(keras.layers.GlobalAveragePooling2D()(x))
    network = open_network(keras.Model(image, {"label": output}))
    images = excite_filters(network, "conv", steps=2).images
    assert images.shape == (3, 16, 16, 3)
    assert (images[..., 0] == images[..., 2]).all()


def test_filters_that_are_not_there_are_named(network):
    with pytest.raises(BadInputError, match="no filter 5"):
        excite_filters(network, "colours", first=5)
    with pytest.raises(NotFoundError, match="no layer 'x'"):
        excite_filters(network, "x")


def test_growing_images_can_be_stopped(network):
    def stop(*_):
        raise Cancelled

    with pytest.raises(Cancelled):
        excite_filters(network, "colours", progress=stop)


def test_hiding_the_spot_makes_its_answer_fall(toys, network):
    found = occlusion(network, toys.picture(), toys.colours)
    red = found.maps.shown("red")
    assert red[toys.at_red].max() == 1
    assert found.maps.signed("red")[toys.at_blue].min() < 0
    assert red[0:2, 20:].max() < 0.05
    assert (found.patch_px, found.step_px) == (4, 2)


@pytest.mark.parametrize("size", [9, 20, 33])
def test_patches_cover_images_of_any_size(size):
    network = sided(size)
    pixels = np.random.default_rng(1).integers(0, 255, (size, size, 3)).astype(np.uint8)
    maps = occlusion(network, pixels, SIDES).maps
    assert maps.shown("left").shape == (size, size)
    assert np.isfinite(maps.values).all()


def test_shares_add_up_to_the_difference(toys):
    heads = (toys.colours, toys.votes)
    network = open_network(build_fork((32, 32, 3), heads, ForkParams(width=4, stages=2)))
    for head in heads:
        for output in head.outputs[:2]:
            found = integrated_gradients(network, toys.picture(), head, output)
            assert abs(found.gap) <= 0.01
            assert found.total == pytest.approx(found.maps.values.sum(), abs=1e-4)


def test_shares_of_a_sigmoid_of_two_classes_are_opposite(toys):
    network = toys.open((toys.binary,))
    one, other = (
        integrated_gradients(network, toys.picture(), toys.binary, name) for name in ("red", "blue")
    )
    np.testing.assert_allclose(one.maps.values, -other.maps.values, atol=1e-6)
    assert one.answer + other.answer == pytest.approx(1, abs=1e-6)


def test_shares_lie_where_the_answer_comes_from(toys, network):
    shown = integrated_gradients(network, toys.picture(), toys.colours, "red").maps.shown("red")
    assert shown[toys.at_red].sum() > 0.95 * shown.sum()


def test_an_image_of_nothing_has_no_shares(toys, network):
    black = np.zeros((toys.size, toys.size, 3), np.uint8)
    found = integrated_gradients(network, black, toys.colours, "red")
    assert found.maps.is_zero("red")
    assert found.gap == 0


def test_sky_is_the_colour_of_the_edge():
    pixels = np.full((9, 9, 3), (3, 4, 5))
    pixels[2:7, 2:7] = 200
    pixels[0, 3] = 255
    np.testing.assert_array_equal(empty_sky(pixels), (3, 4, 5))


def test_what_sees_colour_alone_agrees_however_it_is_turned(toys, network):
    found = rotation(network, toys.picture(), toys.colours)
    assert found.n_views == 16
    assert found.n_agreeing == 16 or found.spread("red") < 0.05
    assert np.ptp(found.answers[:8, 0]) < 1e-5
    assert found.map_agreement("red") == pytest.approx(1, abs=1e-4)
    assert found.views[:2] == ("0°", "90°")
    assert found.views[4] == "0°, mirrored"
    np.testing.assert_array_equal(found.images[1], np.rot90(toys.picture()))


def test_a_mirror_image_exchanges_answers_and_maps():
    network = sided()
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[:, 1] = 200
    found = rotation(network, pixels, SIDES, between_deg=())
    assert found.n_views == 8
    assert found.answers[0, 0] > 0.6
    np.testing.assert_allclose(found.answers[4], found.answers[0], atol=1e-6)
    np.testing.assert_allclose(found.answers[2], found.answers[0][::-1], atol=1e-6)


def test_turns_in_between_go_the_same_way_as_quarter_turns(network):
    pixels = np.random.default_rng(0).integers(0, 255, (32, 32, 3)).astype(np.uint8)
    head = Head(name="label", kind="classes", outputs=("red", "blue"))
    found = rotation(network, pixels, head, between_deg=(90, 270))
    np.testing.assert_array_equal(found.images[8], found.images[1])
    np.testing.assert_array_equal(found.images[9], found.images[3])
