"""FITS images as planes of float32, from plain, compressed, scaled and damaged files alike.

Nothing is allocated on a header's word: what it declares is held against the file first.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import math
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from astro_core.datasets.layouts.fits_header import BLOCK, Cards, read_cards
from astro_core.datasets.layouts.fits_planes import DTYPES, Plane, to_float, unpack_tiles
from astro_core.errors import BadInputError

SUFFIXES = (".fits", ".fit", ".fts", ".fits.fz", ".fz")
PACKED = (".gz", ".bz2", ".xz")
MAX_PIXELS = 8192 * 8192
MAX_BYTES = 2**31
MAX_HDUS = 128
_BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError)


@dataclass(frozen=True, kw_only=True)
class Hdu:
    """One part of a FITS file.

    Attributes
    ----------
    shape : tuple of int
        Planes, height, width of an image; empty for anything else.
    start, n_bytes : int
        Where its data lie in the (unpacked) file.
    packed : bool
        An image stored as a table of compressed tiles.
    """

    index: int
    cards: Cards
    bitpix: int
    shape: tuple[int, ...]
    start: int
    n_bytes: int
    packed: bool = False

    @property
    def is_image(self) -> bool:
        """Whether it holds pixels."""
        return len(self.shape) == 3


def fits_stem(name: str) -> str | None:
    """File name without its FITS suffixes, None if it has none: "a_R.fits.gz" gives "a_R"."""
    lower = name.lower()
    for packed in PACKED:
        if lower.endswith(packed):
            lower = lower[: -len(packed)]
            break
    for suffix in (".fits.fz", *SUFFIXES):
        if lower.endswith(suffix) and len(lower) > len(suffix):
            return name[: len(lower) - len(suffix)]
    return None


def _refuse(file: str, what: str, **more: str) -> BadInputError:
    return BadInputError(f"The header of '{file}' {what}", **more)


def _axes(cards: Cards, file: str, prefix: str = "") -> tuple[int, ...]:
    count = cards.integer(f"{prefix}NAXIS", -1)
    if not 0 <= count <= 8:
        raise _refuse(file, "is absurd", expected="0 to 8 axes", given=f"NAXIS = {count}")
    axes = tuple(cards.integer(f"{prefix}NAXIS{i + 1}", -1) for i in range(count))
    if any(not 0 <= n < 2**40 for n in axes):
        raise _refuse(file, "is absurd", given="axes " + " x ".join(map(str, axes)))
    return axes


def _bitpix(cards: Cards, file: str, prefix: str = "") -> int:
    bitpix = cards.integer(f"{prefix}BITPIX")
    if bitpix not in DTYPES:
        raise _refuse(
            file,
            "is absurd",
            expected="BITPIX 8, 16, 32, 64, -32 or -64",
            given=str(cards.get(f"{prefix}BITPIX")),
        )
    return bitpix


def _image_shape(axes: tuple[int, ...], file: str) -> tuple[int, ...]:
    """Planes, height, width; axes of length one beyond the third do not count."""
    if len(axes) < 2 or math.prod(axes) == 0:
        return ()
    width, height, *rest = axes
    shape = (math.prod(rest), height, width)
    if width * height > MAX_PIXELS or math.prod(shape) * 4 > MAX_BYTES:
        raise BadInputError(
            f"'{file}' declares an image too large to be opened safely",
            expected=f"at most {MAX_PIXELS:,} pixels a plane",
            given=" x ".join(f"{n:,}" for n in axes),
            todo="Cut it into stamps",
        )
    return shape


def _describe(index: int, cards: Cards, start: int, file: str) -> Hdu:
    axes = _axes(cards, file)
    bitpix = _bitpix(cards, file)
    kind = cards.text("XTENSION") if index else "IMAGE"
    per_group = math.prod(axes) if axes else 0
    counts = (cards.integer("PCOUNT"), cards.integer("GCOUNT", 1))
    if min(counts) < 0:
        raise _refuse(file, "is absurd", given=f"PCOUNT, GCOUNT = {counts[0]}, {counts[1]}")
    n_bytes = abs(bitpix) // 8 * counts[1] * (counts[0] + per_group)
    packed = kind == "BINTABLE" and cards.get("ZIMAGE") is True
    shape: tuple[int, ...] = ()
    if packed:
        bitpix = _bitpix(cards, file, "Z")
        shape = _image_shape(_axes(cards, file, "Z"), file)
    elif kind == "IMAGE":
        shape = _image_shape(axes, file)
    return Hdu(
        index=index,
        cards=cards,
        bitpix=bitpix,
        shape=shape,
        start=start,
        n_bytes=n_bytes,
        packed=packed,
    )


class FitsFile:
    """An open FITS file whose parts are found and read as they are asked for."""

    def __init__(self, stream: BinaryIO, file: str, size: int | None) -> None:
        self.file = file
        self._stream = stream
        self._size = size
        self._hdus: list[Hdu] = []
        self._complete = False

    def hdus(self) -> Iterator[Hdu]:
        """All parts in order; later headers are read only when they are reached."""
        index = 0
        while index < len(self._hdus) or self._advance():
            yield self._hdus[index]
            index += 1

    def _advance(self) -> bool:
        """Read one more header; False at the end."""
        if self._complete or len(self._hdus) >= MAX_HDUS:
            return False
        start = 0
        if self._hdus:
            last = self._hdus[-1]
            start = last.start + -(-last.n_bytes // BLOCK) * BLOCK
            self._check_size(last)
        self._stream.seek(start)
        cards = read_cards(self._stream, self.file, first=not self._hdus)
        if cards is None:
            self._complete = True
            return False
        self._hdus.append(_describe(len(self._hdus), cards, start + len(cards.raw), self.file))
        return True

    def _check_size(self, hdu: Hdu) -> None:
        if self._size is not None and hdu.start + hdu.n_bytes > self._size:
            raise self._short(hdu, self._size)
        if hdu.n_bytes > MAX_BYTES:
            raise BadInputError(
                f"'{self.file}' declares more data than can be opened safely",
                expected=f"at most {MAX_BYTES:,} bytes",
                given=f"{hdu.n_bytes:,}",
            )

    def _short(self, hdu: Hdu, found: int) -> BadInputError:
        return BadInputError(
            f"'{self.file}' is cut short",
            expected=f"{hdu.start + hdu.n_bytes:,} bytes as its header says",
            given=f"{found:,}",
            todo="Fetch the file again",
        )

    def first_image(self) -> Hdu:
        """The first part that holds pixels.

        Raises
        ------
        BadInputError
            If none does.
        """
        for hdu in self.hdus():
            if hdu.is_image:
                return hdu
        raise BadInputError(f"'{self.file}' holds no image")

    def hdu(self, index: int) -> Hdu:
        """The part at `index`, which must hold pixels."""
        for hdu in self.hdus():
            if hdu.index == index and hdu.is_image:
                return hdu
        raise BadInputError(f"'{self.file}' has no image in extension {index}")

    def planes(self, hdu: Hdu, which: Sequence[int]) -> list[Plane]:
        """Read some planes of an image, each shape (height, width), NaN where there is no data.

        Raises
        ------
        BadInputError
            If the image has fewer planes, or the file ends before them.
        """
        if max(which) >= hdu.shape[0]:
            raise BadInputError(
                f"'{self.file}' has too few planes",
                expected=f"{max(which) + 1}",
                given=str(hdu.shape[0]),
            )
        self._check_size(hdu)
        if hdu.packed:
            cube = self._tiles(hdu)
            return [to_float(cube[k], Cards(b"")) for k in which]
        return [self._plane(hdu, k) for k in which]

    def _plane(self, hdu: Hdu, k: int) -> Plane:
        _, height, width = hdu.shape
        n_bytes = height * width * abs(hdu.bitpix) // 8
        self._stream.seek(hdu.start + k * n_bytes)
        raw = self._stream.read(n_bytes)
        if len(raw) < n_bytes:
            raise self._short(hdu, hdu.start + k * n_bytes + len(raw))
        stored = np.frombuffer(raw, DTYPES[hdu.bitpix]).reshape(height, width)
        return to_float(stored, hdu.cards)

    def _tiles(self, hdu: Hdu) -> NDArray[Any]:
        tile = [hdu.cards.integer(f"ZTILE{i}", 1) for i in (1, 2, 3)]
        if min(tile) < 1 or math.prod(tile) > max(MAX_PIXELS, math.prod(hdu.shape)):
            raise _refuse(self.file, "is absurd", given=f"tiles of {tile} pixels")
        self._stream.seek(hdu.start)
        raw = self._stream.read(hdu.n_bytes)
        if len(raw) < hdu.n_bytes:
            raise self._short(hdu, hdu.start + len(raw))
        return unpack_tiles(hdu.cards.raw + raw, hdu.shape, self.file)


@contextmanager
def open_fits(path: Path, file: str) -> Iterator[FitsFile]:
    """Open a FITS file, plain or packed with gzip, bzip2 or xz.

    Parameters
    ----------
    file : str
        How messages name it.

    Raises
    ------
    BadInputError
        For anything that is wrong with the file, also while it is read.
    """
    if not path.is_file():
        raise BadInputError(f"'{file}' is missing", todo="Put the file back or drop the object")
    size = path.stat().st_size
    if size == 0:
        raise BadInputError(f"'{file}' is empty, 0 bytes")
    try:
        with path.open("rb") as raw:
            opener = _opener(raw.read(6))
            raw.seek(0)
            if opener is None:
                yield FitsFile(raw, file, size)
                return
            with opener(raw) as stream:
                yield FitsFile(cast("BinaryIO", stream), file, None)
    except _BROKEN as error:
        raise BadInputError(
            f"'{file}' is damaged or cut short", given=str(error), todo="Fetch the file again"
        ) from None


def _opener(magic: bytes) -> Any:
    if magic.startswith(b"\x1f\x8b"):
        return gzip.open
    if magic.startswith(b"BZh"):
        return bz2.open
    return lzma.open if magic == b"\xfd7zXZ\0" else None
