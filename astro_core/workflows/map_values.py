"""What the galaxies of a map can be coloured by, and its value for each of them.

Groups, classes, catalogue columns, features and scores are joined to a map by object id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import ClusteringResult, Features
from astro_core.errors import NotFoundError
from astro_core.workflows import anomalies
from astro_core.workflows.browse import CatalogueView
from astro_core.workspace import Workspace

MOST_KINDS = 12
_STORAGE = {"object_id", "part", "file", "row", "label", "group", "content", "missing_bands"}
_FEATURES_LISTED = 100


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """One thing to colour by.

    Attributes
    ----------
    name : str
        In an address: "group", "class", "strength", "outlier", "odd", "cat.redshift", "feat.gini".
    label, family : str
        What a page calls it, and where it comes from.
    kind : {"group", "class", "text", "number"}
        How it is drawn.
    """

    name: str
    label: str
    family: str
    kind: Literal["group", "class", "text", "number"]


def quantities(
    view: CatalogueView, features: Features, result: ClusteringResult | None
) -> tuple[Quantity, ...]:
    """List what there is to colour by: groups and classes first, then columns and features."""
    found = []
    if result is not None:
        found += [
            Quantity(name="group", label="group", family="", kind="group"),
            Quantity(name="strength", label="strength in its group", family="", kind="number"),
        ]
        if "outlier_scores" in result.details:
            found.append(
                Quantity(name="outlier", label="HDBSCAN outlier score", family="", kind="number")
            )
    if view.codes("label")[1]:
        found.append(Quantity(name="class", label="class", family="", kind="class"))
    found.append(Quantity(name="odd", label="oddness (isolation forest)", family="", kind="number"))
    found += _columns(view)
    found += [
        Quantity(name=f"feat.{name}", label=name, family="feature", kind="number")
        for name in features.names[:_FEATURES_LISTED]
    ]
    return tuple(found)


def _columns(view: CatalogueView) -> list[Quantity]:
    found: list[Quantity] = []
    for name in view.columns:
        if name in _STORAGE:
            continue
        if view.is_numeric(name):
            found.append(
                Quantity(name=f"cat.{name}", label=name, family="catalogue", kind="number")
            )
        elif len(view.codes(name)[1]) in range(2, MOST_KINDS + 1):
            found.append(Quantity(name=f"cat.{name}", label=name, family="catalogue", kind="text"))
    return found


def rows_in(wanted: Sequence[str], there: Sequence[str]) -> NDArray[np.intp]:
    """Where each wanted id is among others, shape (n,); -1 for one that is not there."""
    if len(wanted) == len(there) and tuple(wanted) == tuple(there):
        return np.arange(len(wanted))
    place = {object_id: i for i, object_id in enumerate(there)}
    return np.array([place.get(object_id, -1) for object_id in wanted], dtype=np.intp)


def _taken(values: NDArray[np.floating], rows: NDArray[np.intp]) -> NDArray[np.float64]:
    out = np.full(len(rows), np.nan)
    out[rows >= 0] = values[rows[rows >= 0]]
    return out


def groups_of(object_ids: Sequence[str], result: ClusteringResult) -> NDArray[np.int64]:
    """Group of each galaxy; -1 for noise and for those that were not grouped."""
    rows = rows_in(object_ids, result.object_ids)
    return np.where(rows >= 0, result.labels[rows], -1).astype(np.int64)


def texts_of(
    object_ids: Sequence[str], view: CatalogueView, column: str
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """A text column as codes into its distinct values; -1 where there is none."""
    rows = view.rows_of(object_ids)
    codes, names = view.codes(column)
    return np.where(rows >= 0, codes[rows], -1).astype(np.int64), names


def in_place(codes: NDArray[np.int64], place: Sequence[int]) -> NDArray[np.int64]:
    """Codes under another order of their names; -1 stays."""
    return np.append(np.asarray(place, dtype=np.int64), -1)[codes]


def numbers_of(
    object_ids: Sequence[str],
    quantity: Quantity,
    *,
    workspace: Workspace,
    view: CatalogueView,
    features: Features,
    result: ClusteringResult | None,
) -> NDArray[np.float64]:
    """Value of a quantity for each galaxy, NaN where there is none.

    Raises
    ------
    NotFoundError
        If the quantity is not a number, or not there.
    """
    family, _, column = quantity.name.partition(".")
    if family == "cat" and view.is_numeric(column):
        return _taken(view.numbers(column).astype(np.float64), view.rows_of(object_ids))
    if family == "feat" and column in features.names:
        values = features.values[:, features.names.index(column)]
        return _taken(values, rows_in(object_ids, features.object_ids))
    if family == "odd":
        ranked = anomalies.ranked(workspace, features.key)
        return _taken(ranked["score"].to_numpy(), rows_in(object_ids, list(ranked["object_id"])))
    if result is not None and family in ("strength", "outlier"):
        given = result.strengths if family == "strength" else result.details.get("outlier_scores")
        if given is not None:
            return _taken(given, rows_in(object_ids, result.object_ids))
    raise NotFoundError(f"There are no values of '{quantity.label}' for these galaxies")
