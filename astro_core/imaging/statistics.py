"""What a band holds and what a recipe does to it: sky, histogram, black point, clipped share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Pixels, RenderRecipe
from astro_core.imaging.render import colour_planes, render_full
from astro_core.imaging.stretches import limits

_BORDER = 0.1
_FILLED = 0.05  # share of exact zeros that cannot be chance
_BLACK = 0.9  # share from which they are the sky itself: nobody keeps a stamp so empty
_MAD_TO_SIGMA = 1.4826


@dataclass(frozen=True, kw_only=True)
class Sky:
    """Level and noise of the empty sky in one band, in the units of the data."""

    level: float
    sigma: float
    n_pixels: int


@dataclass(frozen=True, kw_only=True)
class BandStatistics:
    """Numbers about one band.

    Attributes
    ----------
    minimum, maximum, median : float
        Of the finite values, in the units of the data; NaN where there is none.
    sky : Sky
    edges : array, shape (n_bins + 1,)
        Bin edges of the histogram, in the units of the data.
    counts : array of int, shape (n_bins,)
        Pixels in each bin.
    n_below, n_above : int
        Finite pixels outside the histogram's range.
    """

    band: str
    n_pixels: int
    n_finite: int
    minimum: float
    maximum: float
    median: float
    sky: Sky
    edges: NDArray[np.float64]
    counts: NDArray[np.int64]
    n_below: int
    n_above: int


@dataclass(frozen=True, kw_only=True)
class Clipping:
    """How much of a colour's information a recipe throws away.

    Attributes
    ----------
    colour, band : str
        "red", "green" or "blue", and the band it shows.
    black_point : float
        Value shown as black, in the units of the data.
    low, high : float
        Share of the finite pixels at or below black, and at full brightness; in [0, 1].
    """

    colour: str
    band: str
    black_point: float
    low: float
    high: float


def sky_level(plane: NDArray[Any], border: float = _BORDER) -> Sky:
    """Estimate the sky from the frame of an image, where a centred object is faintest.

    Median and scaled median absolute deviation, clipped at 3 sigma until nothing changes. Exact
    zeros are left out where there are many: surveys fill missing parts so. Where there is hardly
    anything else, the sky is black.

    Parameters
    ----------
    plane : array, shape (height, width)
    border : float
        Width of the frame as a share of the image's side.

    Returns
    -------
    Sky
        NaN where no value is finite.
    """
    height, width = plane.shape
    edge_y, edge_x = max(1, round(border * height)), max(1, round(border * width))
    frame = np.ones(plane.shape, dtype=bool)
    frame[edge_y:-edge_y, edge_x:-edge_x] = False
    values = _measured(plane[frame])
    if values.size < 16:
        values = _measured(plane.ravel())
    return _clipped(values)


def _measured(values: NDArray[Any]) -> NDArray[np.float64]:
    finite: NDArray[np.float64] = values[np.isfinite(values)].astype(np.float64)
    seen = finite[finite != 0.0]
    zeros = finite.size - seen.size
    return seen if _FILLED * finite.size < zeros < _BLACK * finite.size else finite


def _clipped(values: NDArray[np.float64]) -> Sky:
    if values.size == 0:
        return Sky(level=float("nan"), sigma=float("nan"), n_pixels=0)
    for _ in range(10):
        level = float(np.median(values))
        sigma = _MAD_TO_SIGMA * float(np.median(np.abs(values - level)))
        kept = values[np.abs(values - level) <= 3.0 * sigma]
        if sigma == 0.0 or kept.size == values.size:
            break
        values = kept
    return Sky(level=level, sigma=sigma, n_pixels=values.size)


def band_statistics(
    plane: NDArray[Any],
    band: str = "",
    *,
    n_bins: int = 128,
    value_range: tuple[float, float] | None = None,
) -> BandStatistics:
    """Describe one band.

    Parameters
    ----------
    plane : array, shape (height, width)
    n_bins : int
    value_range : tuple of float, optional
        Range of the histogram; by default from the 0.1 to the 99.5 percentile, so that one hot
        pixel does not squeeze the sky into one bin.

    Returns
    -------
    BandStatistics
    """
    values = plane[np.isfinite(plane)].astype(np.float64)
    low, high = value_range or _robust_range(values)
    counts, edges = np.histogram(values, bins=n_bins, range=(low, high))
    known = values if values.size else np.array([np.nan])
    return BandStatistics(
        band=band,
        n_pixels=plane.size,
        n_finite=values.size,
        minimum=float(known.min()),
        maximum=float(known.max()),
        median=float(np.median(known)),
        sky=sky_level(plane),
        edges=edges,
        counts=counts.astype(np.int64),
        n_below=int((values < low).sum()),
        n_above=int((values > high).sum()),
    )


def _robust_range(values: NDArray[np.float64]) -> tuple[float, float]:
    if values.size == 0:
        return 0.0, 1.0
    low, high = np.percentile(values, [0.1, 99.5]).tolist()
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def clipping(pixels: Pixels, recipe: RenderRecipe) -> tuple[Clipping, Clipping, Clipping]:
    """Say for red, green and blue where black is and how much is clipped under a recipe.

    Measured on the cropped pixels before they are resized.

    Raises
    ------
    BadInputError
        As `render` does.
    """
    planes = colour_planes(pixels, recipe)
    image = render_full(pixels, recipe)
    if recipe.origin == "lower":
        image = image[::-1]
    red, green, blue = (
        _clipped_share(planes[i], image[..., i], recipe, i) for i in range(len(recipe.bands))
    )
    return red, green, blue


def _clipped_share(
    plane: NDArray[Any], grey: NDArray[np.uint8], recipe: RenderRecipe, index: int
) -> Clipping:
    finite = np.isfinite(plane)
    n_finite = max(1, int(finite.sum()))
    if recipe.transform == "picture":
        black = 0.0
    elif recipe.transform == "lupton":
        black = recipe.minimum[index]
    else:
        black = limits(plane, recipe.interval, recipe.percentile)[0]
    return Clipping(
        colour=("red", "green", "blue")[index],
        band=recipe.bands[index],
        black_point=black,
        low=int((plane[finite] <= black).sum()) / n_finite,
        high=int((grey[finite] == 255).sum()) / n_finite,
    )
