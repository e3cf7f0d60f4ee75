"""One vector per galaxy, and one group per galaxy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.errors import BadInputError


def _frozen(values: Any, dtype: Any) -> NDArray[Any]:
    copy = np.array(values, dtype=dtype)
    copy.flags.writeable = False
    return copy


def _check_rows(what: str, n_rows: int, n_ids: int) -> None:
    if n_rows != n_ids:
        raise BadInputError(
            f"{what} do not belong to these objects",
            expected=f"{n_ids:,} rows, one for each object",
            given=f"{n_rows:,} rows",
        )


@dataclass(frozen=True, kw_only=True)
class Features:
    """One vector per galaxy.

    Attributes
    ----------
    object_ids : tuple of str
    values : array of float32, shape (n_objects, n_features)
        Copied in and read-only.
    names : tuple of str
        One per column.
    extractor : str
        Name of the extractor's registry entry.
    params : Mapping
        Its settings, as plain JSON values.
    dataset : str
        Name of the dataset.
    fingerprint : str
        Fingerprint of the dataset that they were computed from.
    key : str
        Name of the stored set; empty for features that are not stored.

    Raises
    ------
    BadInputError
        If rows and ids, or columns and names, do not match.
    """

    object_ids: tuple[str, ...]
    values: NDArray[np.float32]
    names: tuple[str, ...]
    extractor: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    dataset: str = ""
    fingerprint: str = ""
    key: str = ""

    def __post_init__(self) -> None:
        values = _frozen(self.values, np.float32)
        if values.ndim != 2 or values.shape[1] != len(self.names):
            raise BadInputError(
                "Features need one column for each name",
                expected=f"an array of shape ({len(self.object_ids)}, {len(self.names)})",
                given=f"an array of shape {values.shape}",
            )
        _check_rows("Features", len(values), len(self.object_ids))
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "params", MappingProxyType(dict(self.params)))


@dataclass(frozen=True, kw_only=True)
class ClusteringResult:
    """One group per galaxy.

    Attributes
    ----------
    object_ids : tuple of str
        Those that were grouped, in the order of the features.
    labels : array of int32, shape (n_objects,)
        Group of each object from 0 on; -1 is noise.
    strengths : array of float32, shape (n_objects,)
        How much each belongs to its group, from 0 to 1; what that means is the method's.
    method : str
        Name of the method's registry entry.
    params : Mapping
        Its settings, as plain JSON values.
    n_clusters : int
        Groups there are; a self-organising map may have empty ones.
    features : str
        Key of the features that were grouped.
    details : Mapping
        Arrays that only this method has: a tree, a grid, covariances.
    dropped : tuple of (object_id, reason)
        Objects that could not be grouped.
    notes : tuple of str
        What a reader of the result needs to know, in sentences.

    Raises
    ------
    BadInputError
        If rows and ids do not match, or a label is not one of the groups.
    """

    object_ids: tuple[str, ...]
    labels: NDArray[np.int32]
    strengths: NDArray[np.float32]
    method: str
    params: Mapping[str, Any]
    n_clusters: int
    features: str = ""
    details: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    dropped: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        labels = _frozen(self.labels, np.int32)
        strengths = _frozen(self.strengths, np.float32)
        _check_rows("Groups", len(labels), len(self.object_ids))
        _check_rows("Strengths", len(strengths), len(self.object_ids))
        if len(labels) and not (labels.min() >= -1 and labels.max() < self.n_clusters):
            raise BadInputError(
                "A group number is not one of the groups",
                expected=f"-1 to {self.n_clusters - 1}",
                given=f"{labels.min()} to {labels.max()}",
            )
        details = {name: _frozen(array, None) for name, array in self.details.items()}
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "strengths", strengths)
        object.__setattr__(self, "params", MappingProxyType(dict(self.params)))
        object.__setattr__(self, "details", MappingProxyType(details))

    @property
    def n_noise(self) -> int:
        """Objects that are in no group."""
        return int((self.labels == -1).sum())

    def members(self, cluster: int) -> tuple[str, ...]:
        """Ids of the objects in a group; -1 for noise."""
        return tuple(self.object_ids[i] for i in np.flatnonzero(self.labels == cluster))
