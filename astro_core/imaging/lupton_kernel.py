"""The inner loop of the Lupton colour image, in the subset of Python that numba compiles.

The library's asinh cannot be vectorised and takes nine tenths of the time, so it is written out
in single precision: a series below 0.4, a logarithm above. Its relative error, 4e-7, is far
below what one of 255 grey levels can show.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.imaging.compiled import compiled

single = np.float32
word = np.int32

_SERIES_ENDS = single(0.4)
_ONE_IS_LOST = single(1e9)  # beyond it, sqrt(x**2 + 1) is x
_LARGEST = single(3e38)
_LN2 = single(np.log(2.0))
_SQRT_HALF = word(0x3F3504F3)
_C3, _C5, _C7, _C9, _C11 = (
    single(v) for v in (-1 / 6, 3 / 40, -15 / 336, 105 / 3456, -945 / 42240)
)
# log(1 + t) of the Cephes library (S. Moshier, logf.c), after t - t**2/2
_L3, _L4, _L5, _L6, _L7, _L8, _L9, _L10, _L11 = (
    single(v)
    for v in (
        3.3333331174e-1,
        -2.4999993993e-1,
        2.0000714765e-1,
        -1.6668057665e-1,
        1.4249322787e-1,
        -1.2420140846e-1,
        1.1676998740e-1,
        -1.1514610310e-1,
        7.0376836292e-2,
    )
)


@compiled
def _log(u: Any) -> Any:
    bits = single(u).view(word)
    exponent = (bits - _SQRT_HALF) >> word(23)
    t = word(bits - (exponent << word(23))).view(single) - single(1)
    high = ((_L11 * t + _L10) * t + _L9) * t + _L8
    series = ((((high * t + _L7) * t + _L6) * t + _L5) * t + _L4) * t + _L3
    return (series * t - single(0.5)) * (t * t) + t + single(exponent) * _LN2


@compiled
def _asinh_ratio(x: Any) -> Any:
    """Return asinh(x) / x for x >= 0."""
    x = min(x, _LARGEST)
    square = x * x
    series = (((_C11 * square + _C9) * square + _C7) * square + _C5) * square + _C3
    root = np.sqrt(square + single(1))
    total = x + (root if x < _ONE_IS_LOST else x)
    return series * square + single(1) if x < _SERIES_ENDS else _log(total) / x


@compiled
def _grey(value: Any, peak: Any) -> Any:
    share = value / peak
    share = share if share <= single(1) else single(0)  # infinity over infinity
    return np.uint8(word(share * single(255)))


@compiled
def lupton_rows(
    planes: tuple[NDArray[Any], NDArray[Any], NDArray[Any]],
    black: tuple[Any, Any, Any],
    weight: tuple[Any, Any, Any],
    soften: Any,
    gain: Any,
    out: NDArray[np.uint8],
) -> None:
    """Fill `out` (height, width, 3) from three planes; NaN compares false and ends as black."""
    red, green, blue = planes
    height, width = red.shape
    line = np.empty((3, width), np.uint8)
    zero, one = single(0), single(1)
    for i in range(height):
        for j in range(width):
            r = (red[i, j] - black[0]) * weight[0]
            g = (green[i, j] - black[1]) * weight[1]
            b = (blue[i, j] - black[2]) * weight[2]
            intensity = (r + g + b) / single(3)
            ratio = gain * _asinh_ratio(single(intensity * soften)) if intensity > zero else zero
            r = r * ratio if r > zero else zero
            g = g * ratio if g > zero else zero
            b = b * ratio if b > zero else zero
            peak = max(r, g, b, one)
            line[0, j] = _grey(r, peak)
            line[1, j] = _grey(g, peak)
            line[2, j] = _grey(b, peak)
        for j in range(width):  # apart, so that the loop above is vectorised
            out[i, j, 0] = line[0, j]
            out[i, j, 1] = line[1, j]
            out[i, j, 2] = line[2, j]
