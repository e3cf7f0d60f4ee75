"""Band by band: an interval and a stretch, both astropy's own classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.errors import BadInputError
from astro_core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class StretchSpec:
    """How brightness between black and white is compressed.

    Attributes
    ----------
    make : callable
        Returns the astropy stretch, which maps [0, 1] to [0, 1].
    """

    name: str
    label: str
    help: str
    make: Callable[[], Any]


@dataclass(frozen=True, kw_only=True)
class IntervalSpec:
    """How black and white are found in a band.

    Attributes
    ----------
    make : callable
        Takes the recipe's percentile and returns the astropy interval.
    """

    name: str
    label: str
    help: str
    make: Callable[[float], Any]


def _astropy(name: str, *args: float) -> Any:
    from astropy import visualization

    return getattr(visualization, name)(*args)


STRETCHES: Registry[StretchSpec] = Registry("stretch")
STRETCHES.add(
    StretchSpec(
        name="linear",
        label="Linear",
        help="Brightness as it is: cores show, faint arms do not.",
        make=lambda: _astropy("LinearStretch"),
    )
)
STRETCHES.add(
    StretchSpec(
        name="sqrt",
        label="Square root",
        help="Lifts faint parts a little.",
        make=lambda: _astropy("SqrtStretch"),
    )
)
STRETCHES.add(
    StretchSpec(
        name="log",
        label="Logarithm",
        help="Lifts faint parts most, and the noise with them; log(1 + 1000 x).",
        make=lambda: _astropy("LogStretch"),
    )
)
STRETCHES.add(
    StretchSpec(
        name="asinh",
        label="Asinh, band by band",
        help="Linear for faint, logarithmic for bright parts; each band alone, so that "
        "bright parts lose their colour. asinh(x / 0.1).",
        make=lambda: _astropy("AsinhStretch"),
    )
)

INTERVAL_SPECS: Registry[IntervalSpec] = Registry("interval")
INTERVAL_SPECS.add(
    IntervalSpec(
        name="minmax",
        label="Minimum to maximum",
        help="Everything between the darkest and the brightest pixel.",
        make=lambda _: _astropy("MinMaxInterval"),
    )
)
INTERVAL_SPECS.add(
    IntervalSpec(
        name="percentile",
        label="Percentile",
        help="The central share of the pixels; the rest is clipped half at each end.",
        make=lambda percentile: _astropy("PercentileInterval", percentile),
    )
)
INTERVAL_SPECS.add(
    IntervalSpec(
        name="zscale",
        label="zscale",
        help="IRAF's rule: around the median, by the slope of the sorted pixels.",
        make=lambda _: _astropy("ZScaleInterval"),
    )
)


def limits(plane: NDArray[Any], interval: str, percentile: float = 99.5) -> tuple[float, float]:
    """Return black and white of a band as the interval finds them among its finite values.

    Returns
    -------
    black, white : float
        In the units of the data; (0, 1) where no value is finite.
    """
    values = plane[np.isfinite(plane)].astype(np.float64)
    if values.size == 0:
        return 0.0, 1.0
    low, high = INTERVAL_SPECS.get(interval).make(percentile).get_limits(values)
    return float(low), float(high)


def stretch_band(
    plane: NDArray[Any],
    *,
    transform: str,
    interval: str = "percentile",
    percentile: float = 99.5,
    weight: float = 1.0,
) -> NDArray[np.uint8]:
    """Turn one band into grey levels.

    The interval maps black to 0 and white to 1, `weight` multiplies, what is beyond 1 is clipped,
    then comes the stretch; as `astropy.visualization.make_rgb` does it, to the same grey level, for
    a weight of 1. A band that is the same everywhere is black, and so is what is not finite.

    Parameters
    ----------
    plane : array, shape (height, width)
    transform : str
        Name in `STRETCHES`.
    interval : str
        Name in `INTERVAL_SPECS`.

    Returns
    -------
    array of uint8, shape (height, width)

    Raises
    ------
    NotFoundError
        For an unknown stretch or interval.
    BadInputError
        For a percentile out of range.
    """
    if not 0 < percentile <= 100:
        raise BadInputError(
            "The percentile cannot be used", expected="above 0, up to 100", given=str(percentile)
        )
    low, high = limits(plane, interval, percentile)
    stretch = STRETCHES.get(transform).make()
    if not high > low:
        return np.zeros(plane.shape, dtype=np.uint8)
    share = (plane.astype(np.float64) - low) / (high - low) * weight
    share = np.clip(np.nan_to_num(share, nan=0.0, posinf=0.0, neginf=0.0), 0.0, 1.0)
    grey: NDArray[np.uint8] = (stretch(share, clip=False) * 255.0).astype(np.uint8)
    return grey
