"""The statmorph library's measurements, with its slowest steps written anew.

Most of statmorph's time goes into turning the image by 180 degrees about some 150 trial centres.
A half turn needs no general rotation: every pixel of the result lies at the same place between
four pixels of the reversed image. Petrosian ellipses, which grow far beyond the image where the
light does not end, are evaluated inside it only, and once. Looking for an empty box of sky pixel
by pixel is slow where there is none; sums over boxes find it at once. What nobody asked for is not
measured. The numbers are the library's; a test compares them.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from astropy.utils import lazyproperty
from astropy.utils.exceptions import AstropyUserWarning
from numpy.typing import NDArray
from photutils.aperture import CircularAperture
from photutils.geometry import elliptical_overlap_grid
from statmorph import SourceMorphology

_OUTSIDE = 100.0  # what statmorph returns to keep its minimiser inside


def half_turn(image: NDArray[np.float64], centre: Sequence[float]) -> NDArray[np.float64]:
    """Turn an image by 180 degrees about a point, with linear interpolation; zero outside.

    Parameters
    ----------
    image : array, shape (height, width)
    centre : (x, y)
        In pixels, the middle of the first pixel is (0, 0).
    """
    height, width = image.shape
    (ys, fy), (xs, fx) = _reversed_places(centre[1], height), _reversed_places(centre[0], width)
    padded = np.zeros((height + 2, width + 2))
    padded[1:-1, 1:-1] = image
    rows = padded[np.clip(ys + 1, 0, height + 1)] * (1.0 - fy)
    rows += padded[np.clip(ys + 2, 0, height + 1)] * fy
    turned = rows[:, np.clip(xs + 1, 0, width + 1)] * (1.0 - fx)
    turned += rows[:, np.clip(xs + 2, 0, width + 1)] * fx
    return turned


def half_turn_mask(mask: NDArray[np.bool_], centre: Sequence[float]) -> NDArray[np.bool_]:
    """Turn a mask by 180 degrees about a point: the nearest pixel; False outside."""
    height, width = mask.shape
    ys = np.floor(2.0 * centre[1] - np.arange(height) + 0.5).astype(int)
    xs = np.floor(2.0 * centre[0] - np.arange(width) + 0.5).astype(int)
    inside = ((ys >= 0) & (ys < height))[:, None] & ((xs >= 0) & (xs < width))
    turned: NDArray[np.bool_] = mask[np.clip(ys, 0, height - 1)][:, np.clip(xs, 0, width - 1)]
    both: NDArray[np.bool_] = np.logical_and(turned, inside)
    return both


def _reversed_places(centre: float, size: int) -> tuple[NDArray[np.intp], float]:
    start = 2.0 * centre
    whole = int(np.floor(start))
    return whole - np.arange(size), start - whole


def first_empty_box(taken: NDArray[np.bool_], size: int) -> tuple[int, int] | None:
    """Return row and column of the first box of `size` pixels with nothing in it, if any."""
    height, width = taken.shape
    if height <= size or width <= size:
        return None
    sums = np.zeros((height + 1, width + 1), dtype=np.int64)
    np.cumsum(np.cumsum(taken, axis=0), axis=1, out=sums[1:, 1:])
    boxes = sums[size:, size:] - sums[:-size, size:] - sums[size:, :-size] + sums[:-size, :-size]
    empty = np.flatnonzero(boxes[: height - size, : width - size] == 0)
    return divmod(int(empty[0]), width - size) if len(empty) else None


def ellipse_weights(
    shape: tuple[int, int], centre: Sequence[float], axes: tuple[float, float], theta: float
) -> NDArray[np.float64]:
    """Return the share of each pixel of an image that lies within an ellipse.

    Parameters
    ----------
    shape : (height, width)
    centre : (x, y)
    axes : (a, b)
        Semimajor and semiminor axis, pixels.
    theta : float
        Angle of the first axis from x, radians.
    """
    height, width = shape
    (a, b), out = axes, np.zeros(shape)
    half_x = np.hypot(a * np.cos(theta), b * np.sin(theta))
    half_y = np.hypot(a * np.sin(theta), b * np.cos(theta))
    left, right = max(0, int(centre[0] - half_x)), min(width, int(centre[0] + half_x) + 2)
    top, bottom = max(0, int(centre[1] - half_y)), min(height, int(centre[1] + half_y) + 2)
    if right <= left or bottom <= top or min(axes) <= 0:
        return out
    edges_x = (left - 0.5 - centre[0], right - 0.5 - centre[0])
    edges_y = (top - 0.5 - centre[1], bottom - 0.5 - centre[1])
    exact = 1
    out[top:bottom, left:right] = elliptical_overlap_grid(
        *edges_x, *edges_y, right - left, bottom - top, a, b, theta, exact, 1
    )
    return out


class FastMorphology(SourceMorphology):  # type: ignore[misc]
    """`statmorph.SourceMorphology` for some quantities only, with a fast half turn.

    Parameters
    ----------
    quantities : tuple of str
        What is measured; flags are about these.
    """

    def __init__(self, *args: Any, quantities: tuple[str, ...], **kwargs: Any) -> None:
        self._quantities = quantities
        super().__init__(*args, **kwargs)

    def _calculate_morphology(self) -> None:
        for name in self._quantities:
            _ = self[name]

    @lazyproperty  # type: ignore[untyped-decorator]
    def _slice_skybox(self) -> tuple[slice, slice]:
        """Find a box of empty sky, halving it until one fits."""
        taken = self._segmap.data[self._slice_stamp] != 0
        if self._mask is not None:
            taken |= self._mask[self._slice_stamp]
        size = self._skybox_size
        while (found := first_empty_box(taken, size)) is None:
            if size <= 2:
                warnings.warn("[skybox] Skybox not found.", AstropyUserWarning, stacklevel=2)
                self.flag = 2
                return slice(0, 0), slice(0, 0)
            size //= 2
        return slice(found[0], found[0] + size), slice(found[1], found[1] + size)

    def _petrosian_function_ellip(
        self, a: float, center: Sequence[float], elongation: float, theta: float
    ) -> float:
        """Return flux on an ellipse over mean flux in it, less eta: eq. 4 of the same paper."""
        image, seen = self._cutout_stamp_maskzeroed, ~self._mask_stamp
        half = 0.5 * self._annulus_width
        disc, outer, inner = (
            ellipse_weights(image.shape, center, (r, r / elongation), theta) * seen
            for r in (a, a + half, a - half)
        )
        ring = outer - inner
        flux, mean = (
            abs(float((image * part).sum()) / area) if (area := float(part.sum())) else 0.0
            for part in (ring, disc)
        )
        if mean == 0.0:
            self.flag = 2
            return float(flux != 0.0) - float(self._eta)
        return flux / mean - float(self._eta)

    def _asymmetry_function(self, center: Sequence[float], image: NDArray[Any], kind: str) -> float:
        """Return the asymmetry about a point, as in eq. 10 of Lotz et al. 2004 (AJ 128, 163)."""
        height, width = image.shape
        inside = 0 <= center[0] < width and 0 <= center[1] < height
        if kind != "cas" or not inside:
            value: float = super()._asymmetry_function(center, image, kind)
            return value
        weights, where = self._aperture(center, (height, width))
        masked = self._mask_stamp
        if masked.any():
            masked = masked | half_turn_mask(masked, center)
        turned = half_turn(image, center)[where]
        kept = weights * ~masked[where]
        light = float((np.abs(image[where]) * kept).sum())
        if light == 0.0:
            self.flag = max(self.flag, 1)
            return _OUTSIDE
        change = float((np.abs(turned - image[where]) * kept).sum())
        if self._sky_asymmetry != -99.0:
            change -= float(kept.sum()) * self._sky_asymmetry
        return change / light

    def _aperture(
        self, center: Sequence[float], shape: tuple[int, int]
    ) -> tuple[NDArray[np.float64], tuple[slice, slice]]:
        radius = self._petro_extent_cas * self._rpetro_circ_centroid
        mask = CircularAperture(center, radius).to_mask(method="exact")
        where, inner = mask.get_overlap_slices(shape)
        return mask.data[inner], where
