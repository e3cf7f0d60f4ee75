"""Small drawings of the answers to the Galaxy Zoo questions, our own."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "assets" / "answers"


@cache
def answer_icon(answer: str) -> str:
    """Return the drawing of an answer by its name, as an address; empty where there is none.

    It is drawn in black on nothing, to be used as a mask in the colour of the text.
    """
    path = _FOLDER / f"{answer}.svg"
    if not answer.isidentifier() or not path.is_file():
        return ""
    return f"data:image/svg+xml;base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"
