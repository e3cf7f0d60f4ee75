import numpy as np
import pandas as pd
import pytest
from astropy.io import fits

from astro_core.datasets.boxes import BOX_COLUMNS
from astro_core.datasets.demo import fields
from astro_core.datasets.demo.bands import BAND_NAMES, PIXEL_SCALE_ARCSEC, R
from astro_core.datasets.demo.boxes import true_box
from astro_core.datasets.demo.fields import Field, field_plan, make_field
from astro_core.datasets.demo.frames import draw_night
from astro_core.datasets.demo.galaxies import draw
from astro_core.datasets.demo.population import draw_galaxy

SIZE = 320


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fields")
    return folder, make_field(str(folder), 4, 0, SIZE)


def test_a_field_has_all_bands_and_boxes_inside_it(made):
    folder, result = made
    boxes = pd.DataFrame(result["boxes"])
    assert tuple(boxes.columns) == tuple(BOX_COLUMNS)
    assert (boxes[["x0", "y0"]] >= 0).all(axis=None)
    assert (boxes[["x1", "y1"]] <= SIZE).all(axis=None)
    assert (boxes["x1"] > boxes["x0"]).all()
    assert (boxes["y1"] > boxes["y0"]).all()
    for band in BAND_NAMES:
        assert fits.getdata(folder / f"SIM-FIELD-1_{band}.fits").shape == (SIZE, SIZE)


def test_a_box_holds_what_exceeds_one_sigma_and_no_more():
    rng = np.random.default_rng(0)
    field = Field(200, draw_night(rng))
    galaxy = draw_galaxy(rng, "spiral", 15.5)
    canvas = field.canvas(5.5 * galaxy.radius_arcsec / PIXEL_SCALE_ARCSEC)
    draw(galaxy, np.random.default_rng(1), canvas.n).put(canvas)
    patch, left, top = field.paste(canvas, 90, 110)
    sigma = field.night.sky_sigma[R]
    x0, y0, x1, y1 = true_box(patch[R], sigma).moved(left, top).corners
    above = field.clean[R] > sigma
    rows, cols = np.nonzero(above)
    assert (cols.min(), rows.min(), cols.max() + 1, rows.max() + 1) == (x0, y0, x1, y1)


def test_a_galaxy_that_is_lost_in_the_sky_has_no_box():
    assert true_box(np.full((5, 5), 0.5), 1.0) is None


def test_patches_fade_out_before_their_edge():
    fade = fields._fade(96)
    assert fade[48, 48] == 1.0
    assert max(fade[0].max(), fade[-1].max(), fade[:, 0].max(), fade[:, -1].max()) < 0.01


def test_bright_galaxies_are_found_inside_their_boxes(made):
    folder, result = made
    image = fits.getdata(folder / "SIM-FIELD-1_R.fits")
    sigma = 1.4826 * np.median(np.abs(image - np.median(image)))
    bright = [b for b in result["boxes"] if b["snr"] > 40]
    assert bright
    for box in bright:
        inside = image[box["y0"] : box["y1"], box["x0"] : box["x1"]]
        assert inside.mean() > sigma


def test_small_surveys_have_small_fields():
    assert field_plan(1500) == (6, 1024)
    assert field_plan(30) == (1, 320)
    assert field_plan(400)[1] == 1024


def test_the_same_seed_gives_the_same_field(made, tmp_path):
    folder, result = made
    again = make_field(str(tmp_path), 4, 0, SIZE)
    assert again == result
    name = "SIM-FIELD-1_I.fits"
    assert (folder / name).read_bytes() == (tmp_path / name).read_bytes()
