"""Maps as pictures, and what is said of them to who cannot see them."""

import io
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from astro_core.classifiers.bundle_info import BundleInfo
from astro_core.domain import GalaxyClass, Head, RenderRecipe, Taxonomy
from astro_core.figures.heat import heat_table
from astro_core.ui.explain_board import grey
from astro_core.ui.explain_map import where
from astro_core.ui.explain_sheet import map_tile, sheet, shown_px
from astro_core.ui.explain_state import distance
from astro_core.workflows.models import Model


def test_a_map_is_grey_from_nothing_to_the_strongest_and_never_nan():
    values = np.array([[0, 0.5, 1], [np.nan, 2, -1], [np.inf, 0, 0]], dtype=np.float32)
    assert grey(values).tolist() == [[0, 128, 255], [0, 255, 0], [255, 0, 0]]


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        (16, 16, "around the centre"),
        (4, 16, "above of the centre"),
        (16, 28, "right of the centre"),
        (28, 4, "below and left of the centre"),
    ],
)
def test_where_a_map_is_strong_is_said(row, column, said):
    heat = np.zeros((32, 32), dtype=np.float32)
    heat[row - 2 : row + 2, column - 2 : column + 2] = 1
    assert where(heat) == f"strongest {said}, above half on 2% of the image"
    assert where(None) == "no map"


def test_a_tile_has_the_colours_of_maps_pixel_by_pixel():
    values = np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8)
    tile = Image.open(io.BytesIO(map_tile(values, 96)))
    assert tile.size == (8, 8)
    pixels = np.asarray(tile.convert("RGB"))
    np.testing.assert_array_equal(pixels, heat_table()[grey(values)])
    assert Image.open(io.BytesIO(map_tile(np.ones((200, 200), np.float32), 96))).size == (96, 96)


def test_whole_pixels_are_repeated_on_screen():
    assert [shown_px(n, 96) for n in (1, 24, 30, 96, 97)] == [96, 96, 90, 96, 96]


def test_names_of_layers_stay_text():
    html = sheet([(b"\x89PNG", '<b>"', 'x" onerror="y')], 10)
    assert "&lt;b&gt;" in html
    assert 'onerror="' not in html


@pytest.mark.parametrize(
    ("learned_from", "outputs", "expected"),
    [("sky", "ab", 0), ("other + sky", "ab", 0), ("other", "ry", 1), ("sky-2", "ab", 2)],
)
def test_the_model_that_learned_from_a_dataset_is_nearest_to_it(learned_from, outputs, expected):
    classes = tuple(GalaxyClass(name=name) for name in "xy")
    dataset = SimpleNamespace(name="sky", taxonomy=Taxonomy(name="t", classes=classes))
    info = BundleInfo(
        name="m",
        kind="keras",
        heads=(Head(name="label", kind="classes", outputs=tuple(outputs)),),
        render=RenderRecipe(size_px=32),
        dataset=learned_from,
    )
    model = Model(name="m", source="own", folder=Path(), info=info)
    assert distance(model, dataset) == expected
    assert distance(replace(model, info=None), dataset) == 2
