"""What an extractor of features is: pixels in, one vector per galaxy out.

There are two ways to run. A *stamp* extractor (`learn`) streams over the rendered images of all
objects and may learn something from them, as principal components do. An *object* extractor
(`measure`) looks at the science pixels of one object at a time; the objects are spread over all
cores, and what was measured is kept when the run is stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Dataset, Pixels, Progress, RenderRecipe
from astro_core.registry import Registry

Stamps = NDArray[np.uint8]
Model = Mapping[str, NDArray[Any]]


class Checkpoint(Protocol):
    """Where a stamp extractor keeps how far it is, so that it can go on after its process died."""

    def load(self) -> dict[str, NDArray[Any]] | None:
        """Return what was saved last; None when there is nothing."""
        ...

    def save(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Keep these arrays in place of the last ones."""
        ...


@dataclass(frozen=True, kw_only=True)
class StampSource:
    """Rendered images on disk, read a batch at a time, never mapped: memory stays small.

    Attributes
    ----------
    path : Path
        A ``.npy`` file of uint8, shape (n_images, size_px, size_px, 3), C order.
    offset : int
        Bytes before the first image.
    size_px : int
    rows : array of int, shape (n_objects,)
        Which images are meant, in the order of the features.
    """

    path: Path
    offset: int
    size_px: int
    rows: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.rows)

    def read(self, which: slice | NDArray[np.intp]) -> Stamps:
        """Return the images of some of the objects, shape (n, size_px, size_px, 3)."""
        rows = self.rows[which]
        stamps = np.empty((len(rows), self.size_px, self.size_px, 3), dtype=np.uint8)
        with self.path.open("rb", buffering=0) as stream:
            for stamp, row in zip(stamps, rows, strict=True):
                stream.seek(self.offset + int(row) * stamp.nbytes)
                stream.readinto(stamp.data)
        return stamps


@dataclass(frozen=True, kw_only=True)
class Learned:
    """What a stamp extractor returns.

    Attributes
    ----------
    values : array of float32, shape (n_objects, n_features)
        In the order of the source.
    names : tuple of str
        One per column.
    model : Mapping of arrays
        What it learned, kept beside the features.
    summary : str
        One line for a list: what the vectors hold, with numbers.
    """

    values: NDArray[np.float32]
    names: tuple[str, ...]
    model: Model = field(default_factory=dict)
    summary: str = ""


def always_available(dataset: Dataset) -> str:  # noqa: ARG001
    """Return no reason why an extractor could not be used."""
    return ""


@dataclass(frozen=True, kw_only=True)
class ExtractorSpec:
    """One way from pixels to vectors. It has either `learn` or `measure`.

    Attributes
    ----------
    label, description : str
        What a page shows.
    params : type
        The dataclass of its settings.
    unavailable : callable
        ``unavailable(dataset) -> str``: why it cannot be used on a dataset, "" if it can.
    reference : str
        The paper or the seed it follows.
    settle : callable or None
        ``settle(dataset, params) -> params``: settings with what was left open filled in, before
        anything else sees them. Raises BadInputError or NotFoundError if they cannot be used.
    learn : callable or None
        ``learn(source, params, progress, checkpoint) -> Learned`` over a `StampSource`. Calls
        ``progress`` between batches, which raises `Cancelled` when it should stop.
    recipe : callable or None
        ``recipe(recipe, params, sides) -> (RenderRecipe, notes)``: how the stamps are rendered,
        given the dataset's own recipe and the shorter side of every image in pixels, shape (n,).
        Needed with `learn`.
    show : callable or None
        ``show(stamps, params) -> stamps``: stamps as `learn` saw them, to look at.
    reconstruct : callable or None
        ``reconstruct(model, vectors) -> stamps``: vectors of shape (n, n_features) back to images.
    names : callable or None
        ``names(dataset, params) -> tuple of str``: the columns that `measure` fills. Needed with
        `measure`.
    measure : callable or None
        ``measure(pixels, params) -> Mapping[str, float]`` of one object, all bands, science units.
        NaN stands for a statistic that has no value. Entries beyond `names` (flags, errors,
        texts) are kept beside the features but are none. Raises BadInputError, in words, for
        an object that cannot be measured at all.
    chunk : int
        Objects that one call on a worker measures; it should take a few seconds.
    seconds_per_object : float
        What one object takes on one core, roughly, so that a page can say it beforehand.
    version : int
        Raised when its numbers change, so that stored features are not taken for new ones.
    summarise : callable or None
        ``summarise(table) -> str``: one line from the table of what was measured.
    """

    name: str
    label: str
    description: str
    params: type[Any]
    unavailable: Callable[[Dataset], str] = always_available
    reference: str = ""
    settle: Callable[[Dataset, Any], Any] | None = None
    learn: Callable[[StampSource, Any, Progress, Checkpoint], Learned] | None = None
    recipe: (
        Callable[[RenderRecipe, Any, NDArray[np.int64]], tuple[RenderRecipe, tuple[str, ...]]]
        | None
    ) = None
    show: Callable[[Stamps, Any], Stamps] | None = None
    reconstruct: Callable[[Model, NDArray[np.float32]], Stamps] | None = None
    names: Callable[[Dataset, Any], tuple[str, ...]] | None = None
    measure: Callable[[Pixels, Any], Mapping[str, Any]] | None = None
    chunk: int = 64
    seconds_per_object: float = 0.01
    version: int = 1
    summarise: Callable[[Any], str] | None = None


EXTRACTORS: Registry[ExtractorSpec] = Registry("feature extractor")
