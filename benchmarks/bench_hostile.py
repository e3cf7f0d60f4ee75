"""A press in one person's session while others upload decompression bombs.

The Browse page is run as Streamlit runs it for a visitor, again and again; beside it as many
uploads are read as may be read at once. Goals: no press takes a second longer than with nothing
else to do, and the server's own memory stays. The peer is one such bomb read by the same readers
in the server's own process.
"""

import logging
import os
import shutil
import statistics
import struct
import tempfile
import threading
import time
import zlib
from dataclasses import replace
from pathlib import Path

import psutil

PRESSES = 20
READING_S = 30.0
SLOWER_S = 1.0
GROWTH_BYTES = 200e6
BLOCK = 2880


def packed(parts, form):
    """Compress pieces of bytes one after the other; `form` is that of zlib."""
    press = zlib.compressobj(1, zlib.DEFLATED, form)
    return b"".join([*(press.compress(part) for part in parts), press.flush()])


def black_png(side):
    def chunk(name, body):
        crc = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc)

    head = struct.pack(">II5B", side, side, 8, 2, 0, 0, 0)
    rows = (bytes(3 * side + 1) for _ in range(side))
    body = chunk(b"IHDR", head) + chunk(b"IDAT", packed(rows, 15)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def deep_tiff(side):
    import io

    import numpy as np
    import tifffile

    stream = io.BytesIO()
    values = np.zeros((side, side, 3), dtype=np.uint16)
    tifffile.imwrite(stream, values, photometric="rgb", compression="zlib", rowsperstrip=64)
    return stream.getvalue()


def endless_fits():
    """A packed FITS file of gigabytes that are skipped, and no image in them."""

    def header(*cards):
        return "".join(card.ljust(80) for card in (*cards, "END")).encode().ljust(BLOCK)

    n_blocks = 2_000_000_000 // BLOCK
    table = header(
        "XTENSION= 'BINTABLE'",
        f"{'BITPIX':8s}= {8:20d}",
        f"{'NAXIS':8s}= {2:20d}",
        f"{'NAXIS1':8s}= {BLOCK:20d}",
        f"{'NAXIS2':8s}= {n_blocks:20d}",
        f"{'PCOUNT':8s}= {0:20d}",
        f"{'GCOUNT':8s}= {1:20d}",
    )
    first = header(
        "SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   = 0"
    )
    zeros = bytes(100 * BLOCK)
    parts = [first]
    for _ in range(2):
        parts += [table, *(zeros for _ in range(n_blocks // 100)), bytes(n_blocks % 100 * BLOCK)]
    return packed(parts, 31)


BOMBS = {
    "PNG of 67 million black pixels": ("a.png", lambda: black_png(8190)),
    "TIFF of 67 million pixels, 16 bits": ("a.tif", lambda: deep_tiff(8190)),
    "packed FITS, 4 GB to skip": ("a.fits.gz", endless_fits),
}


def open_page():
    from streamlit.testing.v1 import AppTest

    page = Path(__file__).resolve().parents[1] / "pages" / "browse.py"
    app = AppTest.from_file(str(page), default_timeout=120)
    app.query_params["dataset"] = "demo"
    for _ in range(3):
        app.run()
    assert not app.exception, app.exception
    return app


def press(app, number):
    """Time of one press: another order of the galaxies."""
    app.query_params["sort"] = ("object_id", "-object_id")[number % 2]
    start = time.perf_counter()
    app.run()
    return time.perf_counter() - start


def while_reading(app, read, uploads):
    """Press until all uploads are read, or often enough; times of the presses."""
    threads = [threading.Thread(target=read, args=(folder,)) for folder in uploads]
    for thread in threads:
        thread.start()
    taken = []
    while any(thread.is_alive() for thread in threads) and len(taken) < PRESSES:
        taken.append(press(app, len(taken)))
    for thread in threads:
        thread.join()
    return taken


def uploads_of(workspace, name, content, count):
    folders = []
    for _ in range(count):
        folder = workspace.scratch_folder("upload")
        (folder / name).write_bytes(content)
        folders.append(folder)
    return folders


def judge(app, workspace, quiet):
    from astro_core.runs.apart import AT_ONCE
    from astro_core.workflows.pictures import read_pictures
    from astro_core.workflows.read_upload import get_ready, read_upload
    from astro_core.workflows.uploads import CLASSIFY_LIMITS

    limits = replace(CLASSIFY_LIMITS, max_seconds=READING_S)
    get_ready()
    process = psutil.Process()
    slowest = growth = 0.0
    for words, (name, make) in BOMBS.items():
        folders = uploads_of(workspace, name, make(), AT_ONCE + 1)
        before = process.memory_info().rss
        ours = while_reading(app, lambda f: read_upload(f, limits=limits), folders[:AT_ONCE])
        growth = max(growth, process.memory_info().rss - before)
        peer = while_reading(app, read_pictures, folders[AT_ONCE:])
        slowest = max(slowest, max(ours) - quiet)
        print(
            f"{words:36s} {AT_ONCE} at once: median {1e3 * statistics.median(ours):5.0f} ms, worst "
            f"{1e3 * max(ours):5.0f} ms of {len(ours)} presses;  one in the server itself: worst "
            f"{1e3 * max(peer):5.0f} ms",
            flush=True,
        )
        for folder in folders:
            shutil.rmtree(folder)
    return slowest, growth


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TUNINGFORK_WORKSPACE"] = folder
        logging.getLogger("streamlit").setLevel(logging.ERROR)  # it misses a browser
        from astro_core.runs import execute
        from astro_core.workspace import current

        workspace = current()
        execute(workspace, "demo", {"name": "demo", "objects": 60, "seed": 0}, title="Demo")
        app = open_page()
        quiet = statistics.median(press(app, number) for number in range(PRESSES))
        print(f"a press with nothing else to do      median {1e3 * quiet:5.0f} ms")
        slowest, growth = judge(app, workspace, quiet)
        print(f"slowest press: {slowest:.2f} s longer, {slowest / SLOWER_S:.2f} of the limit")
        print(f"the server grew by {growth / 1e6:.0f} MB, {growth / GROWTH_BYTES:.2f} of the limit")
        if slowest > SLOWER_S or growth > GROWTH_BYTES:
            raise SystemExit("over the limit")


if __name__ == "__main__":
    main()
