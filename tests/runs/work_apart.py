"""What the tests have done in a process of its own."""

import os
import time
from pathlib import Path


def note(params, progress):
    progress(1, 2, "Writing")
    Path(params["out"]).write_text(str(os.getpid()))


def sleep(params, progress):
    progress(3, 7, "Sleeping")
    Path(params["out"]).write_text(str(os.getpid()))
    time.sleep(60)


def take_memory(params, progress):
    progress(0, 0, "Taking")
    try:
        bytearray(params["n_bytes"])
    except MemoryError:
        Path(params["out"]).write_text("refused")
        raise


def crash(params, progress):
    progress(0, 0, "Crashing")
    os.abort()
