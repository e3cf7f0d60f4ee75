"""A galaxy as the person who decides wants to see it: brighter, in one band, or wider."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Dataset, Pixels, RenderRecipe
from astro_core.errors import BadInputError, NotFoundError
from astro_core.imaging import render
from astro_core.imaging.render import find_band
from astro_core.workflows.browse_detail import LARGEST_PX, Compass, compass_of
from astro_core.workflows.dataset_state import DatasetState
from astro_core.workflows.object_rows import read_objects

BRIGHTEST = 8  # steps up and down
MAX_Q = 40.0
_STEP = 2**0.5  # brightness of one step
_PIXELS_KEPT = 24


@dataclass(frozen=True, kw_only=True)
class Look:
    """What is changed about the dataset's recipe.

    Attributes
    ----------
    brightness : int
        Steps of a factor of 1.41, from -8 to 8; 0 is the recipe's own.
    Q : float or None
        How strongly bright parts are compressed; None is the recipe's own.
    band : str
        One band alone in grey; empty for colour.
    wide : bool
        All of the stored image, where the recipe crops it.

    Raises
    ------
    BadInputError
        If a value is out of its bounds.
    """

    brightness: int = 0
    Q: float | None = None
    band: str = ""
    wide: bool = False

    def __post_init__(self) -> None:
        if not -BRIGHTEST <= self.brightness <= BRIGHTEST:
            raise BadInputError(
                "So bright it cannot be shown",
                expected=f"from {-BRIGHTEST} to {BRIGHTEST}",
                given=str(self.brightness),
            )
        if self.Q is not None and not 0 <= self.Q <= MAX_Q:
            raise BadInputError("No such Q", expected=f"0 to {MAX_Q:g}", given=str(self.Q))

    @property
    def key(self) -> str:
        """Names this look."""
        q = "" if self.Q is None else f"{self.Q:g}"
        return f"{self.brightness}/{q}/{self.band}/{int(self.wide)}"


@dataclass(frozen=True, kw_only=True)
class ReviewPicture:
    """One galaxy to look at.

    Attributes
    ----------
    image : array of uint8, shape (size, size, 3), or None
        None where `problem` says why.
    side_px : int
        Stored pixels along a side of what is shown.
    scale_arcsec : float or None
        Arcsec per stored pixel.
    north, east : tuple of float or None
        Directions on the screen, x to the right and y down; unit vectors.
    note : str
        What of the stored image is left out; empty where all is shown.
    """

    image: NDArray[np.uint8] | None
    problem: str
    side_px: int
    scale_arcsec: float | None
    north: tuple[float, float] | None
    east: tuple[float, float] | None
    note: str


def dials(recipe: RenderRecipe) -> dict[str, bool]:
    """Which changes make a difference: Q, and a wider view."""
    return {
        "Q": recipe.transform in ("lupton", "picture"),
        "wide": recipe.crop_px > 0,
    }


def own_Q(recipe: RenderRecipe) -> float:  # noqa: N802 - Q is its name
    """Q where nobody turned it; 0, which is linear, for pictures."""
    return recipe.Q if recipe.transform == "lupton" else 0.0


def look_recipe(recipe: RenderRecipe, bands: tuple[str, ...], look: Look) -> RenderRecipe:
    """The recipe with the changes of a look.

    Pictures are made brighter by Lupton's asinh, which leaves them as they are at its start.

    Parameters
    ----------
    bands : tuple of str
        Bands that the galaxy has.

    Raises
    ------
    BadInputError
        If there is no such band.
    """
    changed = _one_band(recipe, bands, look.band) if look.band else recipe
    if look.wide:
        changed = replace(changed, crop_px=0)
    q = own_Q(recipe) if look.Q is None else look.Q
    factor = _STEP**look.brightness
    if recipe.transform == "lupton":
        return replace(changed, stretch=recipe.stretch / factor, Q=q)
    if recipe.transform != "picture":
        low, mid, high = (weight * factor for weight in changed.weight)
        return replace(changed, weight=(low, mid, high))
    if look.brightness == 0 and q == 0:
        return changed
    return replace(changed, transform="lupton", stretch=1 / factor, Q=q, minimum=(0.0, 0.0, 0.0))


def _one_band(recipe: RenderRecipe, bands: tuple[str, ...], band: str) -> RenderRecipe:
    name = bands[find_band(bands, band)]
    place = recipe.bands.index(name) if name in recipe.bands else None
    low = float(np.mean(recipe.minimum)) if place is None else recipe.minimum[place]
    weight = 1.0 if place is None else recipe.weight[place]
    return replace(
        recipe, red=name, green=name, blue=name, minimum=(low,) * 3, weight=(weight,) * 3
    )


def review_picture(
    dataset: Dataset, object_id: str, look: Look, *, side_px: int = 512
) -> ReviewPicture:
    """Make the picture of one galaxy; an unreadable one is said, not raised.

    Parameters
    ----------
    side_px : int
        Side on the screen. A smaller image is resized to it by Lanczos, so that a browser has
        nothing to blur; a larger one keeps its pixels for zooming.
    """
    try:
        pixels, problem = _pixels(DatasetState(dataset), object_id)
        if pixels is None:
            return _nothing(problem)
        stored = min(pixels.values.shape[-2:])
        recipe = look_recipe(dataset.recipe, pixels.bands, look)
        side = min(recipe.crop_px or stored, stored)
        image = render(pixels, replace(recipe, size_px=min(max(side, side_px), LARGEST_PX)))
    except (BadInputError, NotFoundError) as error:
        return _nothing(str(error))
    compass, scale = compass_of(pixels)
    north, east = _on_screen(compass, upwards=recipe.origin == "lower")
    return ReviewPicture(
        image=image,
        problem="",
        side_px=side,
        scale_arcsec=scale or pixels.pixel_scale_arcsec or dataset.pixel_scale_arcsec,
        north=north,
        east=east,
        note=_left_out(pixels, side),
    )


@functools.lru_cache(maxsize=_PIXELS_KEPT)
def _pixels(state: DatasetState, object_id: str) -> tuple[Pixels | None, str]:
    (pixels,), (problem,) = read_objects(state.dataset, [object_id])
    return pixels, problem


def _nothing(problem: str) -> ReviewPicture:
    return ReviewPicture(
        image=None, problem=problem, side_px=0, scale_arcsec=None, north=None, east=None, note=""
    )


def _on_screen(
    compass: Compass | None, *, upwards: bool
) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
    if compass is None:
        return None, None
    turn = -1.0 if upwards else 1.0
    (nx, ny), (ex, ey) = compass.north, compass.east
    return (nx, turn * ny), (ex, turn * ey)


def _left_out(pixels: Pixels, side: int) -> str:
    height, width = pixels.values.shape[-2:]
    if side == height == width:
        return ""
    return f"the central {side} x {side} of {width} x {height} px"
