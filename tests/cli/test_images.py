import bz2
import gzip
import json

import numpy as np
import pytest
from astropy.io import fits
from astropy.visualization import make_lupton_rgb
from PIL import Image


def write(path, values):
    fits.PrimaryHDU(values).writeto(path)
    return path


@pytest.fixture
def planes():
    random = np.random.default_rng(3)
    made = [random.normal(0.2, 0.4, (13, 21)).astype(np.float32) for _ in range(3)]
    made[0][0, :] = 50.0  # the first row is red
    return made


@pytest.fixture
def files(tmp_path, planes):
    return [write(tmp_path / f"{c}.fits", p) for c, p in zip("rgb", planes, strict=True)]


def lupton(shell, files, out, *more):
    return shell("lupton", *files, "--stretch", 0.4, "--Q", 6, "--out", out, *more)


def test_lupton_is_that_of_astropy_with_the_first_row_on_top(shell, files, planes, tmp_path):
    out = tmp_path / "made" / "rgb.png"
    assert lupton(shell, files, out, "--minimum", -0.1).status == 0
    image = np.asarray(Image.open(out)).astype(int)
    expected = make_lupton_rgb(*planes, minimum=-0.1, stretch=0.4, Q=6).astype(int)
    assert np.abs(image - expected).max() <= 1
    assert (image[0, :, 0] > 200).all()
    assert [p.name for p in out.parent.iterdir()] == ["rgb.png"]


def test_lupton_black_is_zero_by_default(shell, files, planes, tmp_path):
    lupton(shell, files, tmp_path / "rgb.png")
    image = np.asarray(Image.open(tmp_path / "rgb.png")).astype(int)
    expected = make_lupton_rgb(*planes, minimum=0, stretch=0.4, Q=6).astype(int)
    assert np.abs(image - expected).max() <= 1


def test_lupton_reads_packed_files_and_later_extensions(shell, files, planes, tmp_path):
    lupton(shell, files, tmp_path / "plain.png")
    packed = [tmp_path / "r.fits.gz", tmp_path / "g.fits.bz2", tmp_path / "later.fits"]
    packed[0].write_bytes(gzip.compress(files[0].read_bytes()))
    packed[1].write_bytes(bz2.compress(files[1].read_bytes()))
    table = fits.BinTableHDU.from_columns([fits.Column("a", "J", array=[1])])
    fits.HDUList([fits.PrimaryHDU(), table, fits.ImageHDU(planes[2])]).writeto(packed[2])
    assert lupton(shell, packed, tmp_path / "packed.png").status == 0
    assert (tmp_path / "packed.png").read_bytes() == (tmp_path / "plain.png").read_bytes()


def test_lupton_refuses_in_words(shell, files, planes, tmp_path):
    odd = write(tmp_path / "odd.fits", planes[0][:, :9])
    cube = write(tmp_path / "cube.fits", np.stack(planes))
    cut = tmp_path / "cut.fits"
    cut.write_bytes(files[0].read_bytes()[:2900])
    text = tmp_path / "text.fits"
    text.write_text("no FITS")
    out = tmp_path / "rgb.png"
    for bad, told in (
        (odd, "differ in shape. Expected three images of equal shape; got 9x13 in"),
        (cube, "holds a cube"),
        (cut, "cut short"),
        (text, "text.fits"),
        (tmp_path / "none.fits", "There is no file"),
        (tmp_path, "There is no file"),
    ):
        said = lupton(shell, [bad, *files[1:]], out)
        assert (said.status, said.out) == (1, "")
        assert told in said.err
    assert "F.png" in lupton(shell, files, tmp_path / "rgb.tea").err
    assert shell("lupton", *files, "--stretch", -1, "--Q", 8, "--out", out).status == 1
    assert not out.exists()


def test_a_survey_of_fits_files_is_imported_and_rendered(shell, bands, tmp_path):
    said = shell("import", bands, "--name", "stamps", "--json")
    assert (said.json["n_objects"], said.json["n_bad"]) == (2, 1)
    assert said.json["bands"] == ["G", "R", "I"]
    assert "c_R.fits" in said.err
    recipe = tmp_path / "recipe.json"
    settings = {"red": "I", "green": "R", "blue": "G", "transform": "lupton", "size_px": 32}
    recipe.write_text(json.dumps(settings))
    out = tmp_path / "images"
    said = shell("render", "stamps", "--recipe", recipe, "--out", "images", cwd=tmp_path)
    assert (said.status, said.out) == (0, f"Wrote 2 images to {out}\n"), said.err
    assert sorted(p.name for p in out.iterdir()) == ["a.png", "b.png"]
    with Image.open(out / "a.png") as image:
        assert image.size == (32, 32)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "not JSON"),
        ("[1]", "JSON object"),
        ('{"stretch": -1}', "out of bounds"),
        ('{"strech": 1}', "no setting named 'strech'"),
        ('{"red": "Z"}', "no band 'Z'"),
    ],
)
def test_render_refuses_a_recipe_in_words(shell, imported, tmp_path, text, told):
    recipe = tmp_path / "recipe.json"
    recipe.write_text(text)
    said = shell("render", "sky", "--recipe", recipe, "--out", tmp_path / "images")
    assert (said.status, said.out) == (1, "")
    assert told in said.err
    assert not (tmp_path / "images").exists()


def test_render_takes_the_datasets_own_recipe(shell, imported, tmp_path):
    assert shell("render", "sky", "--out", tmp_path / "images").status == 0
    assert len(list((tmp_path / "images").glob("*.png"))) == 12


def test_lupton_of_real_bands(shell, real, tmp_path):
    folder = real("fits/sdss_gri")
    files = [folder / f"reprojected_sdss_{b}.fits.bz2" for b in "irg"]
    assert lupton(shell, files, tmp_path / "rgb.png").status == 0
    image = np.asarray(Image.open(tmp_path / "rgb.png")).astype(int)
    planes = [fits.getdata(f) for f in files]
    expected = make_lupton_rgb(*planes, minimum=0, stretch=0.4, Q=6).astype(int)
    assert np.abs(image - expected).max() <= 1
