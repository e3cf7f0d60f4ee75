"""Computed features on disk: one folder per dataset, extractor and settings.

A set is a folder ``<dataset fingerprint>-<digest>`` with ``values.npy`` (float32, what is grouped),
``objects.parquet`` (object_id, and what was measured in its own units), ``problems.parquet``,
``model.npz`` (what the extractor learned) and ``meta.json``. It is made in scratch and moved into
place when it is whole.
"""

from __future__ import annotations

import functools
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

from astro_core.domain import Dataset, Features
from astro_core.errors import NotFoundError
from astro_core.features import EXTRACTORS
from astro_core.workspace import Workspace, check_name, publish, read_json, write_json

META = "meta.json"
VALUES = "values.npy"
OBJECTS = "objects.parquet"
PROBLEMS = "problems.parquet"
MODEL = "model.npz"


@dataclass(frozen=True, kw_only=True)
class FeatureSet:
    """What a list of features tells of one set.

    Attributes
    ----------
    key : str
        By which it is opened.
    extractor, label : str
        Name and label of the extractor.
    params : Mapping
        All its settings.
    n_objects, n_features, n_bad : int
        Objects with features, features of each, objects that got none.
    created_at : str
        UTC, ISO 8601.
    summary : str
        One line: what the vectors hold, with numbers.
    notes : tuple of str
        What a person would not expect, in sentences.
    sample : int or None
        How many objects were drawn; None for all.
    seed : int
        Of that draw.
    recipe : Mapping or None
        How the stamps were rendered; None for features of the science pixels.
    dataset, fingerprint : str
        What they were computed from.
    seconds : float
        How long that took.
    """

    key: str
    extractor: str
    label: str
    params: Mapping[str, Any]
    n_objects: int
    n_features: int
    n_bad: int
    created_at: str
    summary: str
    notes: tuple[str, ...] = ()
    sample: int | None = None
    seed: int = 0
    recipe: Mapping[str, Any] | None = None
    dataset: str = ""
    fingerprint: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class NewFeatures:
    """Features that are to be stored.

    Attributes
    ----------
    about : FeatureSet
    values : array of float32, shape (n_objects, n_features)
    names : tuple of str
        One per column.
    objects : DataFrame
        object_id in the order of the values, and what was measured.
    problems : DataFrame
        object_id, reason.
    model : Mapping of arrays
    """

    about: FeatureSet
    values: NDArray[np.float32]
    names: tuple[str, ...]
    objects: pd.DataFrame
    problems: pd.DataFrame
    model: Mapping[str, NDArray[Any]] = field(default_factory=dict)


def features_path(workspace: Workspace, key: str) -> Path:
    """Folder of a set, whether it is there or not; a key may come from an address bar."""
    return workspace.features / check_name(key, "set of features")


def partial_path(workspace: Workspace, key: str) -> Path:
    """Folder of what is done of a set that is not whole yet."""
    return workspace.features / f".{check_name(key, 'set of features')}.partial"


def write_features(workspace: Workspace, new: NewFeatures) -> None:
    """Store a set under its key, and drop what was kept of its making."""
    made = workspace.scratch_folder("features")
    np.save(made / VALUES, new.values)
    new.objects.to_parquet(made / OBJECTS, index=False)
    new.problems.to_parquet(made / PROBLEMS, index=False)
    np.savez(made / MODEL, **{name: np.asarray(a) for name, a in new.model.items()})
    write_json(made / META, {**vars(new.about), "names": new.names})
    publish(made, features_path(workspace, new.about.key))
    shutil.rmtree(partial_path(workspace, new.about.key), ignore_errors=True)


def list_features(workspace: Workspace, dataset: Dataset) -> list[FeatureSet]:
    """All sets that were computed from this state of a dataset, the newest first."""
    found = []
    for path in workspace.features.glob(f"{dataset.fingerprint}-*/{META}"):
        try:
            found.append(_feature_set(read_json(path)))
        except FileNotFoundError:  # deleted while we looked
            continue
    return sorted(found, key=lambda one: one.created_at, reverse=True)


def describe_features(workspace: Workspace, key: str) -> FeatureSet:
    """Return what a list would tell of a set.

    Raises
    ------
    NotFoundError
        If there is none of that key.
    """
    return _feature_set(_meta(workspace, key))


def _feature_set(meta: dict[str, Any]) -> FeatureSet:
    values = {name: value for name, value in meta.items() if name != "names"}
    return FeatureSet(**values | {"notes": tuple(meta["notes"])})


def _meta(workspace: Workspace, key: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = read_json(features_path(workspace, key) / META)
    except FileNotFoundError:
        raise _missing(key) from None
    return found


def _missing(key: str) -> NotFoundError:
    return NotFoundError(f"There are no features '{key}' any more", todo="Compute them again")


def open_features(workspace: Workspace, key: str) -> Features:
    """Open a set; kept in memory while it is in use.

    Raises
    ------
    NotFoundError
        If there is none of that key.
    """
    path = features_path(workspace, key)
    try:
        status = (path / META).stat()
        return _open(path, status.st_mtime_ns, status.st_ino)
    except FileNotFoundError:
        raise _missing(key) from None


@functools.lru_cache(maxsize=8)
def _open(path: Path, _modified_ns: int, _inode: int) -> Features:
    meta = read_json(path / META)
    ids = pq.read_table(path / OBJECTS, columns=["object_id"]).column("object_id")
    return Features(
        object_ids=tuple(ids.to_pylist()),
        values=np.load(path / VALUES, allow_pickle=False),
        names=tuple(meta["names"]),
        extractor=meta["extractor"],
        params=meta["params"],
        dataset=meta["dataset"],
        fingerprint=meta["fingerprint"],
        key=meta["key"],
    )


def open_model(workspace: Workspace, key: str) -> Mapping[str, NDArray[Any]]:
    """Return what the extractor learned, as read-only arrays; kept in memory while in use.

    Raises
    ------
    NotFoundError
        If there is no set of that key.
    """
    path = features_path(workspace, key) / MODEL
    try:
        status = path.stat()
        return _open_model(path, status.st_mtime_ns, status.st_ino)
    except FileNotFoundError:
        raise _missing(key) from None


@functools.lru_cache(maxsize=2)
def _open_model(path: Path, _modified_ns: int, _inode: int) -> Mapping[str, NDArray[Any]]:
    with np.load(path, allow_pickle=False) as stored:
        arrays = dict(stored)
    for array in arrays.values():
        array.flags.writeable = False
    return MappingProxyType(arrays)


def feature_problems(workspace: Workspace, key: str) -> pd.DataFrame:
    """Objects that got no features: object_id, reason.

    Raises
    ------
    NotFoundError
        If there is no set of that key.
    """
    return _read_table(workspace, key, PROBLEMS)


def features_table(workspace: Workspace, key: str) -> pd.DataFrame:
    """Features as a table: object_id and columns, in the units they were measured in.

    What an extractor measured beside its features (flags) is in it too. Components have no unit
    of their own; theirs are the values that are grouped.

    Raises
    ------
    NotFoundError
        If there is no set of that key.
    """
    table = _read_table(workspace, key, OBJECTS)
    features = open_features(workspace, key)
    if EXTRACTORS.get(features.extractor).measure is not None:
        return table
    values = pd.DataFrame(features.values, columns=list(features.names))
    return pd.concat([table, values], axis=1)


def _read_table(workspace: Workspace, key: str, name: str) -> pd.DataFrame:
    try:
        return pd.read_parquet(features_path(workspace, key) / name)
    except FileNotFoundError:
        raise _missing(key) from None


def delete_features(workspace: Workspace, key: str) -> None:
    """Delete a set; groups and maps that were made from it stay.

    Raises
    ------
    NotFoundError
        If there is none of that key.
    """
    path = features_path(workspace, key)
    if not path.is_dir():
        raise _missing(key)
    grave = workspace.scratch_folder("deleted")
    publish(path, grave / "features")
    shutil.rmtree(grave, ignore_errors=True)
