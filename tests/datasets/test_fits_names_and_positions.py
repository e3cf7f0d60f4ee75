"""What names and headers tell of a FITS file: its band, object, class and place in the sky."""

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS
from hypothesis import example, given, settings
from hypothesis import strategies as st

from astro_core.datasets.bands import band_key, band_names, by_wavelength, wavelength_nm
from astro_core.datasets.readers.fits_names import (
    class_folders,
    group_bands,
    object_name,
    trailing_band,
)
from astro_core.datasets.readers.fits_sky import sky_centre


@pytest.mark.parametrize(
    ("word", "key"),
    [("R", "R"), ("r", "R"), ("F660", "F660"), ("J0660", "F660"), ("j0378", "F378"),
     ("uJAVA", "U"), ("gSDSS", "G"), ("F814W", "F814W"), ("Halpha", "HALPHA"), ("Ks", "KS"),
     ("a", None), ("J1234", None), ("F12", None), ("NGC", None), ("", None)],
)  # fmt: skip
def test_words_that_name_bands(word, key):
    assert band_key(word) == key


def test_bands_are_ordered_by_wavelength():
    assert by_wavelength(["z", "r", "g", "i", "u", "y"]) == ("u", "g", "r", "i", "z", "y")
    splus = ["F861", "Z", "F660", "I", "R", "F515", "G", "F430", "F410", "F395", "F378", "U"]
    assert by_wavelength(splus) == (
        *("U", "F378", "F395", "F410", "F430", "G", "F515", "R", "F660", "I", "F861", "Z"),
    )
    assert by_wavelength(["F160W", "F814W", "F606W"]) == ("F606W", "F814W", "F160W")
    assert by_wavelength(["F444W", "F090W", "F200W"]) == ("F090W", "F200W", "F444W")
    assert wavelength_nm("unknown") == float("inf")


def test_names_of_bands_follow_the_survey():
    assert band_names(["z", "g", "r"]) == {"G": "g", "R": "r", "Z": "z"}
    assert list(band_names(["r", "J0660", "g"]).values()) == ["G", "R", "F660"]


def test_bands_anywhere_in_the_path_make_sets():
    files = [
        "a_R.fits", "a_G.fits", "frame-g-12.fits.bz2", "frame-r-12.fits.bz2",
        "F660/n.fits", "R/n.fits", "m31/g.fits", "m31/r.fits", "x.g.fit", "x.r.fit",
        "I_9_r.fits", "I_9_g.fits", "lonely_g.fits", "cube.fits",
    ]  # fmt: skip
    sets, others, problems = group_bands(files)
    found = {object_name(s.template): sorted(s.files) for s in sets}
    assert found == {
        "a": ["G", "R"], "frame-12": ["G", "R"], "n": ["F660", "R"], "m31": ["G", "R"],
        "x": ["G", "R"], "I_9": ["G", "R"], "lonely": ["G"],
    }  # fmt: skip
    assert others == ["cube.fits"]
    assert problems == []
    assert trailing_band("d/x_F515.fits.gz") == "F515"


def test_two_files_for_one_band_are_a_problem():
    sets, _, problems = group_bands(["a_R.fits", "a_r.fits", "a_g.fits"])
    assert len(sets) == 1
    assert [p.file for p in problems] == ["a_r.fits"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("aRgF660_-./", min_size=1, max_size=12), max_size=12, unique=True))
def test_every_file_is_in_one_set_or_left_over(stems):
    files = sorted({f"{s.strip('/') or 'x'}.fits" for s in stems if "//" not in s})
    sets, others, problems = group_bands(files)
    used = [f for s in sets for _, f in s.files.values()] + others + [p.file for p in problems]
    assert sorted(used) == files
    for group in sets:
        for token, file in group.files.values():
            assert group.template.replace("{band}", token) == file


def test_folders_are_classes_only_when_they_look_like_classes():
    two = [f"{c}/{i}_{{band}}.fits" for c in ("spiral", "elliptical") for i in range(2)]
    assert class_folders(two) == ["spiral", "spiral", "elliptical", "elliptical"]
    fields = [f"HYDRA-{f}/{i}" for f in (12, 13) for i in range(2)]
    assert class_folders(fields) == [None] * 4
    assert class_folders(["a/x", "b/y"]) == [None, None]


@settings(max_examples=60, deadline=None)
@given(
    ra=st.floats(0, 360),
    dec=st.floats(-90, 90),
    angle=st.floats(0, 360),
    scale=st.floats(0.05, 5.0),
    pixel=st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
)
@example(ra=0.0, dec=90.0, angle=0.0, scale=1.0, pixel=(0.0, 0.0))
@example(ra=10.0, dec=-90.0, angle=30.0, scale=1.0, pixel=(7.0, 9.0))
def test_positions_agree_with_astropy(ra, dec, angle, scale, pixel):
    cos, sin, step = np.cos(np.radians(angle)), np.sin(np.radians(angle)), scale / 3600
    cards = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": ra, "CRVAL2": dec}
    cards |= {"CRPIX1": pixel[0], "CRPIX2": pixel[1], "CD1_1": -step * cos, "CD1_2": step * sin}
    cards |= {"CD2_1": step * sin, "CD2_2": step * cos}
    theirs = WCS(fits.Header(cards)).pixel_to_world(49.5, 39.5)
    ours = SkyCoord(*sky_centre(cards, 100, 80), unit="deg")
    assert ours.separation(theirs).arcsec < 1e-3


def test_positions_in_other_systems_become_icrs():
    base = {"CRPIX1": 10.5, "CRPIX2": 8.5, "CDELT1": -1e-4, "CDELT2": 1e-4}
    gal = {**base, "CTYPE1": "GLON-TAN", "CTYPE2": "GLAT-TAN", "CRVAL1": 30.0, "CRVAL2": 10.0}
    truth = SkyCoord(30, 10, unit="deg", frame="galactic").icrs
    assert sky_centre(gal, 20, 16) == pytest.approx((truth.ra.deg, truth.dec.deg))
    fk4 = {**base, "CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 30.0, "CRVAL2": 10.0,
           "EQUINOX": 1950.0}  # fmt: skip
    truth = SkyCoord(30, 10, unit="deg", frame="fk4", equinox="B1950").icrs
    assert sky_centre(fk4, 20, 16) == pytest.approx((truth.ra.deg, truth.dec.deg), abs=1e-4)
    assert np.isnan(sky_centre({}, 20, 16)).all()
    assert np.isnan(sky_centre({**gal, "CRVAL1": "text"}, 20, 16)).all()
