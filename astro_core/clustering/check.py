"""Whether features can be grouped, said in sentences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Features
from astro_core.errors import BadInputError

NAMED = 3
SMALLEST, LARGEST = 1e-12, 1e15


@dataclass(frozen=True, kw_only=True)
class Usable:
    """The part of some features that can be grouped.

    Attributes
    ----------
    object_ids : tuple of str
    values : array of float32, shape (n, n_features)
        Finite and read-only; the very array of the features where no row was dropped.
    dropped : tuple of (object_id, reason)
    notes : tuple of str
    """

    object_ids: tuple[str, ...]
    values: NDArray[np.float32]
    dropped: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def _some(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _without_gaps(features: Features) -> Usable:
    """Leave out every galaxy that has a feature which is not a finite number."""
    finite = np.isfinite(features.values)
    whole = finite.all(axis=1)
    if whole.all():
        return Usable(object_ids=features.object_ids, values=features.values)
    dropped = []
    for row in np.flatnonzero(~whole):
        missing = [features.names[c] for c in np.flatnonzero(~finite[row])]
        are = "is no finite number" if len(missing) == 1 else "are no finite numbers"
        dropped.append((features.object_ids[row], f"{_some(missing)} {are}"))
    kept = np.flatnonzero(whole)
    values = features.values[kept]
    values.flags.writeable = False
    n = len(dropped)
    note = (
        f"{n:,} of {whole.size:,} galaxies {'was' if n == 1 else 'were'} left out because a "
        "feature is no finite number."
    )
    return Usable(
        object_ids=tuple(features.object_ids[i] for i in kept),
        values=values,
        dropped=tuple(dropped),
        notes=(note,),
    )


def _constant(values: NDArray[np.float32]) -> NDArray[np.intp]:
    """Columns that are the same for all, after a look at whether distances can be told."""
    lowest, highest = values.min(axis=0), values.max(axis=0)
    spread = float((highest.astype(np.float64) - lowest).max())
    if spread > 0 and not SMALLEST < spread < LARGEST:
        raise BadInputError(
            "The features are too large or too small to compare",
            expected=f"a spread between {SMALLEST:g} and {LARGEST:g}",
            given=f"{spread:g}",
            todo="Scale the features",
        )
    return np.flatnonzero(lowest == highest)


def _constant_note(names: list[str], n_features: int) -> str:
    one = len(names) == 1
    return (
        f"{len(names)} of {n_features} features {'is' if one else 'are'} the same for every "
        f"galaxy and {'sets' if one else 'set'} nothing apart: {_some(names)}."
    )


def usable(features: Features) -> Usable:
    """Return the galaxies that can be grouped, and say what was left out.

    Raises
    ------
    BadInputError
        If fewer than two galaxies remain, all of them have the same features, or numbers are so
        large or small that squares leave single precision.
    """
    found = _without_gaps(features)
    n, n_features = found.values.shape
    if n == 0 and features.object_ids:
        raise BadInputError(
            "No galaxy has all its features",
            expected="galaxies whose features are all finite numbers",
            given=f"{len(found.dropped):,} galaxies; the first, {found.dropped[0][0]}: "
            f"{found.dropped[0][1]}",
            todo="Compute the features again, or choose another set",
        )
    if n < 2:
        raise BadInputError(
            "Groups need at least two galaxies",
            given=f"{n} with all features",
            todo="Choose features of a larger sample",
        )
    same = _constant(found.values)
    if len(same) == n_features:
        raise BadInputError(
            "All galaxies have the same features, so nothing sets them apart",
            given=f"{n:,} galaxies with {n_features} constant features",
            todo="Choose another set of features",
        )
    notes = found.notes
    if len(same):
        notes += (_constant_note([features.names[i] for i in same], n_features),)
    return Usable(
        object_ids=found.object_ids, values=found.values, dropped=found.dropped, notes=notes
    )


def check_enough(n_galaxies: int, n_groups: int, *, setting: str, what: str = "groups") -> None:
    """Refuse more groups than galaxies.

    Raises
    ------
    BadInputError
        Naming the setting to lower.
    """
    if n_galaxies < n_groups:
        raise BadInputError(
            f"There are fewer galaxies than {what}",
            expected=f"at least {n_groups:,} galaxies",
            given=f"{n_galaxies:,}",
            todo=f"Lower {setting} to at most {n_galaxies:,}, or choose features of more galaxies",
        )


def check_distinct(labels: NDArray[np.intp], n_groups: int, *, setting: str) -> None:
    """Refuse groups that are empty because too many galaxies have the very same features.

    Raises
    ------
    BadInputError
        Naming the setting to lower.
    """
    found = len(np.unique(labels))
    if found < n_groups:
        raise BadInputError(
            "Too many galaxies have exactly the same features",
            expected=f"{n_groups} different ones, one for each group",
            given=str(found),
            todo=f"Lower {setting} to at most {found}",
        )
