from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from astro_core.domain import Pixels, RenderRecipe
from astro_core.errors import BadInputError
from astro_core.imaging import (
    band_statistics,
    clipping,
    colour_balance,
    propose_recipe,
    render,
    sky_level,
)

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "fits"
BANDS = ("G", "R", "I")
RECIPE = RenderRecipe(red="I", green="R", blue="G", transform="lupton", origin="lower")


def galaxy(seed=0, *, size=96, peak=(20.0, 35.0, 50.0), sky=(5.0, 6.0, 8.0), noise=0.4, scale=1.0):
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size] - size // 2
    disc = np.exp(-np.hypot(x, 1.5 * y) / 8.0)
    planes = [
        p * disc + s + rng.normal(0, noise, disc.shape) for p, s in zip(peak, sky, strict=True)
    ]
    values = (scale * np.array(planes)).astype(np.float32)
    return Pixels(object_id=f"g{seed}", bands=BANDS, values=values, display=False)


def test_the_sky_is_found_around_a_galaxy():
    planes = galaxy(peak=(200.0, 200.0, 200.0)).values
    for plane, level in zip(planes, (5.0, 6.0, 8.0), strict=True):
        sky = sky_level(plane)
        assert sky.level == pytest.approx(level, abs=0.25)
        assert sky.sigma == pytest.approx(0.4, rel=0.25)


def test_the_sky_leaves_filled_and_missing_parts_out():
    plane = galaxy().values[0].copy()
    expected = sky_level(plane)
    plane[:30] = 0.0
    assert sky_level(plane).level == pytest.approx(expected.level, abs=0.1)
    plane[:30] = np.nan
    assert sky_level(plane).level == pytest.approx(expected.level, abs=0.1)
    nothing = sky_level(np.full((9, 9), np.nan))
    assert np.isnan(nothing.level)
    assert nothing.n_pixels == 0


def test_a_black_sky_is_no_missing_part_because_a_neighbour_reaches_into_it():
    plane = np.floor(galaxy(sky=(0.0, 0.0, 0.0), noise=0.0).values[0])
    assert sky_level(plane).level == 0.0
    plane[4:9, 60:64] = 180.0
    assert sky_level(plane).level == 0.0


def test_a_histogram_counts_every_finite_pixel():
    plane = galaxy().values[0].copy()
    plane[3, 4] = np.nan
    plane[5, 5] = 1e9
    found = band_statistics(plane, "G", n_bins=50)
    assert found.n_pixels == plane.size
    assert found.n_finite == plane.size - 1
    assert found.counts.sum() + found.n_below + found.n_above == found.n_finite
    assert found.maximum == pytest.approx(1e9)
    assert found.edges[-1] < 100
    assert found.edges.shape == (51,)


@pytest.mark.parametrize("plane", [np.full((4, 4), np.nan), np.full((4, 4), 7.0)])
def test_a_histogram_of_a_band_without_contrast(plane):
    found = band_statistics(plane)
    assert found.counts.sum() == found.n_finite


def test_clipping_is_what_the_recipe_throws_away():
    values = np.tile(np.linspace(-1, 3, 401, dtype=np.float32)[:, None], (3, 1, 401))
    pixels = Pixels(object_id="ramp", bands=BANDS, values=values, display=False)
    recipe = replace(RECIPE, stretch=2.0, Q=0.0)
    for colour, band in zip(clipping(pixels, recipe), ("I", "R", "G"), strict=True):
        assert colour.band == band
        assert colour.black_point == 0.0
        assert colour.low == pytest.approx(101 / 401, abs=0.003)
        assert colour.high == pytest.approx(100 / 401, abs=0.01)
    linear = replace(RECIPE, transform="linear", interval="minmax")
    assert clipping(pixels, linear)[0].black_point == -1.0
    eight = Pixels(
        object_id="p", bands=("R", "G", "B"), values=np.zeros((3, 8, 8), np.uint8), display=True
    )
    assert clipping(eight, RenderRecipe())[0].low == 1.0


def test_auto_shows_the_galaxy_on_a_dark_sky_with_little_clipped():
    samples = [galaxy(seed) for seed in range(5)]
    recipe = propose_recipe(samples, RECIPE)
    for pixels in samples:
        image = render(pixels, recipe)
        assert image[:8].mean() < 45
        assert image[60:68, 60:68].mean() > 150
        for colour in clipping(pixels, recipe):
            assert colour.low < 0.12
            assert colour.high < 0.01


def test_auto_is_deterministic_and_keeps_what_it_does_not_propose():
    base = replace(RECIPE, crop_px=64, size_px=50, name="mine")
    samples = [galaxy(1), galaxy(2)]
    first = propose_recipe(samples, base)
    assert first == propose_recipe(samples, base)
    assert (first.bands, first.crop_px, first.size_px, first.name, first.origin) == (
        base.bands,
        64,
        50,
        "mine",
        "lower",
    )


@pytest.mark.parametrize("scale", [1e-3, 7.0, 4096.0])
def test_data_times_k_give_stretch_and_black_point_times_k(scale):
    one = propose_recipe([galaxy(s) for s in range(3)], RECIPE)
    other = propose_recipe([galaxy(s, scale=scale) for s in range(3)], RECIPE)
    assert other.stretch == pytest.approx(scale * one.stretch, rel=2e-3)
    assert abs(other.Q - one.Q) < 0.02 * one.Q
    assert other.minimum == pytest.approx([scale * m for m in one.minimum], rel=2e-3)
    assert other.weight == pytest.approx(one.weight, rel=5e-3)
    images = [
        render(galaxy(0, scale=k), recipe).astype(float) for k, recipe in ((1, one), (scale, other))
    ]
    assert np.abs(images[0] - images[1]).mean() < 2


def test_a_constant_added_moves_only_the_black_point():
    one = propose_recipe([galaxy()], RECIPE)
    other = propose_recipe([galaxy(sky=(105.0, 106.0, 108.0))], RECIPE)
    assert other.minimum == pytest.approx([m + 100 for m in one.minimum], rel=1e-3)
    assert other.stretch == pytest.approx(one.stretch, rel=1e-2)
    assert other.weight == pytest.approx(one.weight, rel=1e-2)


def test_one_odd_object_does_not_decide():
    good = [galaxy(s) for s in range(7)]
    odd = galaxy(9, peak=(1e5, 10.0, 1e4))
    with_odd = propose_recipe([*good, odd], RECIPE)
    without = propose_recipe(good, RECIPE)
    assert with_odd.stretch == pytest.approx(without.stretch, rel=0.1)
    assert with_odd.weight == pytest.approx(without.weight, rel=0.1)


def test_the_balance_says_why_it_is_all_yellow():
    found = colour_balance([galaxy(peak=(5.0, 40.0, 45.0))], RECIPE)
    assert "yellow" in found.sentence
    assert found.weights[2] > 2 * found.weights[0]
    assert sum(found.shares) == pytest.approx(1.0)
    assert np.prod(found.weights) == pytest.approx(1.0, rel=0.01)
    put_right = colour_balance(
        [galaxy(peak=(5.0, 40.0, 45.0))], replace(RECIPE, weight=found.weights)
    )
    assert "in balance" in put_right.sentence
    assert put_right.shares == pytest.approx((1 / 3,) * 3, abs=0.01)


def test_a_blank_field_has_no_colour():
    found = colour_balance([galaxy(peak=(0.0, 0.0, 0.0))], RECIPE)
    assert found.weights == (1.0, 1.0, 1.0) or "noise" not in found.sentence


def test_noiseless_and_single_band_images_are_proposed_too():
    clean = galaxy(noise=0.0, sky=(0.0, 0.0, 0.0))
    assert render(clean, propose_recipe([clean], RECIPE)).max() > 200
    one = Pixels(object_id="r", bands=("1.4GHz",), values=galaxy().values[:1], display=False)
    recipe = replace(RECIPE, red="1.4GHz", green="1.4GHz", blue="1.4GHz")
    proposed = propose_recipe([one], recipe)
    assert proposed.weight == pytest.approx((1.0, 1.0, 1.0))


def test_other_transforms_need_no_proposal():
    assert propose_recipe([galaxy()], replace(RECIPE, transform="picture")) == replace(
        RECIPE, transform="picture"
    )
    other = propose_recipe([galaxy()], replace(RECIPE, transform="log", interval="minmax"))
    assert (other.interval, other.percentile) == ("percentile", 99.5)


def test_nothing_to_measure_is_refused():
    blank = Pixels(
        object_id="n", bands=BANDS, values=np.full((3, 9, 9), np.nan, np.float32), display=False
    )
    with pytest.raises(BadInputError, match="nothing to measure"):
        propose_recipe([blank], RECIPE)
    with pytest.raises(BadInputError):
        propose_recipe([], RECIPE)
    flat = Pixels(object_id="n", bands=BANDS, values=np.zeros((3, 9, 9), np.float32), display=False)
    with pytest.raises(BadInputError, match="above the sky"):
        propose_recipe([flat], RECIPE)


@pytest.mark.skipif(not REAL.is_dir(), reason="the shared real images are not here")
def test_auto_on_real_decals_galaxies():
    from astropy.io import fits

    samples = [
        Pixels(
            object_id=name,
            bands=("g", "r", "z"),
            values=fits.getdata(REAL / "decals_grz" / f"{name}.fits.gz").astype(np.float32),
            display=False,
        )
        for name in ("example", "example_a", "example_b", "example_c")
    ]
    recipe = propose_recipe(samples, replace(RECIPE, red="z", green="r", blue="g"))
    for pixels in samples:
        image = render(pixels, recipe).astype(float)
        assert np.median(image) < 60
        assert image[60:68, 60:68].mean() > 90
        assert all(c.high < 0.02 for c in clipping(pixels, recipe))


@pytest.mark.parametrize("unit", [1e-17, 1e12])
def test_auto_works_in_whatever_unit_the_data_are(unit):
    plain = propose_recipe([galaxy()], RECIPE)
    scaled = propose_recipe([galaxy(scale=unit)], RECIPE)
    assert scaled.stretch == pytest.approx(plain.stretch * unit, rel=1e-3)
    np.testing.assert_array_equal(render(galaxy(scale=unit), scaled), render(galaxy(), plain))
