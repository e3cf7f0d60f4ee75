import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from astro_core.errors import BadInputError
from astro_core.imaging.lanczos import lanczos_resize
from astro_core.imaging.presentable import crop_square, framing_note, resize_square


@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 40))
def test_the_central_pixel_stays_central(height, width, crop_px):
    planes = np.zeros((2, height, width), dtype=np.float32)
    planes[:, height // 2, width // 2] = 1.0
    out = crop_square(planes, crop_px)
    side = crop_px or min(height, width)
    assert out.shape == (2, side, side)
    assert (out[:, side // 2, side // 2] == 1.0).all()


def test_a_crop_is_a_view_of_the_middle():
    planes = np.arange(100.0).reshape(1, 10, 10)
    out = crop_square(planes, 4)
    assert np.shares_memory(out, planes)
    np.testing.assert_array_equal(out[0], planes[0, 3:7, 3:7])


def test_a_larger_square_is_filled_up():
    floats = crop_square(np.ones((3, 5, 9), np.float32), 11)
    assert np.isfinite(floats).sum() == 3 * 5 * 9
    np.testing.assert_array_equal(floats[0, 3:8, 1:10], 1.0)
    assert crop_square(np.ones((3, 5, 9), np.uint8), 11).sum() == 3 * 5 * 9


def test_a_rectangle_is_cut_not_squeezed():
    wide = np.zeros((1, 6, 20), np.uint8)
    wide[..., 7:13] = 9
    assert (crop_square(wide) == 9).all()


@pytest.mark.parametrize(("shape", "side"), [((0, 5), 0), ((5, 5), -1)])
def test_nothing_to_crop(shape, side):
    with pytest.raises(BadInputError):
        crop_square(np.zeros((3, *shape)), side)


def test_the_note_says_what_is_not_shown():
    assert framing_note(128, 128, 0) == ""
    assert framing_note(128, 128, 128) == ""
    assert "Central 64x64 of 128x128" in framing_note(128, 128, 64)
    assert "Central 100x100 of 200x100" in framing_note(100, 200, 0)
    assert "black around" in framing_note(64, 64, 128)
    assert "filled with black" in framing_note(100, 200, 150)


def pillow(image, size_px):
    picture = Image.fromarray(np.ascontiguousarray(image))
    return np.asarray(picture.resize((size_px, size_px), Image.Resampling.LANCZOS))


@settings(deadline=None, max_examples=80)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(0, 9))
def test_resizing_is_pillows_lanczos_to_the_last_bit(side, size_px, seed):
    rng = np.random.default_rng(seed)
    image = rng.choice([0, 255, 17], (side, side, 3)).astype(np.uint8)
    np.testing.assert_array_equal(lanczos_resize(image, size_px), pillow(image, size_px))


@pytest.mark.parametrize(("side", "size_px"), [(424, 128), (256, 100), (69, 128), (1500, 128)])
def test_resizing_views_of_survey_sizes(side, size_px):
    planes = np.random.default_rng(0).integers(0, 256, (3, side, side), dtype=np.uint8)
    view = np.moveaxis(planes, 0, -1)[::-1]
    np.testing.assert_array_equal(resize_square(view, size_px), pillow(view, size_px))


def test_resizing_keeps_the_middle():
    y, x = np.mgrid[:101, :101] - 50.0
    blob = (255 * np.exp(-(x**2 + y**2) / 300)).astype(np.uint8)
    out = resize_square(np.repeat(blob[..., None], 3, axis=2), 51)
    weight = out[..., 0].astype(float)
    centre = (weight * np.arange(51)).sum() / weight.sum()
    assert centre == pytest.approx(25.0, abs=0.01)


def test_an_image_of_the_right_size_is_left_alone():
    image = np.random.default_rng(0).integers(0, 255, (16, 16, 3), dtype=np.uint8)
    assert resize_square(image, 16) is image


@pytest.mark.parametrize("shape", [(4, 5, 3), (0, 0, 3)])
def test_what_is_not_square_is_not_squeezed(shape):
    with pytest.raises(BadInputError, match="distortion"):
        resize_square(np.zeros(shape, np.uint8), 8)
