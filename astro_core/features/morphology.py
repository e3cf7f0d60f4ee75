"""Statistics of a galaxy's shape: concentration, asymmetry, Gini, M20, Sersic index."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Dataset, Pixels
from astro_core.errors import BadInputError
from astro_core.features.registry import EXTRACTORS, ExtractorSpec
from astro_core.features.segmentation import (
    Segmented,
    SourceParams,
    measured_plane,
    segment_centre,
)
from astro_core.params import param

STATISTICS = (
    "concentration",
    "asymmetry",
    "smoothness",
    "gini",
    "m20",
    "sersic_n",
    "ellipticity_asymmetry",
)
_SIZES = ("rpetro_circ", "rhalf_ellip", "sersic_rhalf")  # pixels; not features: distance sets them
_QUALITY = ("sn_per_pixel", "sky_sigma")
BAD_FLAG = 2  # statmorph: 0 good, 1 suspect, 2 bad, 4 nothing could be measured
_INVALID = -99.0
_EXTENT = 1.5
_SERSIC_BOUNDS = (0.1, 10.0)
_SIGMA_PER_FWHM = 1.0 / math.sqrt(8.0 * math.log(2.0))
_BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    IndexError,
    RuntimeError,
    TypeError,
    ValueError,
    np.linalg.LinAlgError,
)


@dataclass(frozen=True, kw_only=True)
class MorphologyParams(SourceParams):
    """How shapes are measured."""

    band: str = param(
        "",
        label="Band",
        help="Band to measure. Empty: the r band, else the middle one; of pictures, the mean of "
        "their colours.",
    )
    max_px: int = param(
        160,
        label="Largest cutout",
        minimum=64,
        maximum=2048,
        unit="px",
        help="Galaxies whose cutout is larger are measured on means of 2 x 2, 3 x 3, ... pixels.",
    )
    psf_fwhm_px: float = param(
        0.0,
        label="Seeing",
        minimum=0.0,
        maximum=30.0,
        step=0.1,
        unit="px",
        help="FWHM of the point spread function, for the Sersic fit, which then takes several "
        "times as long. 0: not known, and the index of small galaxies comes out too low.",
    )
    gain: float = param(
        0.0,
        label="Gain",
        minimum=0.0,
        maximum=1e9,
        unit="electrons per unit",
        help="Turns the data's unit into electrons, for the noise of the galaxy's own light. 0: "
        "not known; every pixel has the noise of the sky.",
    )


def measure_morphology(pixels: Pixels, params: MorphologyParams) -> dict[str, Any]:
    """Measure the shape of the galaxy at the centre with statmorph.

    Parameters
    ----------
    pixels : Pixels
    params : MorphologyParams

    Returns
    -------
    dict
        The seven statistics under statmorph's names, NaN where one has no value; radii in pixels
        of the stored image; flag (0 good, 1 suspect, 2 bad), flag_sersic, sn_per_pixel,
        sky_sigma, binned (how many pixels make one) and remark, what statmorph warned of.

    Raises
    ------
    BadInputError
        If there is no source at the centre, or it cannot be measured.

    References
    ----------
    Rodriguez-Gomez et al. 2019, MNRAS 483, 4140; Lotz, Primack & Madau 2004, AJ 128, 163;
    Conselice 2003, ApJS 147, 1.
    """
    plane = measured_plane(pixels, params.band)
    found, factor = _cut_to_size(plane, params)
    measured, remark = _statmorph(found, params, factor)
    values = {name: _value(measured[name]) for name in (*STATISTICS, *_QUALITY)}
    sizes = {name: _value(measured[name]) * factor for name in _SIZES}
    flags = {"flag": int(measured.flag), "flag_sersic": int(measured.flag_sersic)}
    return values | sizes | flags | {"binned": factor, "remark": remark}


def _cut_to_size(plane: NDArray[np.float64], params: MorphologyParams) -> tuple[Segmented, int]:
    """Segment an image, and again on means of pixels where the galaxy is large."""
    segment = partial(
        segment_centre, threshold_sigma=params.threshold_sigma, contrast=params.contrast
    )
    found = segment(plane)
    top, bottom, left, right = found.box
    factor = math.ceil(_EXTENT * max(bottom - top, right - left) / params.max_px)
    if factor == 1:
        return found, 1
    return segment(plane, binned=factor), factor


def _statmorph(found: Segmented, params: MorphologyParams, factor: int) -> tuple[Any, str]:
    """Run statmorph; returns what it measured and what it warned of."""
    from astropy.utils.exceptions import AstropyUserWarning

    from astro_core.features.statmorph_fast import FastMorphology

    noise: dict[str, Any] = (
        {"gain": params.gain * factor**2}
        if params.gain > 0
        else {"weightmap": np.full(found.plane.shape, found.sky_sigma)}
    )
    with warnings.catch_warnings(record=True) as seen, np.errstate(all="ignore"):
        warnings.simplefilter("always")
        try:
            measured = FastMorphology(
                found.plane,
                found.labels,
                found.label,
                quantities=(*_QUALITY, *STATISTICS, *_SIZES),
                psf=_psf(params.psf_fwhm_px / factor),
                cutout_extent=_EXTENT,
                sersic_model_args={"bounds": {"n": _SERSIC_BOUNDS}},
                **noise,
            )
        except _BROKEN as error:
            raise BadInputError("Its shape cannot be measured", given=str(error)) from error
    if measured.flag > BAD_FLAG:
        raise BadInputError("Its shape cannot be measured", given="no light above the sky")
    said = [str(w.message) for w in seen if issubclass(w.category, AstropyUserWarning)]
    return measured, " ".join(dict.fromkeys(said))


def _psf(fwhm_px: float) -> NDArray[np.float64] | None:
    if fwhm_px <= 0:
        return None
    from astropy.convolution import Gaussian2DKernel

    return np.asarray(Gaussian2DKernel(fwhm_px * _SIGMA_PER_FWHM).array)


def _value(number: float) -> float:
    return float(number) if math.isfinite(number) and number != _INVALID else math.nan


def _names(dataset: Dataset, params: MorphologyParams) -> tuple[str, ...]:  # noqa: ARG001
    return STATISTICS


def _summary(table: Any) -> str:
    """Say how far the measurements of a survey can be trusted."""
    flag = table["flag"].to_numpy()
    share = float((flag == 0).mean()) if len(flag) else 0.0
    return (
        f"7 shape statistics; {share:.0%} of {len(flag):,} without a flag, "
        f"{int((flag >= BAD_FLAG).sum()):,} flagged as bad"
    )


def _measure(pixels: Pixels, params: MorphologyParams) -> Mapping[str, Any]:
    return measure_morphology(pixels, params)


MORPHOLOGY = EXTRACTORS.add(
    ExtractorSpec(
        name="morphology",
        label="Shape statistics",
        description="Concentration, asymmetry, smoothness, Gini, M20, Sersic index and ellipticity "
        "of the source at the centre, cut out by its segmentation (statmorph). Pictures hold "
        "display pixels, not linear flux: their statistics compare within one survey only.",
        params=MorphologyParams,
        reference="Rodriguez-Gomez et al. 2019, MNRAS 483, 4140",
        names=_names,
        measure=_measure,
        chunk=16,
        seconds_per_object=0.2,
        version=2,
        summarise=_summary,
    )
)
