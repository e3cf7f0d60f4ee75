"""What a training shows its network: which recipe, which crop, how much sky."""

from dataclasses import replace

import pandas as pd
import pytest

from astro_core.classifiers.registry import RECIPES
from astro_core.workflows import training_plan
from astro_core.workflows.train import learned_from
from astro_core.workflows.training_plan import plan_training, render_recipe, side_arcsec


@pytest.fixture
def sized(survey, tmp_path, monkeypatch):
    """Makes the survey one of images of these sides, at 0.5 arcsec per pixel."""

    def make(*sides):
        path = tmp_path / f"{len(sides)}-{sum(sides)}.parquet"
        pd.DataFrame({"width_px": sides, "height_px": sides}).to_parquet(path)
        monkeypatch.setattr(training_plan, "catalogue_path", lambda _: path)
        return replace(survey, pixel_scale_arcsec=0.5)

    return make


def plan(crop_px):
    return plan_training("fork", {"crop_px": crop_px})


def test_a_crop_is_no_larger_than_the_images(sized):
    dataset = sized(16, 16, 16)
    crops = [render_recipe(dataset, plan(crop).training).crop_px for crop in (208, 8, 0)]
    assert crops == [16, 8, 0]


def test_how_much_sky_an_image_shows_is_known_where_all_show_as_much(sized):
    dataset = sized(16, 16)
    finer, unknown = (replace(dataset, pixel_scale_arcsec=scale) for scale in (0.4, None))
    whole, cropped = (replace(dataset.recipe, crop_px=crop) for crop in (0, 10))
    assert side_arcsec([dataset], whole) == 8.0
    assert side_arcsec([dataset, dataset], cropped) == 5.0
    assert learned_from(dataset, plan(10)).side_arcsec == 5.0
    for others in ([unknown], [dataset, finer], [dataset, unknown]):
        assert side_arcsec(others, cropped) is None


@pytest.mark.parametrize(
    ("sides", "arcsec"), [([128] * 9 + [256], 64.0), (list(range(100, 110)), None)]
)
def test_stamps_cut_as_large_as_their_galaxy_show_no_common_sky(sized, sides, arcsec):
    dataset = sized(*sides)
    whole, cropped = (replace(dataset.recipe, crop_px=crop) for crop in (0, 10))
    assert side_arcsec([dataset], whole) == arcsec
    assert side_arcsec([dataset], cropped) == 5.0


def test_settings_reach_the_recipe_they_belong_to():
    plan = plan_training("fork", {"epochs": "3", "width": "8"})
    assert plan.training.epochs == 3
    assert plan.network.width == 8
    assert RECIPES.get("fork").training.epochs != 3
