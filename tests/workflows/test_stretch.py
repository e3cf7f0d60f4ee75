from dataclasses import replace

import numpy as np
import pytest

from astro_core.domain import Pixels, RenderRecipe
from astro_core.errors import BadInputError
from astro_core.imaging import render
from astro_core.workflows.stretch import Tray, black_points, histograms, render_panel
from astro_core.workflows.stretch_code import decode_recipes, encode_recipes
from astro_core.workflows.stretch_recipes import (
    balance_of,
    crop_recipes,
    default_and_tuned,
    four_presets,
    propose,
    with_bands,
)

BANDS = ("G", "R", "F660", "I")


def galaxy(name, *, bands=BANDS, size=64, peak=1.0, seed=0, sky=0.01):
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size] - size / 2
    profile = peak * np.exp(-np.hypot(x, y) / (size / 10))
    values = [profile * (1 + i) + rng.normal(0, sky, (size, size)) for i in range(len(bands))]
    return Pixels(
        object_id=name,
        bands=bands,
        values=np.array(values, dtype=np.float32),
        display=False,
        unit="nMgy",
    )


def tray(n=4, **options):
    pixels = tuple(galaxy(f"g{i}", seed=i, **options) for i in range(n))
    return Tray(key=f"test-{n}", pixels=pixels, bands=pixels[0].bands, labels=("",) * n)


def pictures(n=2, size=40):
    rng = np.random.default_rng(1)
    shape = (3, size, size)
    pixels = tuple(
        Pixels(
            object_id=f"p{i}",
            bands=("R", "G", "B"),
            values=rng.integers(0, 256, shape, dtype=np.uint8),
            display=True,
        )
        for i in range(n)
    )
    return Tray(key="pictures", pixels=pixels, bands=("R", "G", "B"), labels=("",) * n)


IRG = RenderRecipe(
    name="IRG", red="I", green="R", blue="G", transform="lupton", size_px=64, origin="lower"
)


def test_panel_shows_what_render_makes():
    galaxies = tray()
    panel = render_panel(galaxies, IRG, 64)
    for image, pixels in zip(panel.images, galaxies.pixels, strict=True):
        assert np.array_equal(image, render(pixels, IRG))


def test_clipped_shares_follow_the_black_point():
    galaxies = tray()
    lowest = render_panel(galaxies, replace(IRG, minimum=(-9.0, -9.0, -9.0)))
    assert lowest.low == (0.0, 0.0, 0.0)
    middle = render_panel(galaxies, replace(IRG, minimum=(0.0, -9.0, 0.0)))
    planes = np.concatenate([p.band("I").ravel() for p in galaxies.pixels])
    assert middle.low[0] == pytest.approx((planes <= 0).mean())
    assert middle.low[1] == 0.0


def test_burnt_out_share_is_counted_before_resizing():
    bright = render_panel(tray(peak=50.0), replace(IRG, stretch=0.001, Q=0.0), 32)
    assert bright.high[0] > 0.05


def test_a_small_recipe_looks_coarse_in_a_large_tile():
    fine = render_panel(tray(1), replace(IRG, size_px=64), 64).images[0]
    coarse = render_panel(tray(1), replace(IRG, size_px=8), 64).images[0]
    assert coarse.shape == fine.shape
    assert np.abs(np.diff(coarse.astype(int), axis=0)).mean() < (
        np.abs(np.diff(fine.astype(int), axis=0)).mean()
    )


def test_one_bad_galaxy_does_not_spoil_the_panel():
    good, odd = galaxy("good"), galaxy("odd", bands=("g", "u"))
    both = replace(tray(1), pixels=(good, odd), labels=("", ""))
    panel = render_panel(both, IRG, 32)
    assert [p.object_id for p in panel.problems] == ["odd"]
    assert panel.images[0].any()
    assert not panel.images[1].any()


def test_no_galaxy_with_the_bands_says_which_there_are():
    with pytest.raises(BadInputError, match=r"no band 'U'.*G, R, F660, I"):
        render_panel(tray(), replace(IRG, blue="U"))


def test_histograms_share_a_range_and_count_everything_inside():
    red, green, blue = histograms(tray(), IRG)
    assert (red.band, green.band, blue.band) == ("I", "R", "G")
    assert np.array_equal(red.edges, blue.edges)
    assert 0.98 < blue.share.sum() <= 1.0
    assert red.n_pixels == 4 * 64 * 64


def test_histogram_of_pictures_spans_all_grey_levels():
    red, _, _ = histograms(pictures(), RenderRecipe())
    assert (red.edges[0], red.edges[-1]) == (0.0, 255.0)
    assert red.share.sum() == pytest.approx(1.0)


def test_nothing_finite_is_said():
    empty = galaxy("nan")
    empty = replace(empty, values=np.full_like(empty.values, np.nan))
    with pytest.raises(BadInputError, match="nothing to count"):
        histograms(replace(tray(1), pixels=(empty,)), IRG)


def test_black_points_of_every_transform():
    galaxies = tray()
    assert black_points(galaxies, replace(IRG, minimum=(0.1, 0.2, 0.3))) == (0.1, 0.2, 0.3)
    assert black_points(pictures(), RenderRecipe()) == (0.0, 0.0, 0.0)
    linear = replace(IRG, transform="linear", interval="minmax")
    expected = np.median([p.band("I").min() for p in galaxies.pixels])
    assert black_points(galaxies, linear)[0] == pytest.approx(expected)


def test_other_bands_bring_other_black_points():
    galaxies = tray()
    start = propose(galaxies, IRG)
    other = with_bands(start, ("R", "F660", "G"), galaxies)
    assert other.bands == ("R", "F660", "G")
    assert other.weight != start.weight
    assert other == propose(galaxies, other)


def test_presets_and_the_default_side_by_side():
    galaxies = tray()
    assert [r.name for r in four_presets(galaxies, IRG)] == ["IRG", "R-F660-G"]
    plain, tuned = default_and_tuned(galaxies, IRG)
    assert (plain.stretch, plain.Q, plain.minimum) == (5.0, 8.0, (0.0, 0.0, 0.0))
    assert tuned.stretch < plain.stretch


def test_crops_are_named_by_their_side():
    crops = crop_recipes(IRG, (32, 64, 64, 0))
    assert [(r.crop_px, r.name) for r in crops] == [
        (32, "32 px"),
        (64, "64 px"),
        (0, "whole image"),
    ]


def test_balance_makes_the_light_even():
    galaxies = tray()
    found = balance_of(galaxies, IRG)
    even = balance_of(galaxies, replace(IRG, weight=found.weights))
    assert max(found.shares) - min(found.shares) > 0.15
    assert max(even.shares) - min(even.shares) < 0.02


def test_tray_of_one():
    one = tray().only("g2")
    assert one.object_ids == ("g2",)
    assert one.key != tray().key
    assert one.bands == BANDS


def test_code_in_the_address_round_trips_and_stays_short():
    recipes = (IRG, replace(IRG, stretch=0.01, minimum=(-0.1, 0.0, 0.25)), IRG, RenderRecipe())
    code = encode_recipes(recipes)
    assert decode_recipes(code) == recipes
    assert len(code) < 300
    assert code.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("code", ["", "!!!", "abcd", "eJyLjgUAARUAuQ", "A" * 5000, "é"])
def test_a_damaged_code_is_said_in_words(code):
    with pytest.raises(BadInputError):
        decode_recipes(code)


def test_a_code_that_unpacks_to_a_bomb_is_refused():
    import base64
    import zlib

    bomb = base64.urlsafe_b64encode(zlib.compress(b"[" * 10_000_00, 9)).decode().rstrip("=")
    with pytest.raises(BadInputError, match="cannot be read"):
        decode_recipes(bomb[:4000])
