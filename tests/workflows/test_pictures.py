"""What people bring becomes pictures, whatever it is wrapped in."""

import bz2
import gzip
import hashlib
import io
import tarfile
import zipfile
from dataclasses import asdict, replace

import numpy as np
import pytest
import tifffile
from astropy.io import fits
from PIL import Image

from astro_core.domain import Problem
from astro_core.errors import BadInputError
from astro_core.workflows.pictures import UNPACKED, read_pictures
from astro_core.workflows.read_upload import KEPT, keep, read_upload
from astro_core.workflows.uploads import CLASSIFY_LIMITS, receive
from astro_core.workspace import Workspace

HEIGHT, WIDTH = 40, 60
BOTTOM = 5  # the star's row, counted from below
STAR = slice(BOTTOM - 2, BOTTOM + 3), slice(48, 53)


def colours():
    image = np.full((HEIGHT, WIDTH, 3), 20, dtype=np.uint8)
    image[::-1][STAR] = 255
    return image


def sky(seed=0):
    plane = np.random.default_rng(seed).normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32)
    plane[STAR] += 500
    return plane


def header():
    return fits.Header(
        {
            "CTYPE1": "RA---TAN",
            "CTYPE2": "DEC--TAN",
            "CRVAL1": 150.0,
            "CRVAL2": 2.0,
            "CRPIX1": (WIDTH + 1) / 2,
            "CRPIX2": (HEIGHT + 1) / 2,
            "CDELT1": -0.4 / 3600,
            "CDELT2": 0.4 / 3600,
        }
    )


def fits_bytes(*hdus):
    stream = io.BytesIO()
    fits.HDUList(list(hdus) or [fits.PrimaryHDU(sky(), header())]).writeto(stream)
    return stream.getvalue()


def picture_bytes(kind, image=None):
    stream = io.BytesIO()
    Image.fromarray(colours() if image is None else image).save(stream, kind, quality=95)
    return stream.getvalue()


def tiff_bytes(dtype, colour=True):
    stream = io.BytesIO()
    values = colours().astype(dtype) * (257 if dtype == np.uint16 else 1)
    shown = {"photometric": "rgb"} if colour else {}
    tifffile.imwrite(stream, values if colour else values[..., 0], **shown)
    return stream.getvalue()


def cube():
    cards = header()
    cards["BANDS"] = "grz"
    return fits_bytes(fits.PrimaryHDU(np.stack([sky(i) for i in range(3)]), cards))


def extensions():
    named = [fits.ImageHDU(sky(i), header(), name=band) for i, band in enumerate("gri")]
    return fits_bytes(fits.PrimaryHDU(), *named)


def compressed():
    return fits_bytes(fits.PrimaryHDU(), fits.CompImageHDU(sky(), header()))


FILES = {
    "a.jpg": lambda: picture_bytes("JPEG"),
    "a.png": lambda: picture_bytes("PNG"),
    "a8.tif": lambda: tiff_bytes(np.uint8),
    "a16.tiff": lambda: tiff_bytes(np.uint16),
    "grey16.tif": lambda: tiff_bytes(np.uint16, colour=False),
    "one.fits": fits_bytes,
    "cube.fits": cube,
    "more.fits": extensions,
    "small.fits.fz": compressed,
    "one.fits.gz": lambda: gzip.compress(fits_bytes()),
    "one.fits.bz2": lambda: bz2.compress(fits_bytes()),
}


@pytest.fixture
def drop(tmp_path):
    """Reads files as an upload of the workspace, but in this process."""

    def read(**files):
        workspace = Workspace(tmp_path / "space").ensure()
        streams = [(name, io.BytesIO(content)) for name, content in files.items()]
        return read_pictures(receive(workspace, streams, CLASSIFY_LIMITS).folder)

    return read


@pytest.mark.parametrize("name", FILES)
def test_every_kind_of_file_becomes_one_picture_the_right_way_up(drop, name):
    content = FILES[name]()
    (picture,), problems = drop(**{name: content})
    assert not problems
    assert picture.name == name
    assert picture.files == (name,)
    assert picture.digest == hashlib.sha256(content).hexdigest()
    assert picture.image.shape == (HEIGHT, WIDTH, 3)
    assert picture.image.dtype == np.uint8
    assert picture.image[::-1][STAR].min() > 200
    assert picture.image[STAR].max() < 120


def test_fits_says_where_it_is_and_how_it_is_shown(drop):
    (picture,), _ = drop(**{"cube.fits": cube()})
    assert picture.how == "FITS, g, r, z, shown by the automatic Lupton stretch"
    assert picture.recipe.bands == ("z", "r", "g")
    assert picture.recipe.origin == "lower"
    assert picture.pixels.bands == ("g", "r", "z")
    assert (picture.ra_deg, picture.dec_deg) == pytest.approx((150.0, 2.0))
    assert picture.pixel_scale_arcsec == pytest.approx(0.4)
    (plain,), _ = drop(**{"a.jpg": FILES["a.jpg"]()})
    assert plain.how == "JPEG, colour of 8 bits, as stored"
    assert plain.ra_deg is None


def test_bands_in_separate_files_are_one_picture_and_strangers_are_not(drop):
    files = {f"ngc_{band}.fits": fits_bytes() for band in "gri"}
    pictures, problems = drop(**files, **{"cube.fits": cube(), "m51_R.fits": fits_bytes()})
    assert not problems
    found = {picture.name: picture.pixels.bands for picture in pictures}
    assert found == {"ngc": ("g", "r", "i"), "cube.fits": ("g", "r", "z"), "m51_R.fits": ("R",)}
    ngc = next(picture for picture in pictures if picture.name == "ngc")
    assert set(ngc.files) == set(files)
    assert len(ngc.digest) == 64


def archive(suffix):
    stream = io.BytesIO()
    content = {"in/a.jpg": FILES["a.jpg"](), "in/cube.fits": cube(), "in/notes.md": b"hello"}
    if suffix == ".zip":
        with zipfile.ZipFile(stream, "w") as out:
            for name, data in content.items():
                out.writestr(name, data)
    else:
        with tarfile.open(fileobj=stream, mode="w:gz") as out:
            for name, data in content.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                out.addfile(info, io.BytesIO(data))
    return stream.getvalue()


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz"])
def test_archives_give_what_is_in_them(drop, name):
    pictures, problems = drop(**{name: archive(name[1:]), "b.png": FILES["a.png"]()})
    assert not problems
    assert sorted(picture.name for picture in pictures) == ["a.jpg", "b.png", "cube.fits"]


def test_what_cannot_be_read_is_named_and_the_others_go_on(drop):
    bad = {"cut.fits": cube()[:9000], "text.jpg": b"<html>", "x.zip": b"PK\x03\x04rest"}
    pictures, problems = drop(**bad, **{"a.png": FILES["a.png"]()})
    assert [picture.name for picture in pictures] == ["a.png"]
    assert {problem.file for problem in problems} == set(bad)
    assert all(problem.in_words().count(problem.file) == 1 for problem in problems)


def test_a_folder_without_anything_to_see_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="There is no picture here"):
        read_pictures(tmp_path)


def test_one_file_can_be_named_and_nothing_is_written_beside_it(tmp_path):
    (tmp_path / "a.zip").write_bytes(archive(".zip"))
    pictures, _ = read_pictures(tmp_path / "a.zip")
    assert len(pictures) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


@pytest.fixture
def upload(tmp_path):
    """Puts files into an upload of their own and returns its folder."""

    def put(**files):
        workspace = Workspace(tmp_path / "space").ensure()
        streams = [(name, io.BytesIO(content)) for name, content in files.items()]
        return receive(workspace, streams, CLASSIFY_LIMITS).folder

    return put


def test_an_upload_reads_the_same_in_its_own_process(upload):
    files = {"cube.fits": cube(), "a.jpg": FILES["a.jpg"](), "cut.fits": cube()[:9000]}
    folder = upload(**files, **{"a.txt": b"0 0.5 0.5 0.1 0.2"})
    expected, problems = read_pictures(folder)
    found, same_problems = read_upload(folder)
    assert same_problems == problems
    for before, after in zip(expected, found, strict=True):
        np.testing.assert_array_equal(before.image, after.image)
        np.testing.assert_array_equal(before.pixels.values, after.pixels.values)
        assert not after.pixels.values.flags.writeable
        blank = {"image": None, "pixels": None}
        assert replace(before, **blank) == replace(after, **blank)
        assert before.wcs == after.wcs


def test_an_upload_is_read_once(upload):
    folder = upload(**{"pasted.png": FILES["a.png"]()})
    before, _ = read_upload(folder)
    (folder / "pasted.png").unlink()
    after, _ = read_upload(folder)
    np.testing.assert_array_equal(before[0].image, after[0].image)
    assert (folder / KEPT).is_dir()


def test_only_as_much_is_kept_as_may_be(upload):
    folder = upload(**{f"{i}.png": FILES["a.png"]() for i in range(4)})
    two = 2 * 3 * HEIGHT * WIDTH
    pictures, problems = read_upload(folder, limits=replace(CLASSIFY_LIMITS, max_values=two))
    assert len(pictures) == 2
    assert "Only the first 2 pictures" in problems[0].reason


def test_a_picture_that_is_too_large_is_refused_by_its_header(upload):
    folder = upload(**{"a.png": FILES["a.png"](), "cube.fits": cube()})
    limits = replace(CLASSIFY_LIMITS, max_values=HEIGHT * WIDTH)
    pictures, problems = read_upload(folder, limits=limits)
    assert not pictures
    assert all("too large to be looked at" in problem.reason for problem in problems)


def test_more_time_than_allowed_ends_the_reading_and_says_so(upload):
    folder = upload(**{f"{i:03d}.png": FILES["a.png"]() for i in range(150)})
    pictures, problems = read_upload(folder, limits=replace(CLASSIFY_LIMITS, max_seconds=0.15))
    assert len(pictures) < 150
    assert isinstance(problems[-1], Problem)
    assert "took longer than 0.15 s; what came after it was not read" in problems[-1].reason


def many_zipped(n):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as out:
        for i in range(n):
            out.writestr(f"{i}.png", FILES["a.png"]())
    return stream.getvalue()


def test_an_archive_is_unpacked_where_it_goes_with_the_upload(upload):
    folder = upload(**{"many.zip": many_zipped(2)})
    kept = folder / KEPT
    kept.mkdir()
    seen = []
    params = {"folder": str(folder), "kept": str(kept), "limits": asdict(CLASSIFY_LIMITS)}
    keep(params, lambda *_: seen.append([p.name for p in kept.glob(f"{UNPACKED}*/**/*.png")]))
    assert any(len(names) == 2 for names in seen)
    assert len(read_upload(folder)[0]) == 2


def test_what_an_archive_held_does_not_stay_also_when_the_reading_is_ended(upload):
    for seconds in (0.15, 60.0):
        folder = upload(**{"many.zip": many_zipped(150)})
        read_upload(folder, limits=replace(CLASSIFY_LIMITS, max_seconds=seconds))
        assert not [path for path in (folder / KEPT).iterdir() if path.is_dir()]
