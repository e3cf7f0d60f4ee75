"""Colours: flux ratios between bands in the galaxy's own pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Dataset, Pixels
from astro_core.errors import BadInputError
from astro_core.features.registry import EXTRACTORS, ExtractorSpec
from astro_core.features.segmentation import Segmented, SourceParams, measured_plane, segment_centre
from astro_core.imaging import find_band, sky_level
from astro_core.params import param

_POGSON = 2.5 / math.log(10.0)
_PICTURE = ("R", "G", "B")
_CORE = 0.25  # share of the galaxy's pixels, the brightest, that is called its core


@dataclass(frozen=True, kw_only=True)
class ColoursParams(SourceParams):
    """How colours are measured."""

    band: str = param(
        "",
        label="Detection band",
        help="Band in which the galaxy's pixels are found. Empty: the r band, else the middle one; "
        "of pictures, the mean of their colours.",
    )
    gradient: bool = param(
        True,
        label="Core against outskirts",
        help="Add how much redder the brightest quarter of the galaxy's pixels is than the rest.",
    )


def colour_names(bands: tuple[str, ...], *, gradient: bool) -> tuple[str, ...]:
    """Name the colours of neighbouring bands: g-r, r-i, and core_g-r for their gradients."""
    ordered = blue_to_red(bands)
    pairs = [f"{blue}-{red}" for blue, red in pairwise(ordered)]
    cores = [f"core_{pair}" for pair in pairs] if gradient else []
    return (*pairs, *cores)


def blue_to_red(bands: tuple[str, ...]) -> tuple[str, ...]:
    """Return bands from blue to red: pictures come as R, G, B, surveys are in order already."""
    return bands[::-1] if bands == _PICTURE else bands


def measure_colours(pixels: Pixels, params: ColoursParams) -> dict[str, Any]:
    """Measure the colours of the galaxy at the centre, in magnitudes.

    The sky is taken off each band; the flux is the sum over the pixels of the galaxy, the same
    in every band. Colours are instrumental, in the data's own units: no zero point, no correction
    for seeing, dust or redshift. Magnitudes are asinh magnitudes softened by the noise of the sky
    (Lupton, Gunn & Szalay 1999, AJ 118, 1406): ``-2.5 log10`` of the flux where it stands out,
    and still a number where it does not.

    Parameters
    ----------
    pixels : Pixels
        Bands in order; of a picture, the display colours, whose ratios are no physical colours
        but can be compared within one survey.
    params : ColoursParams

    Returns
    -------
    dict
        The colour of every pair of bands, blue minus red, and its difference between core and
        outskirts, in magnitudes. Beyond these, snr_<band>: flux over its noise from the sky.

    Raises
    ------
    BadInputError
        If there is no source at the centre, or only one band.
    """
    if len(pixels.bands) < 2:
        raise BadInputError("A colour needs two bands", given=", ".join(pixels.bands))
    found = segment_centre(
        measured_plane(pixels, params.band),
        threshold_sigma=params.threshold_sigma,
        contrast=params.contrast,
    )
    core = _core(found)
    bands = blue_to_red(pixels.bands)
    planes = [pixels.values[find_band(pixels.bands, band)] for band in bands]
    skies = [sky_level(plane) for plane in planes]
    light = [np.asarray(p, dtype=np.float64) - s.level for p, s in zip(planes, skies, strict=True)]
    used = found.member & np.isfinite(light).all(axis=0)
    if not used.any():
        raise BadInputError("The bands have no data in common at the galaxy")
    sigmas = [sky.sigma for sky in skies]
    values = _differences(bands, _magnitudes(light, used, sigmas))
    if params.gradient:
        inner = _differences(bands, _magnitudes(light, used & core, sigmas))
        outer = _differences(bands, _magnitudes(light, used & ~core, sigmas))
        values |= {f"core_{name}": inner[name] - outer[name] for name in inner}
    return values | {
        f"snr_{band}": float(plane[used].sum() / noise) if (noise := _noise(used, sigma)) else 0.0
        for band, plane, sigma in zip(bands, light, sigmas, strict=True)
    }


def _core(found: Segmented) -> NDArray[np.bool_]:
    values = found.plane[found.member]
    core: NDArray[np.bool_] = found.plane >= np.nanquantile(values, 1.0 - _CORE)
    return core


def _noise(used: NDArray[np.bool_], sigma: float) -> float:
    return sigma * math.sqrt(int(used.sum()))


def _magnitudes(
    light: list[NDArray[np.float64]], used: NDArray[np.bool_], sigmas: list[float]
) -> list[float]:
    out = []
    for plane, sigma in zip(light, sigmas, strict=True):
        flux, noise = float(plane[used].sum()), _noise(used, sigma)
        if noise > 0:
            out.append(-_POGSON * (math.asinh(flux / (2.0 * noise)) + math.log(noise)))
        else:
            out.append(-_POGSON * math.log(flux) if flux > 0 else math.nan)
    return out


def _differences(bands: tuple[str, ...], magnitudes: list[float]) -> dict[str, float]:
    """All colours, not of neighbours only: another object of the survey may lack a band."""
    both = zip(combinations(bands, 2), combinations(magnitudes, 2), strict=True)
    return {f"{blue}-{red}": float(a - b) for (blue, red), (a, b) in both}


def _names(dataset: Dataset, params: ColoursParams) -> tuple[str, ...]:
    return colour_names(dataset.bands, gradient=params.gradient)


def _unavailable(dataset: Dataset) -> str:
    if len(dataset.bands) < 2:
        return "A colour needs two bands; this dataset has " + ", ".join(dataset.bands)
    return ""


COLOURS = EXTRACTORS.add(
    ExtractorSpec(
        name="colours",
        label="Colours",
        description="Magnitude differences between neighbouring bands in the galaxy's own pixels, "
        "sky taken off, and how much redder its core is. Of pictures these are ratios of display "
        "channels: they compare within one survey and are no physical colours.",
        params=ColoursParams,
        unavailable=_unavailable,
        names=_names,
        measure=measure_colours,
        chunk=32,
        seconds_per_object=0.1,
        version=2,
    )
)
