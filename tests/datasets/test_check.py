import numpy as np
import pytest
from PIL import Image

from astro_core.datasets.check import check_images, content_hash, emptiness
from astro_core.domain import Pixels


def pixels(values, display=False, bands=None):
    values = np.asarray(values)
    return Pixels(
        object_id="a",
        bands=bands or tuple("gri"[: len(values)]),
        values=values,
        display=display,
    )


def planes(*values):
    return np.stack([np.full((3, 4), v, dtype=np.float32) for v in values])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (planes(np.nan, 1), "band g is NaN"),
        (planes(0, 1), "band g is zero"),
        (planes(2.5, 0), "band g has the same value, 2.5"),
        (np.zeros((2, 0, 4), np.float32), "no pixels"),
    ],
)
def test_a_band_that_holds_nothing_is_named(values, words):
    assert words in emptiness(pixels(values))


def test_a_missing_band_that_was_kept_is_no_problem():
    values = planes(np.nan, 1)
    values[1, 0, 0] = 7
    assert emptiness(pixels(values), ["g"]) == ""


def test_a_colour_may_be_empty_but_not_the_whole_picture():
    red = np.zeros((3, 3, 4), np.uint8)
    assert "zero" in emptiness(pixels(red, display=True))
    red[0, 1, 1] = 200
    assert emptiness(pixels(red, display=True)) == ""
    assert "same value, 255" in emptiness(pixels(np.full((3, 3, 4), 255, np.uint8), display=True))


def test_a_frame_of_zeros_around_something_is_something():
    values = np.zeros((1, 5, 5), np.float32)
    values[0, 2, 2] = 1
    assert emptiness(pixels(values)) == ""


def test_the_same_picture_in_two_formats_has_one_hash(tmp_path):
    values = np.random.default_rng(0).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    for name in ("a.png", "b.bmp"):
        Image.fromarray(values).save(tmp_path / name)
    turned = np.rot90(values).copy()
    Image.fromarray(turned).save(tmp_path / "c.png")
    (tmp_path / "d.png").write_bytes(b"no picture")
    parts = [{"layout": "picture", "root": str(tmp_path), "bands": ["R", "G", "B"], "options": {}}]
    rows = [
        {"object_id": n[0], "part": 0, "file": n, "row": 0}
        for n in ("a.png", "b.bmp", "c.png", "d.png", "e.png")
    ]
    first, second, third, broken, gone = check_images("/", parts, rows)
    assert first == second
    assert (first["width_px"], first["height_px"], first["reason"]) == (8, 8, "")
    assert third["content"] != first["content"]
    assert "d.png" in broken["reason"]
    assert "missing" in gone["reason"]


def test_shape_and_number_type_are_part_of_the_content():
    flat = np.arange(12, dtype=np.float32)
    assert content_hash(pixels(flat.reshape(1, 3, 4))) != content_hash(
        pixels(flat.reshape(1, 4, 3))
    )
