"""Recipes as a short code that fits into an address, so that a colleague sees the same."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Sequence

from astro_core.domain import RenderRecipe
from astro_core.errors import BadInputError
from astro_core.workflows.stretch import MAX_PANELS

_MAX_CODE = 4000
_MAX_JSON = 20_000


def encode_recipes(recipes: Sequence[RenderRecipe]) -> str:
    """Pack up to four recipes into letters, digits, "-" and "_"; only what is not default."""
    default = RenderRecipe().to_json()
    short = [
        {k: v for k, v in recipe.to_json().items() if v != default[k]}
        for recipe in recipes[:MAX_PANELS]
    ]
    raw = zlib.compress(json.dumps(short, separators=(",", ":")).encode(), 9)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode_recipes(code: str) -> tuple[RenderRecipe, ...]:
    """Read what `encode_recipes` wrote.

    Raises
    ------
    BadInputError
        If the code is damaged or holds settings out of bounds.
    """
    values = _unpack(code)
    if not isinstance(values, list) or not 1 <= len(values) <= MAX_PANELS:
        raise _damaged()
    return tuple(RenderRecipe.from_json(value) for value in values)


def _unpack(code: str) -> object:
    if len(code) > _MAX_CODE:
        raise _damaged()
    try:
        raw = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
        return json.loads(zlib.decompressobj().decompress(raw, _MAX_JSON))
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        raise _damaged() from None


def _damaged() -> BadInputError:
    return BadInputError(
        "The recipes in this address cannot be read",
        todo="Ask for the link again, or start from the survey's own recipe",
    )
