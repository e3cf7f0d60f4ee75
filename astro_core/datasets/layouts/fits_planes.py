"""Stored numbers to planes of float32, and whether a plane shows anything."""

from __future__ import annotations

import io
import math
import struct
import warnings
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.datasets.layouts.fits_header import BLOCK, Cards
from astro_core.errors import BadInputError

Plane = NDArray[np.float32]

DTYPES = {8: "u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}
MAX_MISSING = 0.2
_BROKEN = (
    OSError,
    EOFError,
    zlib.error,
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)


def _card(text: str) -> bytes:
    return text.ljust(80).encode()


_EMPTY_PRIMARY = b"".join(
    _card(text)
    for text in (
        "SIMPLE  =                    T",
        "BITPIX  =                    8",
        "NAXIS   =                    0",
        "EXTEND  =                    T",
        "END",
    )
).ljust(BLOCK)


def unpack_tiles(hdu: bytes, shape: tuple[int, ...], file: str) -> NDArray[Any]:
    """Let astropy decompress one tile-compressed image, header and data, of known length.

    Raises
    ------
    BadInputError
        If the tiles are damaged or do not make up `shape`.
    """
    from astropy.io import fits
    from astropy.io.fits.hdu.compressed._compression import CfitsioException  # nowhere public

    alone = io.BytesIO(_EMPTY_PRIMARY + hdu + b"\0" * (-len(hdu) % BLOCK))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with fits.open(alone, memmap=False) as opened:
                data: NDArray[Any] = np.asarray(opened[1].data)
    except (*_BROKEN, fits.VerifyError, CfitsioException) as error:
        raise BadInputError(
            f"The compressed image in '{file}' is damaged", given=str(error)
        ) from None
    if data.size != math.prod(shape):
        raise BadInputError(f"The compressed image in '{file}' has another shape than it declares")
    return data.reshape(shape)


def to_float(stored: NDArray[Any], cards: Cards) -> Plane:
    """Apply BLANK, BSCALE and BZERO; what is not finite becomes NaN."""
    scale, zero = cards.number("BSCALE", 1.0), cards.number("BZERO", 0.0)
    with np.errstate(over="ignore", invalid="ignore"):
        if (scale, zero) == (1.0, 0.0):
            values = stored.astype(np.float32)
        else:
            values = (stored.astype(np.float64) * scale + zero).astype(np.float32)
    if stored.dtype.kind in "iu" and "BLANK" in cards:
        values[stored == cards.integer("BLANK", -(2**63))] = np.nan
    if stored.dtype.kind == "f" or scale != 1.0:
        values[~np.isfinite(values)] = np.nan
    return values


def missing_share(plane: Plane, *, zero_is_missing: bool) -> float:
    """Share of the pixels without data: NaN, and exact zero where a measurement cannot be."""
    blank = np.isnan(plane)
    if zero_is_missing:
        blank |= plane == 0
    return float(np.count_nonzero(blank)) / plane.size


def check_plane(plane: Plane, band: str, file: str, *, zero_is_missing: bool) -> None:
    """Refuse a plane that shows nothing, or too little of it.

    Floating-point sky is never exactly zero, so zeros mark pixels that no exposure covered;
    in whole numbers (photon counts) zero is a measurement.

    Raises
    ------
    BadInputError
        If every pixel is the same or NaN, or more than a fifth has no data.
    """
    flat = plane.reshape(-1)
    first = flat[0]
    if np.isnan(first):
        if np.isnan(flat).all():
            raise BadInputError(f"Band {band} in '{file}' holds no data, every pixel is NaN")
    elif (flat == first).all():
        raise BadInputError(f"Band {band} in '{file}' holds no data, every pixel is {first:g}")
    share = missing_share(plane, zero_is_missing=zero_is_missing)
    if share > MAX_MISSING:
        raise BadInputError(
            f"Band {band} in '{file}' is mostly blank"
            if share > 0.5
            else f"Band {band} in '{file}' has too many blank pixels",
            expected=f"at most {MAX_MISSING:.0%} NaN or exactly zero",
            given=f"{share:.0%}",
            todo="Cut the stamp from another exposure or drop the object",
        )
