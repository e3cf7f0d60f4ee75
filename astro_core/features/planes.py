"""Vectors to the plane: one point per galaxy, so that a survey can be looked at as a map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Features, Progress, no_progress
from astro_core.errors import BadInputError
from astro_core.features.pca_plane import PcaPlaneParams, pca_plane
from astro_core.features.umap_plane import UmapParams, umap_plane
from astro_core.params import from_mapping, to_mapping, validate
from astro_core.registry import Registry

MINIMUM = 4
Lay = Callable[[Features, Any, Progress], tuple[NDArray[np.float32], str]]


@dataclass(frozen=True, kw_only=True)
class PlaneMap:
    """One point in the plane per galaxy.

    Attributes
    ----------
    object_ids : tuple of str
        Those that could be placed, in the order of the features.
    xy : array of float32, shape (n_objects, 2)
        Positions; they have no unit. Copied in and read-only.
    method : str
        Name of the method's registry entry.
    params : Mapping
        Its settings, as plain JSON values.
    features : str
        Key of the features that were laid out.
    note : str
        What a reader of the map needs to know, in sentences.
    dropped : tuple of (object_id, reason)
        Objects that could not be placed.
    key : str
        Name of the stored map; empty for one that is not stored.

    Raises
    ------
    BadInputError
        If positions and ids do not match.
    """

    object_ids: tuple[str, ...]
    xy: NDArray[np.float32]
    method: str
    params: Mapping[str, Any] = field(default_factory=dict)
    features: str = ""
    note: str = ""
    dropped: tuple[tuple[str, str], ...] = ()
    key: str = ""

    def __post_init__(self) -> None:
        xy = np.array(self.xy, dtype=np.float32)
        if xy.shape != (len(self.object_ids), 2):
            raise BadInputError(
                "Positions do not belong to these objects",
                expected=f"an array of shape ({len(self.object_ids)}, 2)",
                given=f"an array of shape {xy.shape}",
            )
        xy.flags.writeable = False
        object.__setattr__(self, "xy", xy)
        object.__setattr__(self, "params", MappingProxyType(dict(self.params)))


@dataclass(frozen=True, kw_only=True)
class PlaneSpec:
    """One way to lay vectors out in the plane.

    Attributes
    ----------
    label, description : str
        What a page shows.
    params : type
        The dataclass of its settings.
    lay : callable
        ``lay(features, params, progress) -> (xy, note)`` with xy of float32, shape (n, 2), for
        features that are finite and not all alike. A row that cannot be placed is NaN.
    reference : str
        The paper.
    """

    name: str
    label: str
    description: str
    params: type[Any]
    lay: Lay
    reference: str = ""


PLANES: Registry[PlaneSpec] = Registry("map method")
PLANES.add(
    PlaneSpec(
        name="umap",
        label="UMAP",
        description="Keeps neighbours together: galaxies alike lie side by side. Distances "
        "between far groups, and how dense a group looks, mean little.",
        params=UmapParams,
        lay=umap_plane,
        reference="McInnes, Healy & Melville 2018, arXiv:1802.03426",
    )
)
PLANES.add(
    PlaneSpec(
        name="pca",
        label="PCA",
        description="The two directions in which the features vary most. Distances keep their "
        "meaning, but groups that differ in other directions lie on top of each other.",
        params=PcaPlaneParams,
        lay=pca_plane,
        reference="Pearson 1901, Phil. Mag. 2, 559",
    )
)


def lay_out(
    features: Features,
    method: str,
    params: Any = None,
    progress: Progress = no_progress,
) -> PlaneMap:
    """Lay galaxies out in the plane by their features.

    Parameters
    ----------
    features : Features
        Rows with a missing number are left out and listed.
    method : str
        Name in `PLANES`.
    params : params dataclass or Mapping, optional
        The method's settings, or some of them by name.

    Raises
    ------
    BadInputError
        For fewer than four complete galaxies, features that are all alike, or settings that
        are out of bounds.
    NotFoundError
        For an unknown method.
    Cancelled
        If `progress` says so.
    """
    spec = PLANES.get(method)
    chosen = _settings(spec, params)
    complete, dropped = _complete(features)
    xy, note = spec.lay(complete, chosen, progress)
    placed = np.isfinite(xy).all(axis=1)
    lost = [(complete.object_ids[i], "it shares no neighbour") for i in np.flatnonzero(~placed)]
    return PlaneMap(
        object_ids=tuple(complete.object_ids[i] for i in np.flatnonzero(placed)),
        xy=xy[placed],
        method=method,
        params=to_mapping(chosen),
        features=features.key,
        note=note,
        dropped=(*dropped, *lost),
    )


def _settings(spec: PlaneSpec, params: Any) -> Any:
    if params is None or isinstance(params, Mapping):
        return from_mapping(spec.params, params or {})
    return validate(params)


def _complete(features: Features) -> tuple[Features, list[tuple[str, str]]]:
    """Return the galaxies whose features are all numbers, and why the others are not among them."""
    good = np.isfinite(features.values)
    rows = np.asarray(good.all(axis=1))
    dropped = [
        (features.object_ids[i], "no value for " + _some(features.names, ~good[i]))
        for i in np.flatnonzero(~rows)
    ]
    values = features.values[rows]
    if len(values) < MINIMUM:
        raise BadInputError(
            "A map needs more galaxies",
            expected=f"at least {MINIMUM} with all features",
            given=f"{len(values)} of {len(rows):,}",
            todo="Compute the features of more galaxies, or choose other features",
        )
    if (values == values[0]).all():
        raise BadInputError(
            "All galaxies have the same features, so there is nothing to lay out",
            todo="Choose other features",
        )
    if rows.all():
        return features, dropped
    ids = tuple(features.object_ids[i] for i in np.flatnonzero(rows))
    return replace(features, object_ids=ids, values=values), dropped


def _some(names: tuple[str, ...], missing: NDArray[np.bool_]) -> str:
    listed = [names[i] for i in np.flatnonzero(missing)]
    more = f" and {len(listed) - 3} more" if len(listed) > 3 else ""
    return ", ".join(listed[:3]) + more
