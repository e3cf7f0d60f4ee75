"""What is empty, hostile, cut short or elsewhere is refused in words."""

import functools
import gzip
import time
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given, settings
from hypothesis import strategies as st

from astro_core.datasets.layouts.fits_header import Cards, parse_value
from astro_core.errors import BadInputError

from .fits_parts import SKY, bands_part, cube_part, read, write

REAL = Path(__file__).parents[3] / "shared" / "data" / "fits"


def raw_header(path, *cards, data=b""):
    text = b"".join(c.ljust(80).encode() for c in (*cards, "END"))
    path.write_bytes(text.ljust(-(-len(text) // 2880) * 2880) + data)
    return path


EMPTY = {
    "every pixel is NaN": np.full((30, 30), np.nan, "f4"),
    "every pixel is 0": np.zeros((30, 30), "f4"),
    "every pixel is 7": np.full((30, 30), 7, "i2"),
    "mostly blank": np.where(np.arange(2000).reshape(40, 50) < 1500, 0, SKY),
    "too many blank": np.where(np.arange(2000).reshape(40, 50) < 600, np.nan, SKY),
}


@pytest.mark.parametrize("reason", EMPTY)
def test_planes_that_show_nothing_are_refused(tmp_path, reason):
    write(tmp_path / "x_r.fits", EMPTY[reason])
    with pytest.raises(BadInputError, match=reason):
        read(bands_part(tmp_path, "r"), "x_{band}.fits")


def axes(*lengths, bitpix="8"):
    return (
        "SIMPLE  =                    T",
        f"BITPIX  = {bitpix}",
        f"NAXIS   = {len(lengths)}",
        *(f"NAXIS{i + 1}  = {n}" for i, n in enumerate(lengths)),
    )


HOSTILE = {
    "huge": axes(10**9, 10**9),
    "wide": axes(10**6, 10**6),
    "many planes": axes(4000, 4000, 10**6),
    "negative": axes(-5, 10),
    "number of axes": ("SIMPLE  =                    T", "BITPIX  = 8", "NAXIS   = 999"),
    "text for a number": axes("'abc'", 10),
    "absurd BITPIX": axes(10, 10, bitpix="12345"),
    "float BITPIX": axes(10, 10, bitpix="8.5"),
    "overflow": axes(2**62, 2**62),
    "no data": axes(400, 400),
    "no image": axes(),
    "group": (*axes(0, 100), "GROUPS  =                    T", "PCOUNT  = -7"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_headers_are_refused_at_once(tmp_path, kind):
    raw_header(tmp_path / "x_r.fits", *HOSTILE[kind])
    began = time.perf_counter()
    with pytest.raises(BadInputError):
        read(bands_part(tmp_path, "r"), "x_{band}.fits")
    assert time.perf_counter() - began < 1.0


def test_a_packed_header_cannot_ask_for_more_than_is_allowed(tmp_path):
    path = raw_header(tmp_path / "y", *axes(100, 10**7, 10**9), data=b"")
    (tmp_path / "x_r.fits.gz").write_bytes(gzip.compress(path.read_bytes() + bytes(1_000_000)))
    with pytest.raises(BadInputError, match="too large"):
        read(bands_part(tmp_path, "r"), "x_{band}.fits.gz")
    table = ("XTENSION= 'BINTABLE'", "BITPIX  = 8", "NAXIS   = 2", "NAXIS1  = 8", "NAXIS2  = 9",
             "PCOUNT  = 99999999999", "GCOUNT  = 1", "ZIMAGE  =                    T",
             "ZBITPIX = 8", "ZNAXIS  = 2", "ZNAXIS1 = 50", "ZNAXIS2 = 40")  # fmt: skip
    head = raw_header(tmp_path / "h", *axes()).read_bytes()
    tail = raw_header(tmp_path / "t", *table).read_bytes()
    (tmp_path / "x_r.fits.gz").write_bytes(gzip.compress(head + tail + bytes(9000)))
    with pytest.raises(BadInputError, match="more data than"):
        read(bands_part(tmp_path, "r"), "x_{band}.fits.gz")


@functools.cache
def whole(base, name):
    hdu = fits.PrimaryHDU(SKY) if name == "plain" else fits.CompImageHDU(SKY)
    hdu.writeto(base / name)
    return (base / name).read_bytes()


@settings(max_examples=100, deadline=None)
@given(
    name=st.sampled_from(["plain", "rice"]),
    changes=st.lists(st.tuples(st.integers(0, 8000), st.integers(0, 255)), max_size=6),
    length=st.none() | st.integers(0, 9000),
)
def test_damage_anywhere_is_an_error_in_words_or_harmless(tmp_path_factory, name, changes, length):
    base = tmp_path_factory.mktemp("damage")
    content = bytearray(whole(tmp_path_factory.getbasetemp(), name))
    for at, value in changes:
        content[at % len(content)] = value
    (base / "x_r.fits").write_bytes(bytes(content[:length]))
    try:
        pixels = read(bands_part(base, "r"), "x_{band}.fits")
    except BadInputError:
        return
    assert pixels.values.dtype == np.float32


@settings(max_examples=300, deadline=None)
@given(st.binary(min_size=80, max_size=80))
def test_any_card_can_be_parsed(card):
    parse_value(card)
    Cards(card)


def test_paths_that_leave_the_folder_are_not_read(tmp_path):
    write(tmp_path / "x_r.fits", SKY)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "y_r.fits").symlink_to(tmp_path / "x_r.fits")
    for file in ("../x_{band}.fits", "y_{band}.fits", f"{tmp_path}/x_{{band}}.fits"):
        with pytest.raises(BadInputError, match="outside"):
            read(bands_part(tmp_path / "in", "r"), file)


@pytest.mark.skipif(not REAL.is_dir(), reason="the real FITS files are not here")
def test_real_files_and_their_damage():
    part = cube_part(REAL / "decals_grz", [[0, 0], [0, 1], [0, 2]], "g", "r", "z")
    for name in ("example", "example_a", "example_b", "example_c"):
        pixels = read(part, f"{name}.fits.gz")
        with fits.open(REAL / "decals_grz" / f"{name}.fits.gz") as opened:
            assert np.array_equal(pixels.values, opened[0].data.astype("f4"))
    with pytest.raises(BadInputError, match="cut short"):
        read(part, "example_incomplete.fits")
    with pytest.raises(BadInputError, match="mostly blank"):
        read(part, "example_bad_pix.fits")
    pixels = read(bands_part(REAL / "sdss_gri", "g", "r", "i"), "reprojected_sdss_{band}.fits.bz2")
    assert pixels.values.shape == (3, 496, 682)
    assert pixels.unit == "nanomaggy"
