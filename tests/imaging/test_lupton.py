import warnings

import numpy as np
import pytest
from astropy.visualization import make_lupton_rgb
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from astro_core.errors import BadInputError
from astro_core.imaging.lupton import lupton_rgb, softening, white_level


def astropy_rgb(planes, **settings):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return make_lupton_rgb(*planes, **settings)


def levels_apart(a, b):
    return int(np.abs(a.astype(int) - b.astype(int)).max())


def values(dtype):
    width = np.dtype(dtype).itemsize * 8
    number = st.one_of(
        st.floats(-1e4, 1e4, width=width, allow_subnormal=False),
        st.sampled_from([0.0, -0.0, 1.0, 1e6, -1e6, 1e-6, np.nan, np.inf, -np.inf]),
    )
    return hnp.arrays(dtype, (3, 4, 5), elements=number)


planes_strategy = st.sampled_from([np.float32, np.float64]).flatmap(values)
minimum_strategy = st.one_of(st.floats(-100, 100), st.tuples(*[st.floats(-100, 100)] * 3).map(list))


@settings(max_examples=150, deadline=None)
@given(
    planes=planes_strategy,
    stretch=st.floats(1e-3, 1e4),
    Q=st.one_of(st.just(0.0), st.floats(1e-9, 1e3)),
    minimum=minimum_strategy,
)
@example(
    planes=np.array([1e6, -1e6, 1e-3], np.float64).reshape(3, 1, 1),
    stretch=1.0,
    Q=1e-9,
    minimum=0.0,
)
def test_at_most_one_grey_level_from_astropy(planes, stretch, Q, minimum):
    ours = lupton_rgb(*planes, stretch=stretch, Q=Q, minimum=minimum)
    finite = np.isfinite(planes).all(axis=0)
    if finite.any():  # astropy cannot do a band without any value
        theirs = astropy_rgb(planes, stretch=stretch, Q=Q, minimum=minimum)
        assert levels_apart(ours[finite], theirs[finite]) <= 1
    assert not ours[~finite].any()


@pytest.mark.parametrize("Q", [0.0, 0.5, 8.0, 50.0, 1e6, 1e12])
@pytest.mark.parametrize("stretch", [1e-4, 0.05, 0.5, 5.0, 1e3])
def test_agrees_on_a_galaxy_like_image(stretch, Q):
    rng = np.random.default_rng(5)
    y, x = np.mgrid[-40:40, -40:40]
    disc = np.exp(-np.hypot(x, y) / 6.0)
    planes = [(f * disc + rng.normal(0, 0.02, x.shape)).astype(np.float32) for f in (3, 2, 1)]
    minimum = (-0.02, 0.0, 0.01)
    ours = lupton_rgb(*planes, stretch=stretch, Q=Q, minimum=minimum)
    theirs = astropy_rgb(planes, stretch=stretch, Q=Q, minimum=minimum)
    assert levels_apart(ours, theirs) <= 1
    assert (ours != theirs).mean() < 1e-3


def test_a_grey_ramp_follows_the_formula():
    ramp = np.linspace(0.0, 20.0, 2001)[None]
    stretch, Q = 0.7, 6.0
    got = lupton_rgb(ramp, ramp, ramp, stretch=stretch, Q=Q)
    truth = 255 * np.minimum(0.1 * np.arcsinh(Q * ramp / stretch) / np.arcsinh(0.1 * Q), 1.0)
    assert np.abs(got[..., 0] - truth).max() <= 1.0
    assert (np.diff(got[0, :, 0].astype(int)) >= 0).all()
    white = white_level(stretch, Q)
    assert got[0, np.searchsorted(ramp[0], white * 1.001), 0] == 255
    assert got[0, np.searchsorted(ramp[0], white * 0.98), 0] < 255


def test_colours_keep_their_ratio_whatever_the_brightness():
    brightness = np.geomspace(0.5, 1e5, 200)[None]
    got = lupton_rgb(4 * brightness, 2 * brightness, brightness, stretch=2.0, Q=8.0).astype(float)
    bright = got[0, got[0, :, 0] > 100]
    np.testing.assert_allclose(bright[:, 1] / bright[:, 0], 0.5, atol=0.012)
    np.testing.assert_allclose(bright[:, 2] / bright[:, 0], 0.25, atol=0.012)
    assert got.max() == 255


def test_q_zero_is_linear():
    ramp = np.linspace(0, 1, 256)[None]
    got = lupton_rgb(ramp, ramp, ramp, stretch=1.0, Q=0.0)[0, :, 0]
    assert np.abs(got - 255 * ramp[0]).max() <= 1.4


def test_weights_multiply_after_the_black_point():
    rng = np.random.default_rng(2)
    planes = rng.normal(1, 1, (3, 9, 7)).astype(np.float32)
    minimum, weight = (0.1, -0.2, 0.3), (2.0, 1.0, 0.25)
    scaled = [
        (p - np.float32(m)) * np.float32(w) for p, m, w in zip(planes, minimum, weight, strict=True)
    ]
    got = lupton_rgb(*planes, stretch=0.4, Q=5, minimum=minimum, weight=weight)
    np.testing.assert_array_equal(got, lupton_rgb(*scaled, stretch=0.4, Q=5))


@pytest.mark.parametrize("dtype", ["f2", ">f4", ">f8", "f8", "u1", ">i2", "i4", "u8", "?"])
def test_any_real_type_and_byte_order(dtype):
    rng = np.random.default_rng(8)
    planes = rng.integers(0, 2 if dtype == "?" else 100, (3, 6, 5)).astype(dtype)
    got = lupton_rgb(*planes, stretch=30.0, Q=4.0, minimum=1.5)
    expected = astropy_rgb(planes.astype("f8"), stretch=30.0, Q=4.0, minimum=1.5)
    assert levels_apart(got, expected) <= 1


def test_views_that_are_not_contiguous_and_read_only_arrays():
    cube = np.random.default_rng(1).normal(1, 1, (20, 18, 3)).astype(np.float32)
    cube.flags.writeable = False
    views = [cube[::-2, 1::3, i] for i in range(3)]
    copies = [np.ascontiguousarray(v) for v in views]
    before = cube.copy()
    np.testing.assert_array_equal(
        lupton_rgb(*views, stretch=1, Q=8), lupton_rgb(*copies, stretch=1, Q=8)
    )
    np.testing.assert_array_equal(cube, before)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("band", [0, 1, 2])
def test_what_is_not_finite_in_any_band_is_black(bad, band):
    planes = np.ones((3, 4, 4), dtype=np.float32)
    planes[band, 1, 2] = bad
    got = lupton_rgb(*planes, stretch=0.001, Q=8)
    assert not got[1, 2].any()
    assert (np.delete(got.reshape(-1, 3), 6, axis=0) == 255).all()


def test_threads_change_nothing():
    planes = np.random.default_rng(4).normal(0.1, 1, (3, 500, 33)).astype(np.float32)
    one = lupton_rgb(*planes, stretch=0.5, Q=8, threads=1)
    for threads in (2, 3, 16):
        several = lupton_rgb(*planes, stretch=0.5, Q=8, threads=threads)
        np.testing.assert_array_equal(one, several)


def test_an_image_without_pixels_gives_one():
    empty = np.zeros((0, 5))
    assert lupton_rgb(empty, empty, empty, stretch=1, Q=8).shape == (0, 5, 3)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"stretch": 0.0}, "stretch"),
        ({"stretch": float("nan")}, "stretch"),
        ({"Q": -1.0}, "Q"),
        ({"minimum": (0.0, 1.0)}, "minimum"),
        ({"minimum": float("inf")}, "minimum"),
        ({"weight": (1.0, float("nan"), 1.0)}, "weight"),
        ({"threads": 0}, "threads"),
        ({"green": np.ones((3, 5))}, "4x4, 3x5"),
        ({"green": np.ones(4)}, "three images"),
        ({"blue": np.ones((4, 4), complex)}, "complex"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(change, said):
    plane = np.ones((4, 4))
    given = {"red": plane, "green": plane, "blue": plane, "stretch": 1.0, "Q": 8.0} | change
    with pytest.raises(BadInputError, match=said):
        lupton_rgb(**given)


@given(stretch=st.floats(1e-5, 1e5), Q=st.floats(0.0, 100.0))
def test_white_level_is_where_the_curve_reaches_one(stretch, Q):
    soften, slope = softening(stretch, Q)
    assert slope * np.arcsinh(soften * white_level(stretch, Q)) == pytest.approx(1.0)
