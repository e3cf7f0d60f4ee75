"""A recipe from the data: what the *auto* button proposes, and why it is all yellow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Pixels, RenderRecipe
from astro_core.errors import BadInputError
from astro_core.imaging.lupton import white_level
from astro_core.imaging.render import colour_planes
from astro_core.imaging.statistics import Sky, sky_level
from astro_core.params import validate

_BELOW_SKY = 2.0  # black point, in sigma below the sky
_NOISE_SHOWN = 0.04  # one sigma of the sky, as a share of white
_BRIGHT = 99.9  # percentile of the pixels that just reaches white
_BRIGHT_SAMPLE = 0.75  # quantile over the objects: few cores may burn out
_DETECTED = 6.0  # sigma
_LARGEST_GAIN = 8.0
_Q_RANGE = (0.0, 60.0)


@dataclass(frozen=True, kw_only=True)
class ColourBalance:
    """How the light of a sample is spread over red, green and blue.

    Attributes
    ----------
    bands : tuple of str
        Bands shown as red, green and blue.
    shares : tuple of float
        Share of each in the objects' light, under the recipe's weights; they add up to 1.
    weights : tuple of float
        Weights under which the sample's typical light is grey; their geometric mean is 1.
    sentence : str
        The same in words.
    """

    bands: tuple[str, str, str]
    shares: tuple[float, float, float]
    weights: tuple[float, float, float]
    sentence: str


@dataclass(frozen=True)
class _Sample:
    """Pixels that are finite in all three bands, shape (3, n_pixels), and their sky."""

    planes: NDArray[np.float64]
    sky: tuple[Sky, Sky, Sky]

    @property
    def light(self) -> NDArray[np.float64]:
        """What is above the sky, shape (3, n_pixels)."""
        level = np.array([s.level for s in self.sky])[:, None]
        light: NDArray[np.float64] = self.planes - level
        return light


def _measure(samples: Sequence[Pixels], recipe: RenderRecipe) -> list[_Sample]:
    out = []
    for pixels in samples:
        planes = colour_planes(pixels, recipe).astype(np.float64)
        good = np.isfinite(planes).all(axis=0)
        sky = tuple(sky_level(plane) for plane in planes)
        if good.sum() >= 16:
            red, green, blue = sky
            out.append(_Sample(planes[:, good], (red, green, blue)))
    if not out:
        raise BadInputError(
            "There is nothing to measure",
            expected="at least one object with values in all three bands",
            given=f"{len(samples)} objects",
        )
    return out


def _typical_shares(sample: _Sample) -> NDArray[np.float64] | None:
    """Share of each band in the light of a typical pixel that stands out of the noise."""
    light = sample.light
    noise = np.array([s.sigma for s in sample.sky])
    noise = np.where(noise > 0, noise, np.abs(light).mean(axis=1))
    if not (noise > 0).all():
        return None
    # Weighted so that a noisy band does not choose the pixels by its own noise.
    significance = (light / noise[:, None] ** 2).sum(axis=0) / math.sqrt((noise**-2.0).sum())
    total = light.sum(axis=0)
    detected = (significance > _DETECTED) & (total > 0)
    if detected.sum() < 4:
        return None
    share: NDArray[np.float64] = np.median(light[:, detected] / total[detected], axis=1)
    return share / share.sum() if (share > 0).all() else None


def colour_balance(samples: Sequence[Pixels], recipe: RenderRecipe) -> ColourBalance:
    """Find out why an image is all of one colour, and which weights put it right.

    Medians throughout: of the bands' shares in each pixel that stands out of the noise, over
    the pixels of an object, then over the objects. A bright star does not count more.

    Parameters
    ----------
    samples : sequence of Pixels
    recipe : RenderRecipe
        Says which bands are shown as what, and their present weights.

    Raises
    ------
    BadInputError
        If no object has values in all three bands.
    """
    found = [s for s in map(_typical_shares, _measure(samples, recipe)) if s is not None]
    if not found:
        return ColourBalance(
            bands=recipe.bands,
            shares=(1 / 3, 1 / 3, 1 / 3),
            weights=(1.0, 1.0, 1.0),
            sentence="No object stands out of the noise in all three bands: the colours are noise.",
        )
    share = np.median(found, axis=0)
    gain = np.exp(np.log(share).mean()) / share
    gain = np.clip(gain, 1 / _LARGEST_GAIN, _LARGEST_GAIN)
    shown = share * np.array(recipe.weight)
    shown = shown / shown.sum() if shown.sum() > 0 else shown
    red, green, blue = (round(float(g), 3) for g in gain)
    shares = (float(shown[0]), float(shown[1]), float(shown[2]))
    return ColourBalance(
        bands=recipe.bands,
        shares=shares,
        weights=(red, green, blue),
        sentence=_in_words(recipe.bands, shares, (red, green, blue)),
    )


def _in_words(
    bands: tuple[str, str, str],
    shares: tuple[float, float, float],
    weights: tuple[float, float, float],
) -> str:
    strong = [s > 0.4 for s in shares]
    weak = [s < 0.27 for s in shares]
    if not any(strong) and not any(weak):
        return "The three bands are in balance: colour differences are the galaxies' own."
    colour = {
        (True, False, False): "red",
        (False, True, False): "green",
        (False, False, True): "blue",
        (True, True, False): "yellow",
        (True, False, True): "magenta",
        (False, True, True): "cyan",
    }.get((shares[0] > 1 / 3, shares[1] > 1 / 3, shares[2] > 1 / 3), "one colour")
    parts = ", ".join(f"{b} {100 * s:.0f} %" for b, s in zip(bands, shares, strict=True))
    gains = ", ".join(f"{w:g}" for w in weights)
    return (
        f"The image leans to {colour} because the light is spread unevenly over the bands "
        f"({parts}). Weights {gains} for red, green, blue make its typical light grey."
    )


def propose_recipe(samples: Sequence[Pixels], recipe: RenderRecipe) -> RenderRecipe:
    """Propose black points, weights, stretch and Q from the data: the *auto* button.

    The weights make the sample's typical light grey. The black point is two sigma of the weighted
    noise below the sky in every colour, so that the sky is a dark grey too. The stretch shows one
    sigma as 4 % of white, and Q brings the 99.9 percentile of the brightest band just to white.
    Numbers of several objects are combined by medians, the last by the upper quartile, so one odd
    object does not matter. The same data give the same recipe; data multiplied by a constant
    give a stretch and black points multiplied by it.

    Parameters
    ----------
    samples : sequence of Pixels
        A handful of typical objects.
    recipe : RenderRecipe
        Gives bands, transform, crop, size and origin, which are kept. Under "picture" nothing
        needs proposing; the band-by-band transforms find black and white by themselves and get
        the percentile interval.

    Returns
    -------
    RenderRecipe

    Raises
    ------
    BadInputError
        If no object has values in all three bands, or the data's units need a stretch that a
        recipe cannot hold.
    """
    if recipe.transform == "picture":
        return recipe
    if recipe.transform != "lupton":
        return replace(recipe, interval="percentile", percentile=99.5, weight=(1.0, 1.0, 1.0))
    measured = _measure(samples, recipe)
    weight = np.array(colour_balance(samples, recipe).weights)
    noise = float(np.median([_noise(sample, weight) for sample in measured]))
    level = np.median([[s.level for s in sample.sky] for sample in measured], axis=0)
    black = level - _BELOW_SKY * noise / weight  # as far below the sky in each colour: grey sky
    bright = float(np.quantile([_bright(s, weight, black) for s in measured], _BRIGHT_SAMPLE))
    stretch, Q = _stretch_and_softening(noise, bright)
    red, green, blue = (float(f"{v:.4g}") for v in black)
    proposed = replace(
        recipe,
        stretch=float(f"{stretch:.4g}"),
        Q=float(f"{Q:.3g}"),
        minimum=(red, green, blue),
        weight=(float(weight[0]), float(weight[1]), float(weight[2])),
    )
    return validate(proposed)


def _noise(sample: _Sample, weight: NDArray[np.float64]) -> float:
    """Typical weighted noise of one band."""
    sigma = np.array([s.sigma for s in sample.sky]) * weight
    return float(np.sqrt((sigma**2).mean()))


def _bright(sample: _Sample, weight: NDArray[np.float64], black: NDArray[np.float64]) -> float:
    """Weighted value above black that only the brightest pixels exceed, in any band."""
    above = (sample.planes - black[:, None]) * weight[:, None]
    return float(np.percentile(above.max(axis=0), _BRIGHT))


def _stretch_and_softening(noise: float, bright: float) -> tuple[float, float]:
    """Solve for the stretch that shows the noise and the Q that brings `bright` to white."""
    if not bright > 0:
        raise BadInputError(
            "The sample shows nothing above the sky",
            todo="Choose brighter objects or other bands",
        )
    stretch = noise / _NOISE_SHOWN
    if stretch <= 0:
        return bright / white_level(1.0, 8.0), 8.0
    if bright <= stretch:
        return bright, 0.0
    low, high = _Q_RANGE
    for _ in range(60):
        middle = (low + high) / 2
        if white_level(stretch, middle) < bright:
            low = middle
        else:
            high = middle
    return stretch, high
