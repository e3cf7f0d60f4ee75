"""Finding galaxies by their light: sky, threshold, deblending, and what is too sharp is a star."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.detection.registry import FINDERS, FinderSpec, Image
from astro_core.domain import Boxes, Pixels, no_boxes
from astro_core.errors import BadInputError
from astro_core.features.segmentation import SourceParams, deblending, measured_plane
from astro_core.imaging import sky_level
from astro_core.params import param

_SKY_BOX_PX = 128  # the sky may vary from one box of this side to the next
_LEAST_NOISE = 1.0  # of a picture's 255 levels: its sky may be cut off at black
_STANDS_OUT = 6.0  # of the noise that smoothing leaves: in most pictures neighbours share theirs
_MOST_PEAKS = 8192  # in one source: SEP's own 1,024 are too few for a globular cluster
_FWHM_TO_SIGMA = 0.4247
_SPREAD, _STEEP = 25.0, 2.5  # fitted to simulated stamps and fields, pictures and measured values


@dataclass(frozen=True, kw_only=True)
class ExtractionParams(SourceParams):
    """How light becomes boxes."""

    contrast: float = deblending(0.1)
    smoothing_fwhm_px: float = param(
        3.0,
        label="Smoothing",
        minimum=0.0,
        maximum=20.0,
        step=0.5,
        unit="px",
        help="Width of the filter before the threshold; about that of a star. 0 is none.",
    )
    min_area_px: int = param(
        10,
        label="Smallest area",
        minimum=1,
        maximum=100_000,
        unit="px",
        help="Sources of fewer pixels are left out.",
    )
    least_score: float = param(
        0.2,
        label="Smallest score",
        minimum=0.0,
        maximum=1.0,
        step=0.05,
        help="Sources less likely than this to be a galaxy are left out; most of them are stars.",
    )


def extract(plane: NDArray[Any], params: ExtractionParams, *, least_noise: float = 0.0) -> Boxes:
    """Find the sources in one plane.

    What is `threshold_sigma` above the sky after smoothing is a source; one with several peaks
    is taken apart (SExtractor: Bertin & Arnouts 1996, A&AS 117, 393; SEP: Barbary 2016, JOSS 1,
    58). A box holds all pixels of a source. A star is small for its brightness: the score is how
    often a source as large for its brightness was a galaxy on simulated images.

    Parameters
    ----------
    plane : array, shape (height, width)
        NaN where there is no data.
    least_noise : float
        Noise of the sky per pixel, at the least, in the units of the plane.

    Returns
    -------
    Boxes
        In the array: y counts from the first row. The surest first.

    Raises
    ------
    BadInputError
        If the light cannot be taken apart.
    """
    from scipy.ndimage import gaussian_filter

    bad = ~np.isfinite(plane)
    values, sigma = _above_sky(np.where(bad, 0.0, plane).astype(np.float32), bad)
    sigma = max(sigma, least_noise)
    if not sigma > 0.0:
        return no_boxes()
    smooth = gaussian_filter(np.where(bad, 0.0, values), params.smoothing_fwhm_px * _FWHM_TO_SIGMA)
    ripple = _above_sky(smooth, bad)[1]
    threshold = max(params.threshold_sigma * sigma, _STANDS_OUT * ripple)
    boxes = _boxes(_sources(smooth, bad, threshold, params), sigma)
    return boxes.take(boxes.scores >= params.least_score)


def _sources(
    smooth: NDArray[Any], bad: NDArray[np.bool_], threshold: float, params: ExtractionParams
) -> NDArray[Any]:
    import sep

    sep.set_extract_pixstack(max(300_000, smooth.size))
    sep.set_sub_object_limit(_MOST_PEAKS)
    try:
        return np.asarray(
            sep.extract(
                smooth,
                threshold,
                mask=bad,
                minarea=params.min_area_px,
                filter_kernel=None,
                deblend_cont=params.contrast,
            )
        )
    except Exception as error:  # noqa: BLE001 - SEP raises nothing narrower
        raise BadInputError(
            "The light in this picture cannot be taken apart into sources",
            given=str(error),
            todo="Cut out a part of it, or use another finder",
        ) from None


def _above_sky(plane: NDArray[np.float32], bad: NDArray[np.bool_]) -> tuple[NDArray[Any], float]:
    """Return the plane without its sky, and the noise of the sky per pixel."""
    import sep

    if min(plane.shape) < 4 * _SKY_BOX_PX:  # a galaxy may fill a box: the frame is the sky
        sky = sky_level(np.where(bad, np.nan, plane))
        return plane - np.float32(sky.level), sky.sigma
    sky = sep.Background(plane, mask=bad, bw=_SKY_BOX_PX, bh=_SKY_BOX_PX)
    return plane - sky.back(dtype=np.float32), float(sky.globalrms)


def _boxes(found: NDArray[Any], sigma: float) -> Boxes:
    brightness = found["flux"] / (found["npix"] * sigma)
    scores = 1.0 / (1.0 + (_SPREAD * brightness / found["npix"]) ** _STEEP)
    order = np.argsort(-scores, kind="stable")
    ends = [found["xmin"], found["ymin"], found["xmax"] + 1, found["ymax"] + 1]
    return Boxes(corners=np.stack(ends, axis=1)[order], scores=scores[order])


def _find(image: Image, params: ExtractionParams) -> Boxes:
    return extract(image.mean(axis=2, dtype=np.float32), params, least_noise=_LEAST_NOISE)


def _measure(pixels: Pixels, params: ExtractionParams) -> Boxes:
    return extract(measured_plane(pixels, ""), params)


FINDERS.add(
    FinderSpec(
        name="source-extraction",
        label="Source extraction",
        description="What stands out from the sky, taken apart where sources touch. Knows no "
        "galaxies, only light; needs no training.",
        params=ExtractionParams,
        find=_find,
        measure=_measure,
        reference="Bertin & Arnouts 1996, A&AS 117, 393; Barbary 2016, JOSS 1, 58 (SEP)",
    )
)
