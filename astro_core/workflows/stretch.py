"""Up to four recipes on the same galaxies: what the Stretch page shows, without a session."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Pixels, Problem, RenderRecipe
from astro_core.errors import BadInputError
from astro_core.imaging import colour_planes, render_full, resize_square
from astro_core.imaging.stretches import limits

ResultT = TypeVar("ResultT")
MAX_PANELS = 4
LETTERS = "ABCD"
COLOURS = ("red", "green", "blue")
_COUNTED = 300_000  # pixels per band that a histogram looks at


@dataclass(frozen=True, kw_only=True)
class Tray:
    """The pixels of a few galaxies, in the order in which they are shown.

    Attributes
    ----------
    key : str
        Names the pixels: the same key, the same values.
    bands : tuple of str
        Bands that every galaxy has, shortest wavelength first.
    labels : tuple of str
        Class of each galaxy, "" where nobody said.
    problems : tuple of Problem
        Galaxies that were asked for and could not be read.
    """

    key: str
    pixels: tuple[Pixels, ...]
    bands: tuple[str, ...]
    labels: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def object_ids(self) -> tuple[str, ...]:
        """Which galaxies, in order."""
        return tuple(p.object_id for p in self.pixels)

    @property
    def display(self) -> bool:
        """Whether these are pictures, whose bands are colours already."""
        return bool(self.pixels) and self.pixels[0].display

    @property
    def unit(self) -> str:
        """Unit of the pixel values where all galaxies share one, else empty."""
        units = {p.unit for p in self.pixels}
        return units.pop() if len(units) == 1 else ""

    def only(self, object_id: str) -> Tray:
        """Return a tray with one of its galaxies."""
        here = self.object_ids.index(object_id)
        return replace(
            self,
            key=f"{self.key}/{object_id}",
            pixels=(self.pixels[here],),
            labels=self.labels[here : here + 1],
            problems=(),
        )


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One recipe on every galaxy of a tray.

    Attributes
    ----------
    images : array of uint8, shape (n_objects, tile_px, tile_px, 3)
        Black where a galaxy cannot be shown.
    low, high : tuple of float
        Share of the finite pixels of all galaxies at or below black, and at full brightness,
        in red, green and blue; measured before resizing.
    problems : tuple of Problem
        Galaxies that this recipe cannot show.
    """

    images: NDArray[np.uint8]
    low: tuple[float, float, float]
    high: tuple[float, float, float]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BandHistogram:
    """How the pixel values of one colour are spread over a tray.

    Attributes
    ----------
    edges : array, shape (n_bins + 1,)
        Bin edges in the units of the data.
    share : array, shape (n_bins,)
        Share of the finite pixels in each bin; what is outside is missing from the sum.
    n_pixels : int
        Pixels that were counted.
    """

    colour: str
    band: str
    edges: NDArray[np.float64]
    share: NDArray[np.float64]
    n_pixels: int


@dataclass(frozen=True)
class _Shown:
    image: NDArray[np.uint8]
    n_finite: NDArray[np.int64]
    n_low: NDArray[np.int64]
    n_high: NDArray[np.int64]


def _cores() -> int:
    return max(1, min(4, os.cpu_count() or 1))


def in_threads(function: Callable[[Any], ResultT], items: Sequence[Any]) -> list[ResultT]:
    """Call `function` on every item, in order, several at a time."""
    if len(items) < 2:
        return [function(item) for item in items]
    with ThreadPoolExecutor(_cores()) as pool:
        return list(pool.map(function, items))


def _show(pixels: Pixels, recipe: RenderRecipe, tile_px: int) -> _Shown | Problem:
    try:
        planes = colour_planes(pixels, recipe)
        full = render_full(pixels, recipe)
    except BadInputError as error:
        return Problem(object_id=pixels.object_id, file="", reason=str(error))
    # a recipe for small images looks as coarse here as in training
    image = resize_square(full, min(recipe.size_px, tile_px))
    counts = [_clipped(planes[i], full[..., i], recipe, i) for i in range(3)]
    finite, low, high = np.array(counts, dtype=np.int64).T
    return _Shown(image=resize_square(image, tile_px), n_finite=finite, n_low=low, n_high=high)


def _clipped(
    plane: NDArray[Any], grey: NDArray[np.uint8], recipe: RenderRecipe, index: int
) -> tuple[int, int, int]:
    """Numbers of pixels that are finite, black, and at full brightness; NaN is shown black."""
    finite = plane.size if plane.dtype.kind == "u" else np.count_nonzero(np.isfinite(plane))
    if recipe.transform == "lupton":
        low = np.count_nonzero(plane <= recipe.minimum[index])
    else:
        low = np.count_nonzero(grey == 0) - (plane.size - finite)
    return int(finite), int(low), np.count_nonzero(grey == 255)


def render_panel(tray: Tray, recipe: RenderRecipe, tile_px: int = 112) -> Panel:
    """Show every galaxy of a tray under one recipe, and measure what is clipped.

    Parameters
    ----------
    tile_px : int
        Side of the images that are returned. They are made at the recipe's own size first if
        that is smaller.

    Raises
    ------
    BadInputError
        If the recipe can show none of the galaxies; the message is that of the first.
    """
    done = in_threads(partial(_show, recipe=recipe, tile_px=tile_px), tray.pixels)
    problems = tuple(d for d in done if isinstance(d, Problem))
    shown = [d for d in done if isinstance(d, _Shown)]
    if not shown:
        raise BadInputError(problems[0].reason if problems else "The tray is empty")
    blank = np.zeros((tile_px, tile_px, 3), dtype=np.uint8)
    finite = np.maximum(1, sum(s.n_finite for s in shown))
    return Panel(
        images=np.stack([d.image if isinstance(d, _Shown) else blank for d in done]),
        low=_three(sum(s.n_low for s in shown) / finite),
        high=_three(sum(s.n_high for s in shown) / finite),
        problems=problems,
    )


def _three(values: Any) -> tuple[float, float, float]:
    red, green, blue = (float(v) for v in values)
    return red, green, blue


def histograms(
    tray: Tray, recipe: RenderRecipe, n_bins: int = 96
) -> tuple[BandHistogram, BandHistogram, BandHistogram]:
    """Count the pixel values of all galaxies, cropped as the recipe says, in its three bands.

    All three share one range: from the 0.1 to the 99.5 percentile of all values. Of large images
    every k-th pixel is counted. Only bands, crop and whether it is shown as a picture matter.

    Raises
    ------
    BadInputError
        If no galaxy has the recipe's bands, or none has a finite value.
    """
    planes = in_threads(partial(_planes_or_none, recipe=recipe), tray.pixels)
    values = _pooled([p for p in planes if p is not None])
    if tray.pixels and all(p is None for p in planes):
        colour_planes(tray.pixels[0], recipe)  # says which band is missing
    if not any(v.size for v in values):
        raise BadInputError(
            "There is nothing to count",
            expected="galaxies with values in " + ", ".join(recipe.bands),
            given=f"{len(tray.pixels)} galaxies",
        )
    bounds = [np.percentile(v, [0.1, 99.5]) for v in values if v.size]
    low, high = float(min(b[0] for b in bounds)), float(max(b[1] for b in bounds))
    if tray.display:
        low, high = 0.0, 255.0 if recipe.transform == "picture" else 1.0
    value_range = (low, high if high > low else low + 1.0)
    red, green, blue = (_histogram(values[i], n_bins, value_range, recipe, i) for i in range(3))
    return red, green, blue


def _pooled(planes: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
    """Finite values of each colour, thinned to about `_COUNTED` of them."""
    if not planes:
        return [np.empty(0)] * 3
    step = 1 + sum(p[0].size for p in planes) // _COUNTED
    thin = [[p[i].reshape(-1)[::step] for p in planes] for i in range(3)]
    return [np.concatenate([v[np.isfinite(v)] for v in colour]) for colour in thin]


def _planes_or_none(pixels: Pixels, recipe: RenderRecipe) -> NDArray[Any] | None:
    try:
        return colour_planes(pixels, recipe)
    except BadInputError:
        return None


def _histogram(
    values: NDArray[Any],
    n_bins: int,
    value_range: tuple[float, float],
    recipe: RenderRecipe,
    index: int,
) -> BandHistogram:
    counts, edges = np.histogram(values, bins=n_bins, range=value_range)
    return BandHistogram(
        colour=COLOURS[index],
        band=recipe.bands[index],
        edges=edges.astype(np.float64),
        share=counts / max(1, values.size),
        n_pixels=int(values.size),
    )


def black_points(tray: Tray, recipe: RenderRecipe) -> tuple[float, float, float]:
    """Value shown as black in red, green and blue.

    Lupton recipes say it themselves; band by band it is what the interval finds, here the median
    over the galaxies; pictures are black at 0.
    """
    if recipe.transform == "lupton":
        return recipe.minimum
    if recipe.transform == "picture":
        return 0.0, 0.0, 0.0
    found = [
        [limits(plane, recipe.interval, recipe.percentile)[0] for plane in planes]
        for planes in in_threads(partial(_planes_or_none, recipe=recipe), tray.pixels)
        if planes is not None
    ]
    return _three(np.median(found, axis=0)) if found else (0.0, 0.0, 0.0)
