"""Files made to do harm: each is refused with a sentence, and a good one beside them is read."""

import gzip
import io
import struct
import zipfile
import zlib
from dataclasses import replace
from itertools import count

import numpy as np
import psutil
import pytest
from PIL import Image

from astro_core.errors import BadInputError
from astro_core.workflows.read_upload import get_ready, read_upload
from astro_core.workflows.uploads import CLASSIFY_LIMITS, receive
from astro_core.workspace import Workspace


def png(width, height, data, *chunks):
    """A PNG of 8-bit colour with any data."""

    def chunk(name, body):
        crc = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc)

    head = struct.pack(">II5B", width, height, 8, 2, 0, 0, 0)
    body = [chunk(b"IHDR", head), *(chunk(*c) for c in chunks), chunk(b"IDAT", data)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(body) + chunk(b"IEND", b"")


def black_png(side):
    """A PNG of one colour: a few kilobytes, whatever it unpacks to."""
    return png(side, side, zlib.compress(bytes(side * (3 * side + 1)), 1))


def jpeg():
    stream = io.BytesIO()
    Image.fromarray(np.full((32, 32, 3), 90, dtype=np.uint8)).save(stream, "JPEG")
    return stream.getvalue()


def tiff(**tags):
    """A little-endian TIFF of 64 x 64 pixels, 16 bits a colour, with some tags changed."""
    usual = {
        256: (4, 1, 64),
        257: (4, 1, 64),
        258: (3, 1, 16),
        259: (3, 1, 1),
        262: (3, 1, 2),
        273: (4, 1, 200),
        277: (3, 1, 3),
        278: (4, 1, 64),
        279: (4, 1, 24_576),
    }
    given = usual | {int(tag[1:]): value for tag, value in tags.items()}
    entries = sorted((tag, value) for tag, value in given.items() if value)
    body = b"".join(struct.pack("<HHII", tag, *value) for tag, value in entries)
    head = b"II*\0" + struct.pack("<IH", 8, len(entries))
    return (head + body + struct.pack("<I", 0)).ljust(200, b"\0") + bytes(24_576)


def fits_header(**cards):
    usual = {"SIMPLE": "T", "BITPIX": -32, "NAXIS": 2, "NAXIS1": 64, "NAXIS2": 64}
    lines = [f"{key:8s}= {value:>20}".ljust(80) for key, value in (usual | cards).items()]
    text = "".join([*lines, "END"]).encode()
    return text.ljust(-(-len(text) // 2880) * 2880)


def zipped(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        for name, content in members:
            out.writestr(name, content)
    return stream.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
BILLION = 10**9
UNPACKED = 4_000_000
HOSTILE = {
    "svg.jpg": (SVG, "not a picture"),
    "html.png": (b"<!doctype html><script>alert(1)</script>", "not a picture"),
    "pdf.jpeg": (b"%PDF-1.7\n", "not a picture"),
    "postscript.png": (b"%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) (r) file\n", "not a picture"),
    "script.fits": (b"#!/bin/sh\nrm -rf /\n", "not a FITS file"),
    "picture.fits": (jpeg(), "not a FITS file"),
    "empty.png": (b"", "empty"),
    "cut.jpg": (jpeg()[:300], "damaged or cut short"),
    "huge.png": (png(60_000, 60_000, zlib.compress(b"")), "too large"),
    "text_bomb.png": (
        png(8, 8, zlib.compress(bytes(200)), (b"zTXt", b"a\0\0" + zlib.compress(bytes(10**8), 1))),
        "damaged",
    ),
    "samples.tif": (tiff(t256=(4, 1, 8000), t257=(4, 1, 8000), t277=(3, 1, 60_000)), "too large"),
    "counts.tif": (tiff(t258=(3, 0xFFFFFFF0, 8), t273=(4, 0x7FFFFFFF, 200)), "damaged"),
    "tiles.tif": (
        tiff(
            t273=None,
            t278=None,
            t279=None,
            t322=(4, 1, 2**31),
            t323=(4, 1, 2**31),
            t324=(4, 1, 200),
            t325=(4, 1, 100),
        ),
        "damaged",
    ),
    "zlib.tif": (tiff(t259=(3, 1, 8)), "damaged"),
    "naxis.fits": (fits_header(NAXIS1=BILLION, NAXIS2=BILLION), "too large"),
    "axes.fits": (fits_header(NAXIS=999), "absurd"),
    "negative.fits": (fits_header(NAXIS1=-5), "absurd"),
    "endless.fits": (fits_header()[:400].ljust(2880 * 1200), "no end"),
    "planes.fits": (fits_header(NAXIS=3, NAXIS3=5000), "at most 32 planes"),
    "claims.fits.gz": (gzip.compress(fits_header(NAXIS1=8000, NAXIS2=8000)), "cut short"),
    "slip.zip": (zipped([("../../evil.png", jpeg()), ("/abs.png", jpeg())]), "outside"),
    "many.zip": (zipped((f"{i}.png", b"x") for i in range(10_000)), "too many files"),
    "bomb.zip": (zipped([("a.fits", bytes(5 * UNPACKED))]), "too large"),
    "fake.zip": (b"PK\x03\x04 and nothing more", "not an archive"),
}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """What one upload of all of them gives: pictures by name, and reasons by file."""
    workspace = Workspace(tmp_path_factory.mktemp("hostile")).ensure()
    files = {name: content for name, (content, _) in HOSTILE.items()} | {"good.jpg": jpeg()}
    streams = [(name, io.BytesIO(content)) for name, content in files.items()]
    upload = receive(workspace, streams, CLASSIFY_LIMITS)
    limits = replace(CLASSIFY_LIMITS, max_unpacked=UNPACKED)
    pictures, problems = read_upload(upload.folder, limits=limits)
    return {p.name for p in pictures}, [(p.file, p.reason) for p in problems], workspace


def test_the_good_picture_among_them_is_read_and_nothing_else(outcome):
    assert outcome[0] == {"good.jpg"}


@pytest.mark.parametrize("name", HOSTILE)
def test_each_is_refused_with_a_sentence(outcome, name):
    members = {"slip.zip": "../../evil.png"}
    reasons = [reason for file, reason in outcome[1] if file == members.get(name, name)]
    assert reasons
    assert HOSTILE[name][1] in reasons[0]
    assert "Traceback" not in reasons[0]


def test_nothing_was_written_outside_the_upload(outcome):
    assert not list(outcome[2].root.rglob("evil*"))
    assert not list(outcome[2].root.rglob("abs.png"))


def test_what_looks_like_two_things_is_a_picture_and_no_more(tmp_path):
    workspace = Workspace(tmp_path).ensure()
    both = jpeg() + zipped([("evil.py", b"raise SystemExit")])
    upload = receive(workspace, [("both.jpg", io.BytesIO(both))], CLASSIFY_LIMITS)
    (picture,), problems = read_upload(upload.folder)
    assert picture.how.startswith("JPEG")
    assert not problems
    assert not list(tmp_path.rglob("evil*"))


def test_ten_thousand_files_are_refused_and_nothing_is_left(tmp_path):
    workspace = Workspace(tmp_path).ensure()
    taken = count()
    files = ((f"{next(taken)}.png", io.BytesIO(b"x")) for _ in range(10_000))
    with pytest.raises(BadInputError, match="at most 200 files"):
        receive(workspace, files, CLASSIFY_LIMITS)
    assert next(taken) < 300
    assert not list(workspace.scratch.iterdir())


def test_a_bomb_takes_no_memory_of_the_server(tmp_path):
    """Unpacked each has 19 MB; this process maps what another one unpacked."""
    workspace = Workspace(tmp_path).ensure()
    bomb = black_png(2500)
    assert len(bomb) < 100_000
    files = [(f"{i}.png", io.BytesIO(bomb)) for i in range(3)]
    folder = receive(workspace, files, CLASSIFY_LIMITS).folder
    get_ready()
    before = psutil.Process().memory_info().rss
    pictures, _ = read_upload(folder)
    grown = psutil.Process().memory_info().rss - before
    assert len(pictures) == 3
    assert grown < 10_000_000
