"""Feeds damaged files to the readers: ``python tests/security/fuzz_readers.py [SECONDS]``.

Small files of every format are changed at random; whatever comes of them, it must be a picture
or a sentence. The same seeds follow each other in every call, more of them in more time. Memory
is bounded, so that a file which makes a reader take all of it fails here and harms nobody.
"""

from __future__ import annotations

import bz2
import gzip
import io
import resource
import sys
import tarfile
import tempfile
import time
import warnings
import zipfile
from pathlib import Path

import numpy as np
import tifffile
from astropy.io import fits
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from PIL import Image

from astro_core.detection.annotations import ANNOTATIONS, Annotated
from astro_core.domain import Boxes, Problem
from astro_core.workflows.pictures import each_picture

SECONDS = 60.0
MEMORY_BYTES = 3_000_000_000
SLOW_S = 10.0
EXAMPLES = 100  # with one seed
SIDE = 24


def pictures():
    values = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    deep = values.astype(np.uint16) * 257
    for suffix, kind, shown in (
        (".jpg", "JPEG", values),
        (".png", "PNG", values),
        (".16.png", "PNG", deep[..., 0]),
        (".gif", "GIF", values),
        (".webp", "WEBP", values),
        (".jp2", "JPEG2000", values),
    ):
        stream = io.BytesIO()
        Image.fromarray(shown).save(stream, kind)
        yield suffix, stream.getvalue()
    for suffix, shown, more in (
        (".8.tif", values, {"compression": "zlib"}),
        (".16.tif", deep, {"compression": "zlib", "predictor": True, "tile": (16, 16)}),
        (".f.tiff", values[..., 0].astype(np.float32), {}),
    ):
        stream = io.BytesIO()
        colour = {"photometric": "rgb"} if shown.ndim == 3 else {}
        tifffile.imwrite(stream, shown, **colour, **more)
        yield suffix, stream.getvalue()


def fits_files():
    sky = np.random.default_rng(1).normal(0, 1, (3, SIDE, SIDE)).astype(np.float32)
    sky[:, 9:13, 9:13] += 50
    kind = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CDELT1": -1e-4, "CDELT2": 1e-4}
    cards = fits.Header(kind | {"CRVAL1": 10.0, "CRVAL2": 2.0, "CRPIX1": 12.0, "CRPIX2": 12.0})
    cube = fits.PrimaryHDU(sky, cards)
    cube.header["BANDS"] = "grz"
    tiles = fits.CompImageHDU(sky[0], cards, compression_type="RICE_1")
    counts = fits.CompImageHDU(sky[1].astype(np.int32), compression_type="GZIP_2")
    named = [fits.ImageHDU(sky[i], cards, name=band) for i, band in enumerate("gri")]
    table = fits.BinTableHDU.from_columns([fits.Column("objid", "20A", array=["a", "b"])])
    for suffix, hdus in (
        (".fits", [cube]),
        (".more.fits", [fits.PrimaryHDU(), *named]),
        (".tiles.fits.fz", [fits.PrimaryHDU(), tiles, counts]),
        (".table.fits", [fits.PrimaryHDU(), table]),
    ):
        stream = io.BytesIO()
        fits.HDUList(hdus).writeto(stream)
        yield suffix, stream.getvalue()
    whole = io.BytesIO()
    cube.writeto(whole)
    yield ".fits.gz", gzip.compress(whole.getvalue())
    yield ".fits.bz2", bz2.compress(whole.getvalue())


def archives(files):
    some = {"a" + suffix: files[suffix] for suffix in (".jpg", ".fits.gz")}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in some.items():
            out.writestr(name, content)
    yield ".zip", stream.getvalue()
    for suffix, mode in ((".tar", "w"), (".tar.gz", "w:gz")):
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode=mode) as out:
            for name, content in some.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                out.addfile(info, io.BytesIO(content))
        yield suffix, stream.getvalue()


def boxes():
    drawn = Boxes(corners=[(2, 3, 9, 12), (10, 10, 20, 22)], scores=[1, 0.5])
    about = Annotated(file="x.png", width_px=SIDE, height_px=SIDE, boxes=drawn)
    for form in ANNOTATIONS:
        yield form.suffix, next(iter(form.write([about]).values()))


FILES = dict([*pictures(), *fits_files(), *boxes()])
FILES |= dict(archives(FILES))
NUMBERS = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000)
VALUES = ("-1", "0", "1", "999", "99999999999", "1E400", "NAN", "T", "'x", "'", "-64", "8192")


PLACES = st.integers(0, 2**16)  # in a file of any length
CHANGES = st.one_of(
    st.tuples(st.just("byte"), PLACES, st.integers(0, 255)),
    st.tuples(st.just("number"), PLACES, st.sampled_from(NUMBERS)),
    st.tuples(st.just("card"), PLACES, st.sampled_from(VALUES)),
    st.tuples(st.just("cut"), PLACES, st.none()),
    st.tuples(st.just("repeat"), PLACES, st.integers(1, 3000)),
    st.tuples(st.just("splice"), PLACES, st.sampled_from(sorted(FILES))),
)
SOME_CHANGES = st.lists(CHANGES, min_size=1, max_size=4)


def change(content, kind, place, value):
    """Return a file with one change: a byte, a number, a FITS value, a cut, a repeat, a graft."""
    place %= len(content) or 1
    if kind == "byte":
        return content[:place] + bytes([value]) + content[place + 1 :]
    if kind == "number":
        size, order = (2, 4)[place % 2], ("big", "little")[place // 2 % 2]
        number = (value % 256**size).to_bytes(size, order)
        return content[:place] + number + content[place + size :]
    if kind == "card":
        start = place // 80 * 80 + 10
        return content[:start] + value.rjust(20).encode() + content[start + 20 :]
    if kind == "cut":
        return content[:place]
    if kind == "repeat":
        return content[: place + value] + content[place:]
    return content[:place] + FILES[value][place % len(FILES[value]) :]


def check(suffix, changes):
    """Read a damaged file: pictures and sentences, in reasonable time, and nothing else."""
    content = FILES[suffix]
    for one in changes:
        content = change(content, *one)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "x.png").write_bytes(FILES[".png"])  # what boxes are about
        (Path(folder) / f"x{suffix}").write_bytes(content)
        for read in each_picture(Path(folder)):
            if isinstance(read, Problem):
                assert read.reason
            else:
                assert read.image.shape == (*read.pixels.values.shape[1:], 3)
                assert read.image.dtype == np.uint8
    assert time.monotonic() - begun < SLOW_S


def fuzz(seconds):
    """Try seed after seed until the time is up; how many files that were."""
    until = time.monotonic() + seconds
    number = 0
    while time.monotonic() < until:
        run = given(st.sampled_from(sorted(FILES)), st.lists(CHANGES, min_size=1, max_size=4))(
            check
        )
        quiet = settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        seed(number)(quiet(run))()
        number += 1
    return number * EXAMPLES


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    warnings.simplefilter("ignore")  # what Pillow and tifffile remark on damage
    done = fuzz(seconds)
    sys.stdout.write(f"{done:,} damaged files gave a picture or a sentence\n")


if __name__ == "__main__":
    main()
