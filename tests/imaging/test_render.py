from dataclasses import replace

import numpy as np
import pytest

from astro_core.domain import TRANSFORMS, Pixels, RenderRecipe
from astro_core.errors import BadInputError
from astro_core.imaging import (
    PRESETS,
    default_recipe,
    find_band,
    lupton_rgb,
    presets_for,
    render,
    render_full,
    resize_square,
)

MEASURED = [t for t in TRANSFORMS if t != "picture"]


def measured(values, bands=("g", "r", "z")):
    return Pixels(object_id="a", bands=bands, values=values.astype(np.float32), display=False)


def picture(values, bands=("R", "G", "B")):
    return Pixels(object_id="a", bands=bands, values=values.astype(np.uint8), display=True)


@pytest.fixture
def sky():
    return np.random.default_rng(0).normal(0.1, 0.3, (3, 40, 52))


@pytest.fixture
def recipe():
    return RenderRecipe(red="z", green="r", blue="g", transform="lupton", size_px=24, stretch=0.5)


def test_crop_then_colour_then_size(sky, recipe):
    recipe = replace(recipe, crop_px=30, minimum=(-0.1, 0.0, 0.1), weight=(1.0, 2.0, 0.5))
    cut = sky[:, 5:35, 11:41].astype(np.float32)
    colour = lupton_rgb(
        cut[2], cut[1], cut[0], stretch=0.5, Q=8.0, minimum=recipe.minimum, weight=recipe.weight
    )
    np.testing.assert_array_equal(render(measured(sky), recipe), resize_square(colour, 24))


@pytest.mark.parametrize("transform", MEASURED)
def test_every_transform_gives_an_image_for_measurements_and_pictures(sky, recipe, transform):
    image = render(measured(sky), replace(recipe, transform=transform))
    assert image.shape == (24, 24, 3)
    assert image.dtype == np.uint8
    assert image.std() > 0
    colours = picture(np.clip(sky * 255, 0, 255))
    shown = RenderRecipe(transform=transform, size_px=24)
    assert render(colours, shown).std() > 0


def test_lower_origin_turns_the_image_over(sky, recipe):
    upper = render(measured(sky), replace(recipe, origin="upper"))
    lower = render(measured(sky), replace(recipe, origin="lower"))
    np.testing.assert_allclose(lower[::-1].astype(int), upper.astype(int), atol=1)
    sky[:, 0] = 1e3
    bottom = render_full(measured(sky), replace(recipe, origin="lower"))
    assert (bottom[-1].max(axis=1) == 255).all()


def test_pictures_pass_unchanged():
    values = np.random.default_rng(1).integers(0, 256, (3, 20, 20))
    image = render(picture(values), RenderRecipe(size_px=20))
    np.testing.assert_array_equal(image, np.moveaxis(values, 0, -1))


def test_pictures_under_another_transform_count_from_0_to_1():
    values = np.full((3, 20, 20), 51)
    recipe = RenderRecipe(transform="lupton", stretch=1.0, Q=0.0, size_px=20)
    assert abs(int(render(picture(values), recipe)[0, 0, 0]) - 51) <= 1


def test_grey_pictures_are_grey_under_a_recipe_for_colour():
    values = np.random.default_rng(1).integers(0, 256, (1, 16, 16))
    image = render(picture(values, ("grey",)), RenderRecipe(size_px=16))
    for colour in range(3):
        np.testing.assert_array_equal(image[..., colour], values[0])


@pytest.mark.parametrize("transform", MEASURED)
def test_no_data_is_black(sky, recipe, transform):
    sky[:, :8] = np.nan
    recipe = replace(recipe, transform=transform, crop_px=60)
    image = render_full(measured(sky), recipe)
    assert not image[:18].any()
    assert not image[:, :4].any()


def test_rendering_leaves_the_pixels_alone_and_gives_an_own_array(recipe):
    values = np.random.default_rng(0).integers(0, 256, (3, 24, 24)).astype(np.uint8)
    before = values.copy()
    image = render(
        picture(values), replace(recipe, transform="picture", red="R", green="G", blue="B")
    )
    image[...] = 0
    np.testing.assert_array_equal(values, before)


def test_bands_are_found_whatever_the_case():
    assert find_band(("g", "r", "z"), "R") == 1
    assert find_band(("r", "R"), "R") == 1
    with pytest.raises(BadInputError, match="g, r, z"):
        find_band(("g", "r", "z"), "F660")


def test_what_cannot_be_shown_is_refused(sky, recipe):
    with pytest.raises(BadInputError, match="measured values"):
        render(measured(sky), replace(recipe, transform="picture"))
    with pytest.raises(BadInputError, match="There is no band 'U'"):
        render(measured(sky), replace(recipe, red="U"))


@pytest.mark.parametrize(
    ("bands", "expected"),
    [
        (("U", "G", "R", "F660", "I", "Z"), ["IRG", "IGU", "ZRG", "R-F660-G"]),
        (("g", "r", "z"), ["ZRG"]),
        (("g", "r", "i"), ["IRG"]),
        (("u", "J0378", "J0515"), ["J0515-J0378-u"]),
        (("J", "H", "K"), ["KHJ"]),
        (("g", "z"), ["zg"]),
        (("1.4GHz",), ["1.4GHz"]),
    ],
)
def test_presets_for_the_bands_there_are(bands, expected):
    found = presets_for(bands)
    assert [p.name for p in found] == expected
    for preset in found:
        assert set(preset.bands) <= set(bands)
        assert bands.index(preset.red) >= bands.index(preset.blue)


def test_the_colours_of_a_picture_stay_in_their_order():
    (preset,) = presets_for(("R", "G", "B"))
    assert preset.bands == ("R", "G", "B")


def test_the_named_presets_are_there():
    assert PRESETS.names() == ("IRG", "IGU", "ZRG", "R-F660-G")
    assert PRESETS.get("R-F660-G").bands == ("R", "F660", "G")
    with pytest.raises(BadInputError):
        presets_for(())


def test_default_recipes():
    assert default_recipe(("R", "G", "B"), True).transform == "picture"
    grey = default_recipe(("grey",), True)
    assert grey.bands == ("grey",) * 3
    assert grey.origin == "upper"
    fits = default_recipe(("g", "r", "z"), False)
    assert (fits.bands, fits.transform, fits.origin) == (("z", "r", "g"), "lupton", "lower")
