"""The plane of UMAP: galaxies that are neighbours among the features are neighbours on the map."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Features, Progress
from astro_core.params import param

METRICS = ("euclidean", "cosine", "manhattan")
EXACT_UP_TO = 50_000  # neighbours of more galaxies than this are searched for approximately
_MANY = 10_000  # where umap itself takes fewer epochs
_EPOCHS, _EPOCHS_OF_MANY = 500, 200
_BLOCK_ROWS = 1024
_OPTIONAL = "umap.parametric_umap"


@dataclass(frozen=True, kw_only=True)
class UmapParams:
    """Settings of UMAP."""

    n_neighbors: int = param(
        15,
        label="Neighbours",
        minimum=2,
        maximum=200,
        help="How many neighbours of each galaxy count: few show fine structure, many the whole.",
    )
    min_dist: float = param(
        0.1,
        label="Minimum distance",
        minimum=0.0,
        maximum=0.99,
        step=0.01,
        help="How tightly points may be packed: 0 for dense clumps, towards 1 for an even spread.",
    )
    metric: str = param(
        "euclidean",
        label="Distance",
        choices=METRICS,
        help="How far apart two galaxies are among the features.",
    )
    seed: int = param(
        0, label="Seed", minimum=0, maximum=2**31 - 1, help="Same seed, same map, if reproducible."
    )
    reproducible: bool = param(
        True,
        label="Reproducible",
        help="On: seeded, on one core, the same map every time. Off: on all cores, faster where "
        "they are idle, and a little different every time.",
    )


def umap_plane(
    features: Features, params: UmapParams, progress: Progress
) -> tuple[NDArray[np.float32], str]:
    """Lay galaxies out by UMAP.

    Up to 50,000 galaxies the neighbours are exact and found here, block by block; beyond that
    umap searches for them approximately. The phases that umap does in one piece report no
    share of what is done.

    Returns
    -------
    xy : array of float32, shape (n_objects, 2)
        NaN for a galaxy without any neighbour.
    note : str

    References
    ----------
    McInnes, Healy & Melville 2018, arXiv:1802.03426.
    """
    values = features.values
    n = len(values)
    k = min(params.n_neighbors, n - 1)
    progress(0, 0, "Loading UMAP")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with _without_networks():
            import umap
        known = None
        if n <= EXACT_UP_TO:
            known = neighbours(values, k, params.metric, progress)
        progress(0, 0, "Joining neighbours into a graph")
        xy = umap.UMAP(
            n_neighbors=k,
            min_dist=params.min_dist,
            metric=params.metric,
            n_epochs=_EPOCHS if n <= _MANY else _EPOCHS_OF_MANY,
            random_state=params.seed if params.reproducible else None,
            n_jobs=1 if params.reproducible else -1,
            tqdm_kwds={"disable": False, "file": _Epochs(n, progress), "bar_format": "{n}"},
            **({} if known is None else {"precomputed_knn": known}),
        ).fit_transform(values)
    return np.asarray(xy, dtype=np.float32), _note(params, k, [str(w.message) for w in caught])


def neighbours(
    values: NDArray[np.float32], k: int, metric: str, progress: Progress
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Find the `k` nearest galaxies of each, itself first, by comparing all with all.

    Returns
    -------
    indices : array of int64, shape (n_objects, k)
    distances : array of float32, shape (n_objects, k)
    """
    from sklearn.neighbors import NearestNeighbors

    n = len(values)
    index = NearestNeighbors(n_neighbors=min(k + 1, n), algorithm="brute", metric=metric)
    index.fit(values)
    rows = np.empty((n, k), dtype=np.int64)
    far = np.empty((n, k), dtype=np.float32)
    for start in range(0, n, _BLOCK_ROWS):
        progress(start, n, "Finding neighbours")
        block = slice(start, min(start + _BLOCK_ROWS, n))
        distances, found = index.kneighbors(values[block])
        rows[block], far[block] = _itself_first(np.arange(n)[block], found, distances, k)
    return rows, far


def _itself_first(
    own: NDArray[np.intp], found: NDArray[np.intp], distances: NDArray[Any], k: int
) -> tuple[NDArray[np.intp], NDArray[Any]]:
    """Put each galaxy first in its list; among equals, or by rounding, it may not be."""
    away = np.where(found == own[:, None], -1.0, distances)
    order = np.argsort(away, axis=1, kind="stable")[:, :k]
    rows = np.take_along_axis(found, order, axis=1)
    far = np.take_along_axis(distances, order, axis=1)
    rows[:, 0], far[:, 0] = own, 0.0
    return rows, far


@contextmanager
def _without_networks() -> Iterator[None]:
    """Let umap believe that TensorFlow is not installed: only parametric UMAP needs it.

    Loading it takes several seconds and a gigabyte of memory.
    """
    if "umap" in sys.modules:
        yield
        return
    sys.modules[_OPTIONAL] = None  # type: ignore[assignment] # as importlib's documentation says
    try:
        yield
    finally:
        del sys.modules[_OPTIONAL]


class _Epochs:
    """A file for tqdm's bar: what umap would print on a terminal becomes our progress."""

    def __init__(self, n: int, progress: Progress) -> None:
        self._total = _EPOCHS if n <= _MANY else _EPOCHS_OF_MANY
        self._progress = progress

    def write(self, text: str) -> None:
        """Report the epoch in `text`."""
        if (done := text.strip()).isdigit():
            self._progress(int(done), self._total, "Arranging galaxies, round by round")

    def flush(self) -> None:
        """Nothing is held back."""


def _note(params: UmapParams, k: int, warned: list[str]) -> str:
    said = [f"Laid out by {k} neighbours."]
    if k < params.n_neighbors:
        said.append(f"There are too few galaxies for {params.n_neighbors} neighbours.")
    if any("not fully connected" in text for text in warned):
        said.append(
            "Some parts of the map share no neighbour; how far apart those lie means nothing."
        )
    if not params.reproducible:
        said.append("Computed without a seed: the next one will differ a little.")
    return " ".join(said)
