"""What an acquisition function is: what is known of galaxies in, the order to look at them out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.errors import BadInputError
from astro_core.registry import Registry

Floats = NDArray[np.floating]
Rows = NDArray[np.intp]

NO_LABEL = -1
NEEDS = {
    "probabilities": "a model's probabilities",
    "members": "the answers of several models, or of one model several times",
    "set_threshold": "a model with a conformal threshold",
    "features": "features",
    "labels": "labels",
    "likes": "a galaxy to be like",
}
_SUM_WITHIN = 1e-3  # rows of probabilities, as they are stored


@dataclass(frozen=True, kw_only=True, eq=False)
class Pool:
    """Galaxies that may be looked at, and what is known of them; all else than ids is optional.

    Attributes
    ----------
    object_ids : tuple of str
        Those to choose from, n of them.
    probabilities : array of float, shape (n, n_classes)
        Calibrated, of exclusive classes.
    members : array of float, shape (n_members, n, n_classes)
        Probabilities by each of several models, or by one model several times.
    set_threshold : float
        A class belongs to the prediction set from this probability on.
    features : array of float, shape (n, n_features)
    covered : array of float, shape (m, n_features)
        Features of galaxies that people have labelled already.
    likes : array of float, shape (m, n_features)
        Features of the galaxies to be like.
    labels : array of int, shape (n,)
        What people said; -1 for nothing.
    learned : array of bool, shape (n,)
        Galaxies that made the model; nothing is said of them by default.

    Raises
    ------
    BadInputError
        If shapes do not match, a number is missing, or probabilities do not sum to one.
    """

    object_ids: tuple[str, ...]
    probabilities: Floats | None = None
    members: Floats | None = None
    set_threshold: float | None = None
    features: Floats | None = None
    covered: Floats | None = None
    likes: Floats | None = None
    labels: NDArray[np.integer] | None = None
    learned: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        n = len(self.object_ids)
        if len(set(self.object_ids)) != n:
            raise BadInputError("A galaxy is in the pool twice")
        for name, axis in (("probabilities", 0), ("members", 1), ("features", 0)):
            _check_numbers(name, getattr(self, name), n, axis)
        for name in ("labels", "learned"):
            _check_rows(name, getattr(self, name), n, 0)
        for name in ("covered", "likes"):
            _check_numbers(name, getattr(self, name), None, 0)
            _check_width(name, getattr(self, name), self.features)
        for values in (self.probabilities, self.members):
            _check_sums(values)

    def __len__(self) -> int:
        return len(self.object_ids)

    def rows(self, rows: Rows) -> Pool:
        """The same of some of the galaxies, in that order."""

        def of(values: NDArray[Any] | None) -> NDArray[Any] | None:
            return None if values is None else values[rows]

        return Pool(
            object_ids=tuple(self.object_ids[i] for i in rows),
            probabilities=of(self.probabilities),
            members=None if self.members is None else self.members[:, rows],
            set_threshold=self.set_threshold,
            features=of(self.features),
            covered=self.covered,
            likes=self.likes,
            labels=of(self.labels),
            learned=of(self.learned),
        )


def _check_rows(name: str, values: NDArray[np.generic] | None, n: int | None, axis: int) -> None:
    if values is None or n is None:
        return
    if values.ndim <= axis or values.shape[axis] != n:
        raise BadInputError(
            f"The {name} do not belong to these galaxies",
            expected=f"{n:,} rows, one for each",
            given=f"an array of shape {values.shape}",
        )


def _check_numbers(name: str, values: Floats | None, n: int | None, axis: int) -> None:
    _check_rows(name, values, n, axis)
    if values is not None and not np.isfinite(values).all():
        bad = int((~np.isfinite(values)).sum())
        raise BadInputError(
            f"Some {name} are not numbers",
            given=f"{bad:,} of {values.size:,} missing or infinite",
            todo="Leave those galaxies out",
        )


def _check_width(name: str, values: Floats | None, features: Floats | None) -> None:
    if values is None:
        return
    if features is None or values.ndim != 2 or values.shape[1] != features.shape[1]:
        raise BadInputError(
            f"The vectors in '{name}' do not belong to these features",
            expected="no vectors" if features is None else f"{features.shape[1]} columns",
            given=f"an array of shape {values.shape}",
        )


def _check_sums(values: Floats | None) -> None:
    if values is None or not values.size:
        return
    if values.min() < 0 or abs(values.sum(axis=-1) - 1).max() > _SUM_WITHIN:
        raise BadInputError(
            "These are no probabilities of exclusive classes",
            expected="numbers from 0 on that sum to 1 for each galaxy",
        )


Order = Callable[[Pool, int, np.random.Generator], Rows]


@dataclass(frozen=True, kw_only=True)
class AcquisitionSpec:
    """One way to choose which galaxies people look at next.

    Attributes
    ----------
    name, label, description : str
        What a person types, what a page shows, and one sentence on when it serves.
    needs : tuple of str
        Fields of `Pool` that must be there; see `NEEDS`.
    order : callable
        ``order(pool, size, rng) -> rows``: places in the pool, the first to look at first,
        none twice. At least `size` of them where that many qualify; it may give more. Whatever
        is drawn, is drawn from `rng`.
    selective : bool
        Whether galaxies may not qualify at all, so that there can be fewer than were asked for.
    reference : str
        The paper, where there is one.
    """

    name: str
    label: str
    description: str
    needs: tuple[str, ...]
    order: Order
    selective: bool = False
    reference: str = ""

    def lacks(self, pool: Pool) -> tuple[str, ...]:
        """What it needs and the pool does not have, in words."""
        return tuple(NEEDS[name] for name in self.needs if getattr(pool, name) is None)


def highest_first(scores: Floats, rng: np.random.Generator) -> Rows:
    """Return rows by falling score; equal ones come in an order that is drawn."""
    rows: Rows = np.lexsort((rng.random(len(scores)), -np.asarray(scores, dtype=float)))
    return rows


ACQUISITIONS: Registry[AcquisitionSpec] = Registry("way to choose galaxies")
