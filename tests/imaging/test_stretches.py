import astropy.visualization as vis
import numpy as np
import pytest
from astropy.visualization import make_rgb

from astro_core.domain import INTERVALS, TRANSFORMS
from astro_core.errors import BadInputError, NotFoundError
from astro_core.imaging.stretches import INTERVAL_SPECS, STRETCHES, limits, stretch_band

CLASSES = {
    "linear": vis.LinearStretch,
    "sqrt": vis.SqrtStretch,
    "log": vis.LogStretch,
    "asinh": vis.AsinhStretch,
}
ASTROPY_INTERVALS = {
    "minmax": vis.MinMaxInterval(),
    "percentile": vis.PercentileInterval(98.0),
    "zscale": vis.ZScaleInterval(),
}


@pytest.fixture
def planes():
    return np.random.default_rng(0).gamma(2.0, 3.0, (3, 40, 30)).astype(np.float32)


@pytest.mark.parametrize("interval", list(INTERVALS))
@pytest.mark.parametrize("transform", list(CLASSES))
def test_the_same_grey_levels_as_astropy_make_rgb(planes, transform, interval):
    expected = make_rgb(*planes, interval=ASTROPY_INTERVALS[interval], stretch=CLASSES[transform]())
    got = [stretch_band(p, transform=transform, interval=interval, percentile=98.0) for p in planes]
    assert np.abs(np.stack(got, axis=-1).astype(int) - expected.astype(int)).max() <= 1


def test_every_choice_of_a_recipe_has_its_class():
    assert set(STRETCHES.names()) == set(TRANSFORMS) - {"lupton", "picture"}
    assert set(INTERVAL_SPECS.names()) == set(INTERVALS)
    for spec in STRETCHES:
        assert isinstance(spec.make(), vis.BaseStretch)
        assert spec.help
    for spec in INTERVAL_SPECS:
        assert isinstance(spec.make(99.0), vis.BaseInterval)


def test_what_is_not_finite_is_black_and_does_not_move_the_limits(planes):
    plane = planes[0]
    holed = np.pad(plane, 5, constant_values=np.nan)
    holed[0, :3] = np.inf, -np.inf, np.nan
    for interval in INTERVALS:
        assert limits(holed, interval) == limits(plane, interval)
    got = stretch_band(holed, transform="asinh")
    np.testing.assert_array_equal(got[5:-5, 5:-5], stretch_band(plane, transform="asinh"))
    assert not got[:5].any()


@pytest.mark.parametrize("value", [3.0, np.nan])
@pytest.mark.parametrize("interval", list(INTERVALS))
def test_a_band_without_contrast_is_black(value, interval):
    plane = np.full((8, 8), value, dtype=np.float32)
    assert not stretch_band(plane, transform="log", interval=interval).any()


def test_a_weight_brightens(planes):
    plain = stretch_band(planes[0], transform="linear")
    bright = stretch_band(planes[0], transform="linear", weight=2.0)
    np.testing.assert_allclose(bright, np.minimum(2.0 * plain, 255), atol=2)


def test_bad_settings_are_refused(planes):
    with pytest.raises(BadInputError, match="percentile"):
        stretch_band(planes[0], transform="log", percentile=0.0)
    with pytest.raises(NotFoundError, match="linear, sqrt"):
        stretch_band(planes[0], transform="power")
    with pytest.raises(NotFoundError, match="zscale"):
        stretch_band(planes[0], transform="log", interval="other")
