"""Which pixels belong to the galaxy at the centre, and which to its neighbours."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Pixels
from astro_core.errors import BadInputError
from astro_core.imaging import find_band, sky_level
from astro_core.params import param

_SMOOTHING_PX = 1.3  # sigma of the detection filter: the FWHM of 3 pixels that is usual
_MIN_AREA_PX = 10
_NEAR_CENTRE = 0.08  # share of the shorter side
_LEVELS = 16
_BRANCH_SHARE = 200  # a branch of fewer pixels than 1/200 of its source is noise, and costs seconds
_QUANTISED = 0.29  # sigma of rounding to whole numbers, 1 / sqrt(12)
_FEWEST_PX = 16


def deblending(contrast: float) -> Any:
    """Declare the setting that says how readily touching sources are taken apart."""
    return param(
        contrast,
        label="Deblending contrast",
        minimum=0.0001,
        maximum=1.0,
        step=0.01,
        help="Share of the light at which a second peak becomes a source of its own. 1 leaves "
        "touching sources together.",
    )


@dataclass(frozen=True, kw_only=True)
class SourceParams:
    """How the pixels of a galaxy are told from sky and neighbours."""

    threshold_sigma: float = param(
        1.5,
        label="Detection threshold",
        minimum=0.5,
        maximum=20.0,
        step=0.5,
        unit="sky sigma",
        help="Light this far above the sky belongs to a source.",
    )
    contrast: float = deblending(0.02)


@dataclass(frozen=True, kw_only=True)
class Segmented:
    """A sky-subtracted plane with the pixels of each source.

    Attributes
    ----------
    plane : array of float64, shape (height, width)
        Without sky; NaN where there is no data.
    labels : array of int32, shape (height, width)
        0 is sky; every source has its own number.
    label : int
        The source at the centre.
    sky_sigma : float
        Noise of the sky per pixel, in the units of the data.
    """

    plane: NDArray[np.float64]
    labels: NDArray[np.int32]
    label: int
    sky_sigma: float

    @property
    def member(self) -> NDArray[np.bool_]:
        """Pixels of the source at the centre."""
        own: NDArray[np.bool_] = self.labels == self.label
        return own

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Rows and columns of its smallest box: top, bottom, left, right; the ends are open."""
        rows, columns = (np.flatnonzero(self.member.any(axis=axis)) for axis in (1, 0))
        return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def measured_plane(pixels: Pixels, band: str) -> NDArray[np.float64]:
    """Return one band, or the mean of the colours where the pixels are a picture.

    Parameters
    ----------
    band : str
        Its name; "" for the r band, else the middle one, or the mean of a picture's colours.

    Returns
    -------
    array of float64, shape (height, width)

    Raises
    ------
    BadInputError
        If there is no such band.
    """
    if band:
        return np.asarray(pixels.values[find_band(pixels.bands, band)], dtype=np.float64)
    if pixels.display:
        return np.asarray(pixels.values.mean(axis=0, dtype=np.float64))
    lower = [name.lower() for name in pixels.bands]
    index = lower.index("r") if "r" in lower else len(lower) // 2
    return np.asarray(pixels.values[index], dtype=np.float64)


def block_means(plane: NDArray[Any], factor: int) -> NDArray[np.float64]:
    """Return the means of blocks of factor x factor pixels; what does not fill one is cut off."""
    height, width = (side // factor for side in plane.shape)
    cut = plane[: height * factor, : width * factor]
    blocks = cut.reshape(height, factor, width, factor)
    return np.asarray(blocks.mean(axis=(1, 3), dtype=np.float64))


def segment_centre(
    plane: NDArray[Any], *, threshold_sigma: float = 1.5, contrast: float = 0.02, binned: int = 1
) -> Segmented:
    """Find the source at the centre of an image.

    The sky is the clipped median of the image's frame. What is `threshold_sigma` above it after
    smoothing is a source; a source with several peaks is taken apart where a branch holds more
    than `contrast` of its light (Bertin & Arnouts 1996, A&AS 117, 393).

    Parameters
    ----------
    plane : array, shape (height, width)
    threshold_sigma : float
        In units of the sky noise per pixel.
    contrast : float
        Share of the light a branch needs to count as a source of its own; 1 takes nothing apart.
    binned : int
        Look at means of so many pixels in each direction.

    Raises
    ------
    BadInputError
        If there is nothing at the centre, or nothing to look at.
    """
    from astropy.utils.exceptions import AstropyWarning
    from photutils.segmentation import detect_sources
    from scipy.ndimage import gaussian_filter

    least = _rounding(plane[np.isfinite(plane)]) / binned
    plane = block_means(plane, binned)
    good = np.isfinite(plane)
    if min(plane.shape) < _FEWEST_PX:
        raise BadInputError(
            "The image is too small to measure a shape",
            expected=f"at least {_FEWEST_PX} pixels on a side",
            given=f"{plane.shape[1]} x {plane.shape[0]}",
        )
    if not good.any():
        raise BadInputError("The band has no data")
    sky = sky_level(plane)
    sigma = max(sky.sigma, least)
    values = plane - sky.level
    smooth = gaussian_filter(np.where(good, values, 0.0), _SMOOTHING_PX)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AstropyWarning)  # what matters of it is said below
        found = detect_sources(smooth, threshold_sigma * sigma, _MIN_AREA_PX) if sigma else None
        if found is None:
            raise BadInputError("No light stands out from the sky")
        label = _at_centre(found.data)
        if contrast < 1.0:
            found, label = _taken_apart(smooth, found, label, contrast)
    labels = np.asarray(found.data, dtype=np.int32)
    return Segmented(plane=values, labels=labels, label=label, sky_sigma=sigma)


def _rounding(values: NDArray[Any]) -> float:
    """Noise that rounding alone makes, where a flat sky shows no other; 0 for unrounded values.

    Whole numbers are rounded, and so are the means of three of them: a picture's colours.
    """
    some = values[:: max(1, values.size // 1000)]
    for n in (1, 3):
        if np.array_equal(some, np.round(some * n) / n):
            return _QUANTISED / math.sqrt(n)
    return 0.0


def _at_centre(labels: NDArray[Any]) -> int:
    """Return the label at the centre, or the nearest one that is close to it."""
    height, width = labels.shape
    reach = max(2, round(_NEAR_CENTRE * min(height, width)))
    y, x = height // 2, width // 2
    near = labels[y - reach : y + reach + 1, x - reach : x + reach + 1]
    rows, columns = np.nonzero(near)
    distance = np.hypot(rows - min(reach, y), columns - min(reach, x))
    if not len(rows) or distance.min() > reach:
        raise BadInputError("No source is at the centre of the image")
    nearest = int(np.argmin(distance))
    return int(near[rows[nearest], columns[nearest]])


def _taken_apart(
    smooth: NDArray[np.float64], found: Any, label: int, contrast: float
) -> tuple[Any, int]:
    from photutils.segmentation import deblend_sources

    area = int((found.data == label).sum())
    apart = deblend_sources(
        smooth,
        found,
        max(_MIN_AREA_PX, area // _BRANCH_SHARE),
        labels=[label],
        n_levels=_LEVELS,
        contrast=contrast,
        relabel=False,
        progress_bar=False,
    )
    return apart, _at_centre(apart.data)
