"""Galaxies are cut out of a picture as a model takes them."""

from dataclasses import replace

import numpy as np
import pytest
from pictured_galaxies import RED, boxes, cube, drawn, picture_of, sky
from PIL import Image

from astro_core.domain import RenderRecipe
from astro_core.imaging.render import render
from astro_core.workflows.classify_crops import cut, view_for


@pytest.fixture
def picture(tmp_path):
    return picture_of(sky(), tmp_path)


def test_a_galaxy_fills_its_crop_as_in_training_and_beyond_the_edge_is_black(picture):
    view = view_for(picture, RenderRecipe(size_px=16))
    ((crop, _), beyond) = cut(view, boxes((0, 50), (99, 50), side=20), framing=0.5)
    assert beyond.tolist() == [True, False]
    assert (crop[:, :7] == 0).all()
    expected = Image.fromarray(picture.image[30:70, :20]).resize((8, 16), Image.Resampling.LANCZOS)
    np.testing.assert_allclose(crop[:, 9:], np.asarray(expected)[:, 1:], atol=2)


def test_where_scales_are_known_a_galaxy_is_cut_at_that_of_the_training(picture):
    view = view_for(picture, RenderRecipe(size_px=16))
    small, large = boxes(RED, side=8), boxes(RED, side=60)
    x, y = RED
    for box, side in ((small, 40), (large, 69)):  # the larger one is whole, with room around it
        ((crop,), _) = cut(view, box, framing=0.5, side_px=40)
        half = side // 2
        square = drawn([x - half, y - half, x - half + side, y - half + side])
        np.testing.assert_array_equal(crop, cut(view, square, framing=1.0)[0][0])


def test_a_small_galaxy_is_not_blown_up(picture):
    view = view_for(picture, RenderRecipe(size_px=32))
    ((crop,), _) = cut(view, boxes(RED, side=4), framing=0.5)
    x, y = RED
    near = picture.image[y - 8 : y + 8, x - 8 : x + 8]
    assert abs(float(crop.mean()) - float(near.mean())) < 2  # 16 pixels, not 8, become 32


@pytest.mark.parametrize("origin", ["lower", "upper"])
def test_measured_bands_are_shown_as_the_model_learned_them(tmp_path, origin):
    picture = cube(tmp_path)
    recipe = RenderRecipe(
        red="z", green="r", blue="g", transform="lupton", size_px=32, crop_px=40, origin=origin
    )
    view = view_for(picture, recipe)
    assert not view.note
    middle = drawn([10, 10, 50, 50])
    np.testing.assert_array_equal(cut(view, middle, 1.0)[0][0], render(picture.pixels, recipe))
    assert "learned from the bands R, I, G" in view_for(picture, replace(
        recipe, red="R", green="I", blue="G")).note  # fmt: skip
