"""The one door to all ways of choosing: checked, seeded, with a random share to stay honest."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from astro_core.errors import BadInputError
from astro_core.labels.acquisition.registry import ACQUISITIONS, AcquisitionSpec, Pool, Rows


@dataclass(frozen=True, kw_only=True, eq=False)
class Chosen:
    """Galaxies in the order in which to look at them.

    Attributes
    ----------
    object_ids : tuple of str
    control : array of bool, shape (n,)
        Those that were drawn from the whole pool, whatever the strategy thinks of them. Shares
        and error rates found on them alone hold for the pool.
    """

    object_ids: tuple[str, ...]
    control: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.object_ids)


def choose(
    pool: Pool, strategy: str, size: int, *, seed: int = 0, control_share: float = 0.0
) -> Chosen:
    """Choose galaxies to look at.

    The order does not depend on the order of the pool: the same galaxies and seed give the same.

    Parameters
    ----------
    strategy : str
        Name in `ACQUISITIONS`.
    size : int
        At most so many; fewer where the pool is smaller or fewer qualify.
    control_share : float
        Share of them that is drawn at random instead and mixed in, from 0 to 1.

    Raises
    ------
    NotFoundError
        If there is no such strategy.
    BadInputError
        If size or share make no sense, or the pool is empty or lacks what the strategy needs.
    """
    spec = ACQUISITIONS.get(strategy)
    _check(pool, spec, size, control_share)
    ids = np.array(pool.object_ids, dtype=object)
    sorted_rows = np.argsort(ids)
    rng, mixing = (np.random.default_rng((seed, part)) for part in (0, 1))
    whole = pool.rows(sorted_rows)
    size = min(size, len(pool))
    rows = _whole_order(spec, whole, size, rng)[:size]
    rows, control = _mixed(rows, len(pool), size, control_share, mixing)
    return Chosen(object_ids=tuple(ids[sorted_rows[rows]]), control=control)


def _check(pool: Pool, spec: AcquisitionSpec, size: int, control_share: float) -> None:
    if size < 1:
        raise BadInputError("A queue needs galaxies", expected="a size from 1 on", given=f"{size}")
    if not (math.isfinite(control_share) and 0 <= control_share <= 1):
        raise BadInputError("This is no share", expected="0 to 1", given=f"{control_share}")
    if not len(pool):
        raise BadInputError("There is no galaxy to choose from")
    lacking = spec.lacks(pool)
    if lacking:
        raise BadInputError(f"'{spec.label}' needs {' and '.join(lacking)}", given="none")
    if pool.likes is not None and not len(pool.likes):
        raise BadInputError(f"'{spec.label}' needs a galaxy to be like", given="none")


def _whole_order(spec: AcquisitionSpec, pool: Pool, size: int, rng: np.random.Generator) -> Rows:
    rows = np.asarray(spec.order(pool, size, rng), dtype=np.intp)
    assert len(np.unique(rows)) == len(rows), f"'{spec.name}' gives a galaxy twice"
    return rows


def _mixed(
    rows: Rows, n: int, size: int, share: float, rng: np.random.Generator
) -> tuple[Rows, NDArray[np.bool_]]:
    """Put galaxies that were drawn from all n in the place of the last ones, at any place."""
    n_control = round(share * size)
    if not n_control:
        return rows, np.zeros(len(rows), dtype=bool)
    drawn = rng.permutation(n)[:n_control]
    kept = rows[~np.isin(rows, drawn)][: size - n_control]
    total = len(kept) + len(drawn)
    control = np.zeros(total, dtype=bool)
    control[rng.permutation(total)[:n_control]] = True
    out = np.empty(total, dtype=np.intp)
    out[control], out[~control] = drawn, kept
    return out, control
