"""What a model learned from, in small: enough to say how like it a new galaxy is.

The vectors of the training galaxies are kept along their principal axes, each axis scaled to the
spread that it has; what those axes leave out counts as one more (the residual of Wang et al.
2022, CVPR, "ViM"). A galaxy is as strange as the mean distance to its nearest neighbours among
them (Sun et al. 2022, ICML, "Out-of-distribution detection with deep nearest neighbors").
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from astro_core.classifiers.bundle_info import REFERENCE, checksum, read_info
from astro_core.errors import BadInputError
from astro_core.imaging.looks import LOOKS, looks

N_AXES = 48
N_NEIGHBOURS = 5
_LEAST_LEFT = 0.02  # of a vector's length; less is rounding
USUAL = 0.99  # share of galaxies kept aside that are not strange
Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Axes:
    """Principal axes of vectors.

    Attributes
    ----------
    mean : array, shape (width,)
    components : array, shape (n_axes, width)
        Divided by the spread along each.
    residual : float
        Usual length of what they leave out.
    """

    mean: Floats
    components: Floats
    residual: float

    @classmethod
    def of(cls, vectors: Floats) -> Axes:
        """Find the axes of training galaxies, shape (n, width)."""
        mean = vectors.mean(axis=0)
        centred = vectors - mean
        _, values, axes = np.linalg.svd(centred, full_matrices=False)
        n = min(N_AXES, len(values))
        spread = np.maximum(values[:n] / np.sqrt(len(vectors)), 1e-6)
        left = np.linalg.norm(centred - (centred @ axes[:n].T) @ axes[:n], axis=1)
        least = _LEAST_LEFT * np.median(np.linalg.norm(centred, axis=1))
        return cls(
            mean=mean.astype(np.float32),
            components=(axes[:n] / spread[:, None]).astype(np.float32),
            residual=float(max(np.median(left), least)),
        )

    def along(self, vectors: Floats) -> Floats:
        """Return places along the axes, and the residual last; shape (n, n_axes + 1)."""
        centred = vectors - self.mean
        places = centred @ self.components.T
        units = self.components / np.linalg.norm(self.components, axis=1, keepdims=True)
        left = np.linalg.norm(centred - (centred @ units.T) @ units, axis=1)
        return np.column_stack([places, left / self.residual]).astype(np.float32)


@dataclass(frozen=True, kw_only=True)
class Reference:
    """The galaxies that a model learned from.

    Attributes
    ----------
    object_ids, datasets, labels : tuple of str, length n
        Of each galaxy; the label is empty where none was learned.
    aside_ids : tuple of str
        Galaxies by which its training was stopped or calibrated.
    places : array, shape (n, n_axes + 1)
    usual : float
        Distance that all but a hundredth of the galaxies kept aside do not reach.
    framing : float or None
        Side of a galaxy's box over the side of its image, in the middle of the training galaxies.
    low, high : array, shape (4,)
        Between which `LOOKS` of all but a hundredth of the training images lie.
    """

    object_ids: tuple[str, ...]
    datasets: tuple[str, ...]
    labels: tuple[str, ...]
    aside_ids: tuple[str, ...]
    axes: Axes
    places: Floats
    usual: float
    framing: float | None
    low: Floats
    high: Floats

    def strangeness(self, vectors: Floats) -> Floats:
        """Return how unlike the training galaxies each is; above 1 only a hundredth of them are.

        Parameters
        ----------
        vectors : array, shape (n, width)
            As the model's embedding gives them.
        """
        distances, _ = _nearest(self.places, self.axes.along(vectors), N_NEIGHBOURS)
        return np.asarray(distances.mean(axis=1) / self.usual, dtype=np.float32)

    def nearest(self, vectors: Floats, k: int) -> NDArray[np.intp]:
        """Return which training galaxies are most alike, nearest first; shape (n, k)."""
        return _nearest(self.places, self.axes.along(vectors), k)[1]

    def odd_looks(self, pixels: NDArray[np.uint8]) -> list[tuple[str, ...]]:
        """Return, for each image, which of `LOOKS` the training images do not show."""
        odd = (looks(pixels) < self.low) | (looks(pixels) > self.high)
        return [tuple(np.array(LOOKS)[row].tolist()) for row in odd]


def make_reference(
    *,
    object_ids: Sequence[str],
    datasets: Sequence[str],
    labels: Sequence[str],
    aside_ids: Sequence[str],
    vectors: Floats,
    aside: Floats,
    pixels: NDArray[np.uint8],
    framing: float | None,
) -> Reference:
    """Describe what a model learned from.

    Parameters
    ----------
    vectors : array, shape (n, width)
        Of the galaxies that it learned from, in the order of the ids.
    aside : array, shape (m, width)
        Of galaxies that it did not learn from, in the order of `aside_ids`; they say what
        distance is usual.
    pixels : array of uint8, shape (n, size, size, 3)
        What the model was shown.
    """
    axes = Axes.of(vectors)
    places = axes.along(vectors)
    distances, _ = _nearest(places, axes.along(aside), N_NEIGHBOURS)
    seen = looks(pixels)
    tail = 50 * (1 - USUAL)
    return Reference(
        object_ids=tuple(object_ids),
        datasets=tuple(datasets),
        labels=tuple(labels),
        aside_ids=tuple(aside_ids),
        axes=axes,
        places=places,
        usual=float(np.quantile(distances.mean(axis=1), USUAL)),
        framing=framing,
        low=np.percentile(seen, tail, axis=0).astype(np.float32),
        high=np.percentile(seen, 100 - tail, axis=0).astype(np.float32),
    )


def _nearest(places: Floats, new: Floats, k: int) -> tuple[Floats, NDArray[np.intp]]:
    from scipy.spatial import KDTree

    return KDTree(places).query(new, k=np.arange(1, min(k, len(places)) + 1))


def write_reference(reference: Reference, path: Path) -> None:
    """Write a reference as an npz file; what is large in 16 bit."""
    with path.open("wb") as stream:
        np.savez_compressed(
            stream,
            object_ids=np.array(reference.object_ids, dtype=np.str_),
            datasets=np.array(reference.datasets, dtype=np.str_),
            labels=np.array(reference.labels, dtype=np.str_),
            aside_ids=np.array(reference.aside_ids, dtype=np.str_),
            mean=reference.axes.mean,
            components=reference.axes.components.astype(np.float16),
            places=reference.places.astype(np.float16),
            numbers=np.array(
                [reference.axes.residual, reference.usual, reference.framing or 0.0], np.float32
            ),
            low=reference.low,
            high=reference.high,
        )


def read_reference(folder: Path) -> Reference | None:
    """Read what a bundle says of the galaxies it learned from; None where it says nothing.

    Raises
    ------
    NotFoundError, BadInputError
        If there is no bundle, or the file was changed since it was saved.
    """
    info = read_info(folder)
    if REFERENCE not in info.files:
        return None
    path = folder / REFERENCE
    try:
        if info.files[REFERENCE] != checksum(path):
            raise ValueError("another one than was saved")
        with np.load(path, allow_pickle=False) as kept:
            return _read(kept)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise BadInputError(
            f"'{REFERENCE}' of the model '{info.name}' cannot be read", given=str(error)
        ) from None


def _read(kept: np.lib.npyio.NpzFile) -> Reference:
    residual, usual, framing = map(float, kept["numbers"])
    components = kept["components"].astype(np.float32)
    return Reference(
        object_ids=tuple(kept["object_ids"].tolist()),
        datasets=tuple(kept["datasets"].tolist()),
        labels=tuple(kept["labels"].tolist()),
        aside_ids=tuple(kept["aside_ids"].tolist()),
        axes=Axes(mean=kept["mean"], components=components, residual=residual),
        places=kept["places"].astype(np.float32),
        usual=usual,
        framing=framing or None,
        low=kept["low"],
        high=kept["high"],
    )
