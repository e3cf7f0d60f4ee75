"""Settings given as ``--set NAME=VALUE``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from astro_core.errors import BadInputError

_FILE = "weights_path"  # a worker of the engine stands in another folder than the shell
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Any other setting.")
]


def parse_settings(texts: list[str] | None) -> dict[str, str]:
    """Read names and values.

    Raises
    ------
    BadInputError
        For a text without an equals sign.
    """
    given = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals:
            raise BadInputError(f"'--set {text}' cannot be read", expected="NAME=VALUE")
        given[name.strip()] = value.strip()
    if file := given.get(_FILE):
        given[_FILE] = str(Path(file).expanduser().absolute())
    return given
