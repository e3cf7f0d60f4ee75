import numpy as np
import pytest

from astro_core.domain import Pixels
from astro_core.errors import BadInputError
from astro_core.features.colours import ColoursParams, blue_to_red, colour_names, measure_colours

SIDE = 64


def blob(radius=6.0):
    y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    return np.exp(-(x**2 + y**2) / (2 * radius**2))


def survey(*planes, bands="ugr", noise=0.5, display=False):
    rng = np.random.default_rng(0)
    values = np.stack(planes) + rng.normal(0, noise, (len(planes), SIDE, SIDE))
    kind = "u1" if display else "f4"
    return Pixels(object_id="g", bands=tuple(bands), values=values.astype(kind), display=display)


def test_flux_ratios_come_back_as_magnitudes_whatever_the_sky():
    given = survey(20 * blob() + 7, 50 * blob() + 300, 100 * blob() - 4)
    found = measure_colours(given, ColoursParams())
    assert found["u-g"] == pytest.approx(2.5 * np.log10(50 / 20), abs=0.03)
    assert found["g-r"] == pytest.approx(2.5 * np.log10(2), abs=0.02)
    assert found["u-r"] == pytest.approx(found["u-g"] + found["g-r"])
    assert found["core_g-r"] == pytest.approx(0, abs=0.03)
    assert found["snr_r"] > found["snr_u"] > 50


def test_a_red_core_in_a_blue_disc_shows():
    given = survey(30 * blob(9), 30 * blob(9), 30 * blob(9) + 90 * blob(3))
    found = measure_colours(given, ColoursParams())
    assert found["core_g-r"] > 0.3
    assert "core_g-r" not in measure_colours(given, ColoursParams(gradient=False))


def test_a_band_without_light_still_has_a_number():
    found = measure_colours(survey(0 * blob(), 50 * blob(), 50 * blob()), ColoursParams())
    assert np.isfinite(found["u-g"])
    assert found["u-g"] > 3
    assert abs(found["snr_u"]) < 4


def test_pictures_go_from_blue_to_red_and_surveys_keep_their_order():
    assert blue_to_red(("R", "G", "B")) == ("B", "G", "R")
    assert colour_names(("R", "G", "B"), gradient=False) == ("B-G", "G-R")
    assert colour_names(("g", "r", "i"), gradient=True) == ("g-r", "r-i", "core_g-r", "core_r-i")
    picture = survey(200 * blob() + 5, 100 * blob() + 5, 50 * blob() + 5, bands="RGB", display=True)
    found = measure_colours(picture, ColoursParams())
    assert found["B-G"] == pytest.approx(0.75, abs=0.1)
    assert found["G-R"] == pytest.approx(0.75, abs=0.1)


def test_one_band_or_no_galaxy_is_refused_in_words():
    with pytest.raises(BadInputError, match="A colour needs two bands"):
        measure_colours(survey(blob(), bands="r"), ColoursParams())
    with pytest.raises(BadInputError, match=r"No source|No light"):
        measure_colours(survey(*[0 * blob()] * 3), ColoursParams())
    gap = survey(50 * blob(), 50 * blob(), 50 * blob())
    values = gap.values.copy()
    values[0] = np.nan
    with pytest.raises(BadInputError, match="no data in common"):
        measure_colours(
            Pixels(object_id="g", bands=gap.bands, values=values, display=False), ColoursParams()
        )
