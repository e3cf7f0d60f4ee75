import bz2
import gzip
import lzma

import numpy as np
import pytest
from astropy.io import fits

from astro_core.datasets.layouts import LAYOUTS
from astro_core.datasets.layouts.fits_header import Cards, parse_value, pixel_scale_arcsec
from astro_core.datasets.layouts.fits_io import fits_stem, open_fits
from astro_core.errors import BadInputError

from .fits_parts import SKY, bands_part, cube_part, read, write


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


def test_zeros_in_counts_are_measurements(tmp_path):
    counts = np.random.default_rng(1).poisson(0.1, (40, 50)).astype("i2")
    write(tmp_path / "x_r.fits", counts)
    assert read(bands_part(tmp_path, "r"), "x_{band}.fits").values.max() > 0


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


def test_names_of_fits_files():
    assert fits_stem("a_R.fits") == "a_R"
    assert fits_stem("A_R.FITS.FZ") == "A_R"
    assert fits_stem("a.b.fit.bz2") == "a.b"
    assert fits_stem("a.csv.gz") is None
    assert fits_stem(".fits") is None


def test_a_stream_reads_no_more_than_it_needs(tmp_path):
    path = write(tmp_path / "x.fits", np.stack([SKY] * 3))
    with open_fits(path, "x.fits") as opened:
        head = opened.first_image()
        assert opened._stream.tell() <= head.start
