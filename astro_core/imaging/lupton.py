"""The colour-preserving asinh of Lupton et al. 2004, fast enough to drag a slider by."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from astro_core.errors import BadInputError

_FRACTION = 0.1  # of `stretch`, where the slope is measured
_SMALLEST_Q = 2.0**-23
_LINEAR_Q = 0.1  # so close to linear that no grey level shows it
_LARGEST_Q = 1e10
_ROWS_PER_THREAD = 64
_PIXELS_WORTH_A_THREAD = 200_000


def softening(stretch: float, Q: float) -> tuple[float, float]:
    """Return the factors of ``y = slope * asinh(soften * intensity)``.

    As in astropy, `Q` below 2**-23 means linear, and beyond 1e10 changes nothing more.

    Parameters
    ----------
    stretch : float
        Linear stretch, in the units of the data; above 0.
    Q : float
        Softening; 0 or above.

    Returns
    -------
    soften, slope : float

    Raises
    ------
    BadInputError
        If one of them is out of range.

    References
    ----------
    Lupton et al. 2004, PASP 116, 133.
    """
    if not (math.isfinite(stretch) and stretch > 0):
        raise BadInputError(
            "The stretch cannot be used", expected="a number above 0", given=str(stretch)
        )
    if math.isnan(Q) or Q < 0:
        raise BadInputError("Q cannot be used", expected="0 or a number above 0", given=str(Q))
    used = _LINEAR_Q if Q < _SMALLEST_Q else min(Q, _LARGEST_Q)
    return used / stretch, _FRACTION / math.asinh(_FRACTION * used)


def white_level(stretch: float, Q: float) -> float:
    """Intensity above the black point that turns white, in the units of the data."""
    soften, slope = softening(stretch, Q)
    return math.sinh(min(1.0 / slope, 700.0)) / soften


def lupton_rgb(
    red: ArrayLike,
    green: ArrayLike,
    blue: ArrayLike,
    *,
    stretch: float,
    Q: float,
    minimum: float | Sequence[float] = 0.0,
    weight: float | Sequence[float] = 1.0,
    threads: int | None = None,
) -> NDArray[np.uint8]:
    """Combine three bands to one colour image whose colours do not depend on brightness.

    With ``x = weight * (band - minimum)`` and the intensity ``I`` as the mean of the three, each
    band becomes ``x * f(I) / I``, ``f(I) = 0.1 asinh(Q I / stretch) / asinh(0.1 Q)``. A pixel whose
    brightest band is above white is scaled down as a whole, so it keeps its hue. A pixel with
    a value that is not finite in any band is black. The result differs from
    `astropy.visualization.make_lupton_rgb` by at most one grey level.

    Parameters
    ----------
    red, green, blue : array, shape (height, width)
        Bands in any real type and byte order, in any memory layout.
    stretch : float
        Intensity at which the linear part ends, in the units of the data.
    Q : float
        How strongly bright parts are compressed; 0 is linear.
    minimum : float or three floats
        Value shown as black, in the units of the data.
    weight : float or three floats
        Factor on each band after the black point is taken off.
    threads : int, optional
        Threads to work in; by default one for stamps and one per core for large images.

    Returns
    -------
    array of uint8, shape (height, width, 3)

    Raises
    ------
    BadInputError
        If the bands are not three real images of one shape, or a setting is out of range.

    References
    ----------
    Lupton et al. 2004, PASP 116, 133.
    """
    planes = _planes(red, green, blue)
    soften, slope = softening(stretch, Q)
    black = _three(minimum, "minimum")
    factor = _three(weight, "weight")
    out = np.empty((*planes[0].shape, 3), dtype=np.uint8)
    kind = planes[0].dtype.type
    settings = (
        tuple(kind(v) for v in black),
        tuple(kind(v) for v in factor),
        kind(soften),
        np.float32(slope * soften),
    )
    _run(planes, settings, out, _thread_count(threads, out.shape[0] * out.shape[1]))
    return out


def _run(
    planes: tuple[NDArray[Any], NDArray[Any], NDArray[Any]],
    settings: tuple[Any, Any, Any, Any],
    out: NDArray[np.uint8],
    threads: int,
) -> None:
    from astro_core.imaging.lupton_kernel import lupton_rows

    if threads == 1:
        lupton_rows(planes, *settings, out)
        return
    height = out.shape[0]
    rows = max(_ROWS_PER_THREAD, math.ceil(height / (4 * threads)))

    def block(start: int) -> None:
        part = slice(start, start + rows)
        lupton_rows((planes[0][part], planes[1][part], planes[2][part]), *settings, out[part])

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(block, range(0, height, rows)))


def _thread_count(threads: int | None, n_pixels: int) -> int:
    if threads is not None:
        if threads < 1:
            raise BadInputError(
                "The number of threads cannot be used", expected="1 or more", given=str(threads)
            )
        return threads
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    return max(1, min(cores, n_pixels // _PIXELS_WORTH_A_THREAD))


def _planes(*bands: ArrayLike) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    arrays = [np.asarray(band) for band in bands]
    shapes = [a.shape for a in arrays]
    if len(set(shapes)) != 1 or len(shapes[0]) != 2:
        raise BadInputError(
            "The three bands do not fit together",
            expected="three images of one shape",
            given=", ".join("x".join(map(str, s)) or "a number" for s in shapes),
        )
    if any(a.dtype.kind not in "fiub" for a in arrays):
        raise BadInputError(
            "The bands are not real numbers",
            expected="integers or floats",
            given=", ".join(str(a.dtype) for a in arrays),
        )
    single = all(a.dtype.itemsize <= (4 if a.dtype.kind == "f" else 2) for a in arrays)
    kind = np.float32 if single else np.float64
    # numba wants native byte order, and one compiled version serves every layout
    r, g, b = (np.ascontiguousarray(a, dtype=kind) for a in arrays)
    return r, g, b


def _three(value: float | Sequence[float], what: str) -> tuple[float, float, float]:
    numbers = np.asarray(value, dtype=np.float64)
    if numbers.shape not in {(), (3,)} or not np.isfinite(numbers).all():
        raise BadInputError(
            f"The {what} cannot be used",
            expected="one finite number, or three for red, green, blue",
            given=str(value),
        )
    r, g, b = np.broadcast_to(numbers, (3,)).tolist()
    return r, g, b
