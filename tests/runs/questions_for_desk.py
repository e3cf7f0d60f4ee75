"""What the tests' desks are asked."""

import os
import time
from pathlib import Path

from astro_core.errors import BadInputError


def _note(params):
    with Path(params["out"]).open("a") as stream:
        stream.write(params["word"] + "\n")


def answer(workspace, params, progress):
    progress(1, 2, "Answering")
    _note(params)


def refuse(workspace, params, progress):
    _note(params)
    raise BadInputError("That is no question", todo="Ask another")


def until_allowed(workspace, params, progress):
    _note(params)
    while not Path(params["allowed"]).exists():
        progress(3, 7, "Thinking")
        time.sleep(0.01)
    _note(params)


def die(workspace, params, progress):
    progress(0, 1)
    os._exit(9)
