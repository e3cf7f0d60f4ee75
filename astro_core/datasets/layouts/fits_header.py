"""FITS headers, read fast and believed only as far as the file bears them out.

The FITS Standard 4.0 (Pence et al. 2010, A&A 524, A42) fixes the form of cards. astropy reads
more of it; a stamp needs a dozen cards, and thousands of stamps need them quickly.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from astro_core.errors import BadInputError

BLOCK = 2880
CARD = 80
MAX_HEADER_BLOCKS = 1000
_STRING = re.compile(r"'((?:[^']|'')*)'?")
_INTEGER = re.compile(r"[+-]?\d{1,19}")
_WCS_FIXED = (
    *("WCSAXES", "CTYPE1", "CTYPE2", "CUNIT1", "CUNIT2", "CRVAL1", "CRVAL2", "CRPIX1", "CRPIX2"),
    *("CDELT1", "CDELT2", "CROTA2", "CD1_1", "CD1_2", "CD2_1", "CD2_2"),
    *("PC1_1", "PC1_2", "PC2_1", "PC2_2", "LONPOLE", "LATPOLE", "RADESYS", "EQUINOX"),
)
_WCS_MORE = re.compile(r"(PV[12]_\d{1,2}|[AB]P?_ORDER|[AB]P?_\d_\d)")


class Cards(Mapping[str, Any]):
    """The cards of one header; values are parsed when they are asked for."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self._cards: dict[str, bytes] = {}
        for start in range(0, len(raw), CARD):
            card = raw[start : start + CARD]
            if card[8:10] == b"= ":
                self._cards.setdefault(card[:8].decode("latin-1").rstrip(), card)

    def __getitem__(self, key: str) -> Any:
        return parse_value(self._cards[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._cards)

    def __contains__(self, key: object) -> bool:
        return key in self._cards

    def __len__(self) -> int:
        return len(self._cards)

    def integer(self, key: str, default: int = 0) -> int:
        """Return a whole number, or `default` where there is none."""
        value = self.get(key, default)
        return value if type(value) is int else default

    def number(self, key: str, default: float) -> float:
        """Return a finite number, or `default` where there is none."""
        value = self.get(key, default)
        good = isinstance(value, (int, float)) and not isinstance(value, bool)
        return float(value) if good and math.isfinite(value) else default

    def text(self, key: str) -> str:
        """Return a value as text, "" where there is none."""
        value = self.get(key, "")
        return "" if value is None else str(value).strip()


def parse_value(card: bytes) -> Any:
    """Value of a card: str, int, float, bool, or None for one left blank."""
    text = card[10:].decode("latin-1").strip()
    if text.startswith("'"):
        found = _STRING.match(text)
        return found[1].replace("''", "'").rstrip() if found else ""
    word = text.partition("/")[0].strip()
    if word in ("T", "F"):
        return word == "T"
    if _INTEGER.fullmatch(word):
        return int(word)
    try:
        return float(word.upper().replace("D", "E"))
    except ValueError:
        return word or None


def _end(block: bytes) -> bool:
    at = block.find(b"END     ")
    while at >= 0:
        if at % CARD == 0:
            return True
        at = block.find(b"END     ", at + 1)
    return False


def read_cards(stream: BinaryIO, file: str, *, first: bool) -> Cards | None:
    """Read the next header; None at the end of the file.

    Raises
    ------
    BadInputError
        If this is not a FITS header, or it does not end.
    """
    block = stream.read(BLOCK)
    if not first and (not block.strip(b"\0 ") or not block.startswith(b"XTENSION")):
        return None
    if first and not block.startswith(b"SIMPLE  ="):
        raise BadInputError(f"'{file}' is not a FITS file", expected="a header that says SIMPLE")
    blocks: list[bytes] = []
    while len(block) == BLOCK and len(blocks) < MAX_HEADER_BLOCKS:
        blocks.append(block)
        if _end(block):
            return Cards(b"".join(blocks))
        block = stream.read(BLOCK)
    raise BadInputError(f"The FITS header of '{file}' has no end", todo="The file is cut short")


def wcs_cards(cards: Cards) -> dict[str, Any]:
    """Cards of the celestial WCS; empty when the image has none."""
    kind = cards.text("CTYPE1")
    if not kind or not cards.text("CTYPE2"):
        return {}
    out = {key: cards[key] for key in _WCS_FIXED if key in cards}
    if kind.endswith(("-SIP", "TPV", "ZPN", "TNX")):
        out.update({key: cards[key] for key in cards if _WCS_MORE.fullmatch(key)})
    return {key: value for key, value in out.items() if value is not None}


Matrix = tuple[tuple[float, float], tuple[float, float]]


def _numbers(cards: Mapping[str, Any], defaults: Mapping[str, float]) -> list[float]:
    found = [cards.get(key, default) for key, default in defaults.items()]
    return [float(v) if isinstance(v, (int, float)) else math.nan for v in found]


def linear_matrix(cards: Mapping[str, Any]) -> Matrix:
    """Degrees per pixel of both world axes along both pixel axes, from CD or from PC and CDELT."""
    if any(key in cards for key in _CD):
        a, b, c, d = _numbers(cards, _CD)
    else:
        step1, step2 = _numbers(cards, {"CDELT1": math.nan, "CDELT2": math.nan})
        p, q, r, s = _numbers(cards, _PC)
        a, b, c, d = step1 * p, step1 * q, step2 * r, step2 * s
    return (a, b), (c, d)


def pixel_scale_arcsec(cards: Mapping[str, Any]) -> float | None:
    """Arcsec per pixel, from the area of a pixel; None without a celestial WCS."""
    if not str(cards.get("CTYPE1", "")).startswith(("RA", "DEC", "GLON", "GLAT", "ELON", "ELAT")):
        return None
    (a, b), (c, d) = linear_matrix(cards)
    scale = math.sqrt(abs(a * d - b * c)) * 3600.0
    return scale if math.isfinite(scale) and scale > 0 else None


_CD = {"CD1_1": 0.0, "CD1_2": 0.0, "CD2_1": 0.0, "CD2_2": 0.0}
_PC = {"PC1_1": 1.0, "PC1_2": 0.0, "PC2_1": 0.0, "PC2_2": 1.0}
