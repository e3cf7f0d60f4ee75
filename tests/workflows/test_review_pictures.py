"""What a reviewer sees: brighter, one band, wider, and measurements only."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from astro_core.domain import Pixels, RenderRecipe
from astro_core.errors import BadInputError
from astro_core.imaging import render
from astro_core.workflows.review_facts import facts, measured
from astro_core.workflows.review_pictures import Look, dials, look_recipe, own_Q, review_picture

BANDS = ("G", "R", "I")
LUPTON = RenderRecipe(
    red="I", green="R", blue="G", transform="lupton", stretch=4.0, Q=6.0,
    minimum=(1.0, 2.0, 3.0), weight=(0.5, 1.0, 1.5), size_px=32, crop_px=16,
)  # fmt: skip
PICTURE = RenderRecipe(size_px=32)


def pixels(display=False):
    rng = np.random.default_rng(1)
    if display:
        values = rng.integers(0, 200, (3, 32, 32), dtype=np.uint8)
        return Pixels(object_id="a", bands=("R", "G", "B"), values=values, display=True)
    values = rng.uniform(0, 9, (3, 32, 32)).astype(np.float32)
    return Pixels(object_id="a", bands=BANDS, values=values, display=False)


def seen(recipe, look, display=False):
    one = pixels(display)
    return render(one, look_recipe(recipe, one.bands, look)).astype(int)


@pytest.mark.parametrize("recipe", [LUPTON, replace(LUPTON, transform="asinh")])
def test_nothing_changed_shows_the_datasets_own_recipe(recipe):
    assert look_recipe(recipe, BANDS, Look()) == recipe


def test_pictures_start_as_they_are_stored_and_change_steadily():
    own = seen(PICTURE, Look(), display=True)
    np.testing.assert_array_equal(own, np.moveaxis(pixels(display=True).values, 0, -1))
    slightly = seen(PICTURE, Look(Q=0.01), display=True)
    np.testing.assert_allclose(slightly, own, atol=3)


@pytest.mark.parametrize(
    ("recipe", "display"),
    [(LUPTON, False), (replace(LUPTON, transform="linear"), False), (PICTURE, True)],
)
def test_every_step_is_brighter(recipe, display):
    light = [seen(recipe, Look(brightness=b), display).mean() for b in (-4, -2, 0, 2, 4)]
    assert all(low < high for low, high in pairwise(light))


def test_a_band_alone_is_grey_and_keeps_its_black_point():
    alone = look_recipe(LUPTON, BANDS, Look(band="R"))
    assert alone.bands == ("R", "R", "R")
    assert alone.minimum == (2.0, 2.0, 2.0)
    image = seen(LUPTON, Look(band="G"))
    np.testing.assert_array_equal(image[..., 0], image[..., 2])
    assert seen(PICTURE, Look(band="R"), display=True).std() > 1
    with pytest.raises(BadInputError, match="no band 'K'"):
        look_recipe(LUPTON, BANDS, Look(band="K"))


def test_wider_shows_all_that_is_stored_and_says_what_else_it_can():
    assert look_recipe(LUPTON, BANDS, Look(wide=True)).crop_px == 0
    assert dials(LUPTON) == {"Q": True, "wide": True}
    assert dials(replace(LUPTON, transform="sqrt", crop_px=0)) == {"Q": False, "wide": False}
    assert (own_Q(LUPTON), own_Q(PICTURE)) == (6.0, 0.0)
    for bad in ({"brightness": 9}, {"Q": -1.0}, {"Q": 41.0}):
        with pytest.raises(BadInputError):
            Look(**bad)
    assert len({Look().key, Look(Q=0).key, Look(brightness=1).key, Look(wide=True).key}) == 4


def test_pictures_of_a_survey_and_those_that_cannot_be_read(survey):
    first = 587722981733826738
    good = review_picture(survey, str(first), Look(), side_px=96)
    assert (good.image.shape, good.side_px, good.problem) == ((96, 96, 3), 24, "")
    assert good.scale_arcsec == 0.4
    broken = review_picture(survey, str(first + 9), Look())
    assert broken.image is None
    assert broken.problem
    gone = review_picture(survey, "not there", Look())
    assert "not there" in gone.problem
    cropped = replace(survey, recipe=replace(survey.recipe, crop_px=12))
    assert review_picture(cropped, str(first), Look()).note == "the central 12 x 12 of 24 x 24 px"
    assert review_picture(cropped, str(first), Look(wide=True)).note == ""


def test_only_measurements_are_told():
    hidden = (
        "label", "gz2_class", "true_type", "true_mag_r", "panel_agreement", "total_votes",
        "t01_smooth_or_features_a01_smooth_fraction", "Class1.1", "P_EL", "p_spiral", "confidence",
        "elliptical", "spiral", "debiased", "file", "split", "group", "content",
    )  # fmt: skip
    told = ("mag_u", "mag_f660", "redshift", "z", "petroMag_r", "petroR50_r", "radius_arcsec")
    assert measured((*hidden, *told)) == told
    assert facts({"ra_deg": 10.0, "dec_deg": -2.5, "mag_r": 16.81, "z": np.nan, "mu": None}) == (
        ("RA, Dec", "10.00000°, -2.50000°"),
        ("mag r", "16.81"),
    )
    assert facts({"ra_deg": np.nan, "dec_deg": 1.0, "radius_arcsec": 4.0567}) == (
        ("radius", "4.057″"),
    )
