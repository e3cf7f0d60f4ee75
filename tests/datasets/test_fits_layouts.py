import bz2
import functools
import gzip
import lzma
import time
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given, settings
from hypothesis import strategies as st

from astro_core.datasets.layouts import LAYOUTS
from astro_core.datasets.layouts.fits_header import Cards, parse_value, pixel_scale_arcsec
from astro_core.datasets.layouts.fits_io import fits_stem, open_fits
from astro_core.domain import ImagePart
from astro_core.errors import BadInputError

REAL = Path(__file__).parents[3] / "shared" / "data" / "fits"
SKY = np.random.default_rng(3).normal(0.0, 1.0, (40, 50)).astype("f4")


def bands_part(root, *bands, **tokens):
    tokens = tokens or {b: b for b in bands}
    return ImagePart(layout="fits_bands", root=str(root), bands=bands, options={"tokens": tokens})


def cube_part(root, planes, *bands):
    return ImagePart(layout="fits_cube", root=str(root), bands=bands, options={"planes": planes})


def read(part, file, **row):
    row = {"object_id": "x", "file": file, "row": 0, **row}
    return LAYOUTS.get(part.layout).read(Path(part.root), part, row)


def write(path, data, **cards):
    header = fits.Header(cards)
    fits.writeto(path, data, header)
    return path


def raw_header(path, *cards, data=b""):
    text = b"".join(c.ljust(80).encode() for c in (*cards, "END"))
    path.write_bytes(text.ljust(-(-len(text) // 2880) * 2880) + data)
    return path


def test_bands_come_in_order_with_units_scale_and_wcs(tmp_path):
    wcs = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 150.0, "CRVAL2": 2.0}
    wcs |= {"CRPIX1": 25.5, "CRPIX2": 20.5, "CDELT1": -0.55 / 3600, "CDELT2": 0.55 / 3600}
    for i, token in enumerate(("u", "F660", "i")):
        write(tmp_path / f"x_{token}.fits", SKY + i, BUNIT="uJy", FILTER="g", **wcs)
    pixels = read(
        bands_part(tmp_path, "U", "F660", "I", U="u", F660="F660", I="i"), "x_{band}.fits"
    )
    assert pixels.bands == ("U", "F660", "I")
    assert pixels.values.dtype == np.float32
    assert not pixels.display
    assert np.array_equal(pixels.band("I"), SKY + 2)
    assert (pixels.unit, round(pixels.pixel_scale_arcsec, 6)) == ("uJy", 0.55)
    assert pixels.wcs["CRVAL1"] == 150.0
    assert not pixels.values.flags.writeable


@pytest.mark.parametrize("dtype", ["u1", "i2", "i4", "i8", "f4", "f8", "u2", "u4"])
def test_every_number_type_is_read_as_astropy_reads_it(tmp_path, dtype):
    data = (SKY * 20 + 100).clip(0).astype(dtype)
    path = write(tmp_path / "x_r.fits", data)
    pixels = read(bands_part(tmp_path, "r"), "x_{band}.fits")
    assert np.allclose(pixels.values[0], fits.getdata(path).astype("f4"))


def test_bscale_bzero_and_blank_are_honoured(tmp_path):
    hdu = fits.PrimaryHDU(np.arange(600, dtype="i2").reshape(20, 30))
    hdu.header.update({"BSCALE": 0.25, "BZERO": -3.0, "BLANK": 7})
    hdu.writeto(tmp_path / "x_r.fits")
    values = read(bands_part(tmp_path, "r"), "x_{band}.fits").values[0]
    assert np.isnan(values[0, 7])
    assert values[0, 8] == 8 * 0.25 - 3.0


def test_infinite_values_are_no_data(tmp_path):
    data = SKY.astype("f8")
    data[0, :3] = (np.inf, -np.inf, 1e300)
    write(tmp_path / "x_r.fits", data)
    values = read(bands_part(tmp_path, "r"), "x_{band}.fits").values[0]
    assert np.isnan(values[0, :3]).all()
    assert np.isfinite(values[1:]).all()


@pytest.mark.parametrize("kind", ["RICE_1", "GZIP_1", "GZIP_2", "HCOMPRESS_1", "PLIO_1"])
def test_compressed_images_are_unpacked(tmp_path, kind):
    data = (SKY * 50 + 500).astype("i4")
    path = tmp_path / "x_r.fits.fz"
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(data, compression_type=kind)]).writeto(path)
    pixels = read(bands_part(tmp_path, "r"), "x_{band}.fits.fz")
    assert np.array_equal(pixels.values[0], data.astype("f4"))


def test_compressed_floats_are_unpacked_with_their_scale(tmp_path):
    hdu = fits.CompImageHDU(SKY, compression_type="RICE_1", quantize_level=16)
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(tmp_path / "x_r.fits")
    values = read(bands_part(tmp_path, "r"), "x_{band}.fits").values[0]
    assert np.array_equal(values, fits.getdata(tmp_path / "x_r.fits", 1))


@pytest.mark.parametrize(
    ("suffix", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)]
)
def test_packed_files_and_what_is_left_of_them(tmp_path, suffix, pack):
    whole = write(tmp_path / "x.fits", SKY).read_bytes()
    path = tmp_path / f"x_r.fits{suffix}"
    path.write_bytes(pack(whole))
    part, file = bands_part(tmp_path, "r"), f"x_{{band}}.fits{suffix}"
    assert np.array_equal(read(part, file).values[0], SKY)
    path.write_bytes(pack(whole)[:-2000])
    with pytest.raises(BadInputError, match="cut short"):
        read(part, file)
    path.write_bytes(pack(whole[:6000]))
    with pytest.raises(BadInputError, match="cut short"):
        read(part, file)


def test_planes_and_extensions_in_one_file(tmp_path):
    cube = np.stack([SKY, SKY + 1, SKY + 2])
    write(tmp_path / "c.fits", cube)
    pixels = read(cube_part(tmp_path, [[0, 0], [0, 2]], "g", "z"), "c.fits")
    assert np.array_equal(pixels.values, cube[[0, 2]])
    extensions = [fits.ImageHDU(SKY + i, name=n) for i, n in enumerate("gr")]
    fits.HDUList([fits.PrimaryHDU(), *extensions]).writeto(tmp_path / "e.fits")
    pixels = read(cube_part(tmp_path, [[1, 0], [2, 0]], "g", "r"), "e.fits")
    assert np.array_equal(pixels.band("r"), SKY + 1)
    with pytest.raises(BadInputError, match="too few planes"):
        read(cube_part(tmp_path, [[1, 0], [1, 1]], "g", "r"), "e.fits")
    with pytest.raises(BadInputError, match="no image in extension 5"):
        read(cube_part(tmp_path, [[5, 0]], "g"), "e.fits")


def test_unequal_shapes_are_named_band_by_band(tmp_path):
    write(tmp_path / "x_R.fits", SKY)
    write(tmp_path / "x_G.fits", SKY[:30])
    with pytest.raises(BadInputError, match=r"R 50x40, G 50x30"):
        read(bands_part(tmp_path, "R", "G"), "x_{band}.fits")


def test_a_missing_band_is_named_unless_the_object_was_kept_without_it(tmp_path):
    write(tmp_path / "x_R.fits", SKY)
    part = bands_part(tmp_path, "G", "R")
    with pytest.raises(BadInputError, match=r"'x_G\.fits' is missing"):
        read(part, "x_{band}.fits")
    pixels = read(part, "x_{band}.fits", missing_bands="G")
    assert np.isnan(pixels.band("G")).all()
    assert np.array_equal(pixels.band("R"), SKY)
    files = LAYOUTS.get("fits_bands").files
    assert files(part, {"file": "x_{band}.fits"}) == ("x_G.fits", "x_R.fits")
    assert files(part, {"file": "x_{band}.fits", "missing_bands": "G"}) == ("x_R.fits",)


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


def test_zeros_in_counts_are_measurements(tmp_path):
    counts = np.random.default_rng(1).poisson(0.1, (40, 50)).astype("i2")
    write(tmp_path / "x_r.fits", counts)
    assert read(bands_part(tmp_path, "r"), "x_{band}.fits").values.max() > 0


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


def test_cards_are_read_as_astropy_reads_them():
    header = fits.Header()
    cards = {"A": 1, "B": -2.5e-7, "C": True, "D": False, "E": "it's / here", "F": "", "G": 10**12}
    header.update(cards)
    found = Cards(header.tostring().encode())
    assert {k: found[k] for k in cards} == cards
    assert parse_value(b"CRVAL1  = 1.5D2 / old Fortran".ljust(80)) == 150.0


def test_pixel_scale_from_each_kind_of_matrix():
    axis = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN"}
    step = 0.396 / 3600
    assert pixel_scale_arcsec({**axis, "CD1_2": step, "CD2_1": step}) == pytest.approx(0.396)
    assert pixel_scale_arcsec({**axis, "CDELT1": -step, "CDELT2": step}) == pytest.approx(0.396)
    turned = {"PC1_1": 0.6, "PC1_2": -0.8, "PC2_1": 0.8, "PC2_2": 0.6}
    both = {**axis, "CDELT1": -step, "CDELT2": step, **turned}
    assert pixel_scale_arcsec(both) == pytest.approx(0.396)
    assert pixel_scale_arcsec(axis) is None
    assert pixel_scale_arcsec({"CTYPE1": "LINEAR", "CD1_1": 1.0}) is None
    assert pixel_scale_arcsec({**axis, "CD1_1": "text"}) is None


def test_paths_that_leave_the_folder_are_not_read(tmp_path):
    write(tmp_path / "x_r.fits", SKY)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "y_r.fits").symlink_to(tmp_path / "x_r.fits")
    for file in ("../x_{band}.fits", "y_{band}.fits", f"{tmp_path}/x_{{band}}.fits"):
        with pytest.raises(BadInputError, match="outside"):
            read(bands_part(tmp_path / "in", "r"), file)


def test_names_of_fits_files():
    assert fits_stem("a_R.fits") == "a_R"
    assert fits_stem("A_R.FITS.FZ") == "A_R"
    assert fits_stem("a.b.fit.bz2") == "a.b"
    assert fits_stem("a.csv.gz") is None
    assert fits_stem(".fits") is None


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


def test_a_stream_reads_no_more_than_it_needs(tmp_path):
    path = write(tmp_path / "x.fits", np.stack([SKY] * 3))
    with open_fits(path, "x.fits") as opened:
        head = opened.first_image()
        assert opened._stream.tell() <= head.start
