import math

import numpy as np
import pytest

from astro_core.domain import Pixels
from astro_core.workflows.browse import open_view
from astro_core.workflows.browse_detail import (
    bar_length_arcsec,
    compass_of,
    links_for,
    open_detail,
    sky_links,
    zscale_limits,
)
from astro_core.workflows.browse_filters import in_polygon
from astro_core.workflows.browse_sky import simplified, sky_sample, unwrapped


def with_wcs(rotation_deg=0.0, scale_arcsec=0.55, mirrored=False, dec=0.0):
    angle = math.radians(rotation_deg)
    step = scale_arcsec / 3600
    east = 1 if mirrored else -1
    cards = {
        "CTYPE1": "RA---TAN",
        "CTYPE2": "DEC--TAN",
        "CRVAL1": 30.0,
        "CRVAL2": dec,
        "CRPIX1": 32.5,
        "CRPIX2": 32.5,
        "CUNIT1": "deg",
        "CUNIT2": "deg",
        "CD1_1": east * step * math.cos(angle),
        "CD1_2": -east * step * math.sin(angle),
        "CD2_1": step * math.sin(angle),
        "CD2_2": step * math.cos(angle),
    }
    return Pixels(
        object_id="x",
        bands=("R",),
        values=np.zeros((1, 64, 64), np.float32),
        display=False,
        wcs=cards,
    )


@pytest.mark.parametrize("dec", [0.0, 60.0, 89.9])
def test_north_is_up_and_east_to_the_left(dec):
    compass, scale = compass_of(with_wcs(dec=dec))
    assert scale == pytest.approx(0.55)
    assert compass.north == pytest.approx((0, 1), abs=1e-3)
    assert compass.east == pytest.approx((-1, 0), abs=1e-3)


def test_a_rotated_and_a_mirrored_image():
    compass, _ = compass_of(with_wcs(rotation_deg=90))
    assert compass.north == pytest.approx((1, 0), abs=1e-3)
    assert compass.east == pytest.approx((0, 1), abs=1e-3)
    mirrored, _ = compass_of(with_wcs(mirrored=True))
    assert mirrored.east == pytest.approx((1, 0), abs=1e-3)


@pytest.mark.parametrize("cards", [{}, {"CTYPE1": "nonsense"}, {"CRVAL1": 3.0}])
def test_without_a_celestial_wcs_nothing_is_claimed(cards):
    values = np.zeros((1, 8, 8), np.float32)
    pixels = Pixels(object_id="x", bands=("R",), values=values, display=False, wcs=cards)
    assert compass_of(pixels) == (None, None)


@pytest.mark.parametrize(
    ("side", "scale", "bar"), [(128, 0.55, 10), (424, 0.1, 10), (1024, 0.55, 120), (10, 0.01, 0.02)]
)
def test_the_scale_bar_is_round_and_fits_a_quarter(side, scale, bar):
    assert bar_length_arcsec(side, scale) == bar


def test_zscale_of_flat_and_of_missing_data():
    assert zscale_limits(np.full((4, 4), np.nan)) == (0.0, 1.0)
    low, high = zscale_limits(np.ones((4, 4)))
    assert high > low
    low, high = zscale_limits(np.random.default_rng(0).normal(5, 1, (64, 64)))
    assert 0 < low < 5 < high < 10


def test_links_lead_to_the_position():
    addresses = {link.label: link.address for link in sky_links(150.5, -2.25)}
    assert "ra=150.500000&dec=-2.250000" in addresses["Legacy Survey"]
    assert "150.500000%20-2.250000" in addresses["SIMBAD"]
    assert all(a.startswith("https://") for a in addresses.values())


def test_links_without_a_position(survey):
    nowhere = {"ra_deg": None, "dec_deg": float("nan")}
    assert links_for(survey, "abc", nowhere) == ()
    (link,) = links_for(survey, "587722981733826738", nowhere)
    assert link.address.endswith("id=587722981733826738")


def test_everything_known_of_one_object(survey):
    view = open_view(survey)
    detail = open_detail(survey, view.ids()[3], view.values_of(3), survey.recipe)
    assert detail.image.shape == (24, 24, 3)
    np.testing.assert_array_equal(detail.image, np.moveaxis(detail.pixels.values, 0, -1))
    assert detail.scale_arcsec == 0.4
    assert detail.compass is None
    assert detail.votes
    assert len(detail.links) == 6
    assert open_detail(survey, "x", view.values_of(30), survey.recipe).votes == ()


def test_an_unreadable_image_is_said_not_raised(survey):
    view = open_view(survey)
    detail = open_detail(survey, view.ids()[9], view.values_of(9), survey.recipe)
    assert detail.image is None
    assert detail.problem
    assert detail.row["object_id"] == view.ids()[9]


def test_a_survey_across_the_origin_is_one_piece():
    assert unwrapped(np.array([359.0, 1.0, 2.0])).tolist() == [-1.0, 1.0, 2.0]
    assert unwrapped(np.array([10.0, 20.0])).tolist() == [10.0, 20.0]
    assert unwrapped(np.array([])).tolist() == []


def test_a_thinned_map_is_always_the_same_and_says_how_many_there_are(survey):
    view = open_view(survey)
    rows = np.arange(60)
    sample = sky_sample(view, rows, limit=20)
    assert sample.thinned
    assert sample.n_positions == 55
    assert len(sample.rows) == 20
    assert sample.rows.tolist() == sky_sample(view, rows, limit=20).rows.tolist()
    assert not sky_sample(view, rows).thinned


def test_a_long_lasso_keeps_its_shape():
    angle = np.linspace(0, 2 * np.pi, 500, endpoint=False)
    circle = [(float(x), float(y)) for x, y in zip(np.cos(angle), np.sin(angle), strict=True)]
    corners = simplified(circle, 60)
    assert len(corners) == 60
    rng = np.random.default_rng(0)
    x, y = rng.uniform(-1.2, 1.2, (2, 4000))
    radius = np.hypot(x, y)
    clear = np.abs(radius - 1) > 0.02
    assert np.array_equal(in_polygon(x, y, corners)[clear], (radius < 1)[clear])
