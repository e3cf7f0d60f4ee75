"""Which planes of a FITS file are which bands."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from pathlib import Path

from astro_core.datasets.bands import band_key
from astro_core.datasets.layouts.fits_header import Cards
from astro_core.datasets.layouts.fits_io import FitsFile, Hdu, open_fits
from astro_core.datasets.readers.fits_names import trailing_band
from astro_core.errors import BadInputError

MAX_BANDS = 32
_WORD = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, kw_only=True)
class Cube:
    """What one file holds.

    Attributes
    ----------
    head : Hdu
        The first image.
    bands : tuple of str
        Names as written.
    planes : tuple of (int, int)
        Extension and plane of each band.
    """

    head: Hdu
    bands: tuple[str, ...]
    planes: tuple[tuple[int, int], ...]


def _split_names(text: str, count: int) -> list[str]:
    """Split "grz", "g,r,z" or "g r z" into as many names as there are planes."""
    words = _WORD.findall(text)
    return list(words[0]) if len(words) == 1 and len(words[0]) == count > 1 else words


def plane_names(cards: Cards, count: int) -> tuple[str, ...]:
    """Bands of the planes of a cube, as BANDS, BAND0... or FILTER1... say; else numbered."""
    tries: list[list[str]] = []
    for key, first in (("BAND", 0), ("BAND", 1), ("FILTER", 1), ("FILTER", 0), ("FILT", 1)):
        tries.append([cards.text(f"{key}{first + i}") for i in range(count)])
    tries.extend(_split_names(cards.text(key), count) for key in ("BANDS", "FILTERS", "FILTER"))
    for names in tries:
        clean = [_band_word(name) or name for name in names]
        if len(clean) == count and all(clean) and len(set(clean)) == count:
            return tuple(clean)
    return tuple(f"band{i + 1}" for i in range(count))


def _band_word(text: str) -> str:
    """First word that names a band: "HSC-G" and "r SDSS" give "G" and "r"."""
    words = _WORD.findall(text)
    return next((w for w in words if band_key(w) is not None), "")


def _extension_band(hdu: Hdu) -> str:
    for key in ("EXTNAME", "FILTER", "BAND"):
        word = _band_word(hdu.cards.text(key))
        if word:
            return word
    return ""


def _flat(fits: FitsFile, file: str) -> Cube:
    """Two-dimensional images: the extensions that name a band, else the first one alone."""
    images = [hdu for hdu in fits.hdus() if hdu.is_image and hdu.shape[0] == 1]
    named: dict[str, Hdu] = {}
    for hdu in images:
        named.setdefault(_extension_band(hdu), hdu)
    named.pop("", None)
    if len(named) > 1:
        chosen = list(named.items())
    else:
        word = trailing_band(posixpath.basename(file)) or _extension_band(images[0]) or "image"
        chosen = [(word, images[0])]
    return Cube(
        head=chosen[0][1],
        bands=tuple(name for name, _ in chosen),
        planes=tuple((hdu.index, 0) for _, hdu in chosen),
    )


def describe_cube(path: Path, file: str) -> Cube:
    """Read the headers of a file and say which planes are which bands.

    Raises
    ------
    BadInputError
        If it holds no image, or more planes than anybody has bands.
    """
    with open_fits(path, file) as fits:
        head = fits.first_image()
        count = head.shape[0]
        if count > MAX_BANDS:
            raise BadInputError(
                f"'{file}' is not an image in bands",
                expected=f"at most {MAX_BANDS} planes",
                given=f"{count:,}",
            )
        if count == 1:
            return _flat(fits, file)
        planes = tuple((head.index, k) for k in range(count))
        return Cube(head=head, bands=plane_names(head.cards, count), planes=planes)
