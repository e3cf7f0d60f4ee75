"""What looking into a network gives: maps over the image, and pictures of what its layers see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.errors import NotFoundError

Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Maps:
    """One map over the image for each answer of a head: what spoke for it, and where.

    Attributes
    ----------
    outputs : tuple of str
        Classes or vote answers, one map each.
    values : array of float32, shape (n_outputs, height, width)
        At the resolution they were found at, in the method's own unit. Above zero: it speaks for
        the answer; below: against it.
    size_px : int
        Side of the image.
    """

    outputs: tuple[str, ...]
    values: Floats
    size_px: int

    def place(self, output: str) -> int:
        """Return the place of an answer.

        Raises
        ------
        NotFoundError
            If there is no map of it.
        """
        if output not in self.outputs:
            raise NotFoundError(
                f"There is no map for '{output}'", expected="one of " + ", ".join(self.outputs)
            )
        return self.outputs.index(output)

    def raw_max(self, output: str) -> float:
        """The largest value of a map, in the method's own unit; 0 where none is above zero."""
        return max(0.0, float(self.values[self.place(output)].max()))

    def is_zero(self, output: str) -> bool:
        """Whether nothing in the image speaks for the answer."""
        return self.raw_max(output) <= 0.0

    def signed(self, output: str) -> Floats:
        """Return the map of an answer in the size of the image, shape (size_px, size_px)."""
        return enlarge(self.values[self.place(output)], self.size_px)

    def shown(self, output: str) -> Floats:
        """Return what speaks for an answer, 0 to 1, shape (size_px, size_px); zeros if nothing."""
        above = enlarge(np.maximum(self.values[self.place(output)], 0), self.size_px)
        return scaled(above, float(above.max()))


@dataclass(frozen=True, kw_only=True, eq=False)
class Cams:
    """Class activation maps of every answer, taken at one layer.

    Attributes
    ----------
    layer : str
    gradcam, gradcam_pp : Maps
        Grad-CAM and Grad-CAM++.
    """

    layer: str
    gradcam: Maps
    gradcam_pp: Maps


@dataclass(frozen=True, kw_only=True, eq=False)
class Occlusion:
    """How far each answer falls where a patch hides the image.

    Attributes
    ----------
    maps : Maps
    patch_px, step_px : int
    """

    maps: Maps
    patch_px: int
    step_px: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Activations:
    """What the maps of one layer show for an image.

    Attributes
    ----------
    layer : str
    n_maps : int
        Maps the layer has; the first of them may be all that was kept.
    values : array of float32, shape (n, height, width)
        Each from 0 to 1.
    raw_min, raw_max : array of float32, shape (n,)
        What 0 and 1 stand for; a map whose two are equal is the same everywhere.
    """

    layer: str
    n_maps: int
    values: Floats
    raw_min: Floats
    raw_max: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Filters:
    """Images that excite filters of a layer most, made by gradient ascent.

    Attributes
    ----------
    layer : str
    n_filters : int
        Filters the layer has.
    indices : tuple of int
        Filters that were looked at, counted from 0.
    images : array of uint8, shape (n, size, size, 3)
    before, after : array of float32, shape (n,)
        Mean activation on the noise it began with, and in the end.
    """

    layer: str
    n_filters: int
    indices: tuple[int, ...]
    images: NDArray[np.uint8]
    before: Floats
    after: Floats

    @property
    def dead(self) -> NDArray[np.bool_]:
        """Filters that no step could excite, shape (n,)."""
        grown: NDArray[np.bool_] = self.after <= self.before
        return grown


@dataclass(frozen=True, kw_only=True, eq=False)
class Rotation:
    """What a model says of one galaxy in many orientations.

    Attributes
    ----------
    views : tuple of str
        "0°", "90°" ... , those of the mirror image with "mirrored" behind.
    angles_deg : array of float32, shape (n_views,)
    mirrored : array of bool, shape (n_views,)
    outputs : tuple of str
    answers : array of float32, shape (n_views, n_outputs)
        Turned back where a mirror image exchanges answers.
    images : array of uint8, shape (n_views, size, size, 3)
    maps : array of float32, shape (n_views, n_outputs, height, width)
        Grad-CAM of each view, turned back; only for quarter turns, else without views.
    """

    views: tuple[str, ...]
    angles_deg: Floats
    mirrored: NDArray[np.bool_]
    outputs: tuple[str, ...]
    answers: Floats
    images: NDArray[np.uint8]
    maps: Floats

    @property
    def n_views(self) -> int:
        """Number of orientations."""
        return len(self.views)

    @property
    def usual(self) -> str:
        """The answer that is on top most often."""
        tops = np.bincount(self.answers.argmax(axis=1), minlength=len(self.outputs))
        return self.outputs[int(tops.argmax())]

    @property
    def n_agreeing(self) -> int:
        """Orientations in which the usual answer is on top."""
        return int((self.answers.argmax(axis=1) == self.outputs.index(self.usual)).sum())

    def spread(self, output: str) -> float:
        """Standard deviation of an answer over the orientations."""
        return float(self.answers[:, self.outputs.index(output)].std())

    def map_agreement(self, output: str) -> float | None:
        """Mean correlation of each view's map with the mean map, -1 to 1.

        None where there are no maps, or a map is the same everywhere.
        """
        if not len(self.maps):
            return None
        flat = self.maps[:, self.outputs.index(output)].reshape(len(self.maps), -1)
        if not (flat.std(axis=1) > 0).all() or not flat.mean(axis=0).std() > 0:
            return None
        mean = flat.mean(axis=0)
        return float(np.mean([np.corrcoef(view, mean)[0, 1] for view in flat]))


@dataclass(frozen=True, kw_only=True, eq=False)
class Integrated:
    """Integrated gradients of one answer.

    Attributes
    ----------
    maps : Maps
        Of that answer alone; the share of each pixel in the difference.
    answer, baseline : float
        What the model says of the image, and of the picture that shows nothing.
    total : float
        Sum of the shares, which should be ``answer - baseline``.
    steps : int
        Pictures between the two that were asked about.
    """

    maps: Maps
    answer: float
    baseline: float
    total: float
    steps: int

    @property
    def gap(self) -> float:
        """What the shares miss of the difference."""
        return self.total - (self.answer - self.baseline)


def enlarge(values: NDArray[Any], size: int) -> Floats:
    """Enlarge a map to a square of side `size`, bilinearly; its corners cover the image's."""
    values = np.asarray(values, dtype=np.float32)
    if values.shape == (size, size):
        return values
    rows, columns = (_weights(n, size) for n in values.shape)
    out: Floats = (rows @ values @ columns.T).astype(np.float32)
    return out


def _weights(n: int, size: int) -> Floats:
    """Weight of each of `n` cells in each of `size` pixels, shape (size, n)."""
    at = np.clip((np.arange(size) + 0.5) * n / size - 0.5, 0, n - 1)
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, n - 1)
    share = (at - low).astype(np.float32)
    weights = np.zeros((size, n), dtype=np.float32)
    np.add.at(weights, (np.arange(size), low), 1 - share)
    np.add.at(weights, (np.arange(size), high), share)
    return weights


def scaled(values: NDArray[Any], raw_max: float) -> Floats:
    """Return values above zero as shares of `raw_max`; zeros where that is zero."""
    if not raw_max > 0:
        return np.zeros(np.shape(values), dtype=np.float32)
    shares: Floats = np.clip(np.asarray(values) / raw_max, 0, 1).astype(np.float32)
    return shares
