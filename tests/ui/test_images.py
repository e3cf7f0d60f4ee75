import base64
import io

import numpy as np
import pytest
from PIL import Image

from astro_core.ui import images


@pytest.fixture
def stamp():
    return np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)


def decode(content):
    return np.asarray(Image.open(io.BytesIO(content)))


def test_png_loses_nothing(stamp):
    assert np.array_equal(decode(images.png_bytes(stamp)), stamp)


def test_jpeg_keeps_colour_at_full_resolution():
    stripes = np.zeros((64, 64, 3), dtype=np.uint8)
    stripes[:, ::2, 0] = stripes[:, 1::2, 2] = 255
    back = decode(images.jpeg_bytes(stripes)).astype(int)
    assert abs(back - stripes).mean() < 12


def test_addresses_hold_the_image_and_its_type(stamp):
    content = images.jpeg_bytes(stamp)
    kind, encoded = images.data_uri(content).split(",")
    assert kind == "data:image/jpeg;base64"
    assert base64.b64decode(encoded) == content
    assert images.data_uri(images.png_bytes(stamp)).startswith("data:image/png;")


def test_whole_multiples_are_left_to_the_browser(stamp):
    assert images.fit(stamp, 128) is stamp
    assert images.fit(stamp, 160).shape == (160, 160, 3)
    assert images.fit(stamp, 48).shape == (48, 48, 3)


def test_a_page_of_48_stamps_is_light():
    y, x = np.mgrid[:128, :128] - 64
    galaxy = 200 * np.exp(-np.hypot(x, 1.5 * y) / 12)[..., None]
    noise = np.random.default_rng(1).normal(20, 6, (128, 128, 3))
    tile = images.tile_bytes(np.clip(galaxy + noise, 0, 255).astype(np.uint8), 160)
    assert 48 * len(images.data_uri(tile)) < 2_000_000
