"""Settings given as ``--set NAME=VALUE``."""

from __future__ import annotations

from typing import Annotated

import typer

from astro_core.errors import BadInputError

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
    return given
