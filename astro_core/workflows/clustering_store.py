"""Groupings by key: open and list them, save one under a name, name its groups."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from astro_core.domain import ClusteringResult, Dataset
from astro_core.errors import ConflictError, NotFoundError
from astro_core.workflows.clustering_files import (
    DETAILS,
    DROPPED,
    KIND,
    MEMBERS,
    META,
    clustering_path,
)
from astro_core.workspace import Workspace, check_name, publish, read_json, write_json

SAVED = "saved.json"


@dataclass(frozen=True, kw_only=True)
class Clustering:
    """What a list of groupings tells of one.

    Attributes
    ----------
    key : str
        By which it is opened.
    name : str
        What a person called it; "" when it was not saved.
    label : str
        The method, in words.
    params : Mapping
        All settings of the method.
    features : str
        Key of the features that were grouped.
    fingerprint, dataset_folder : str
        Fingerprint and folder of the dataset that those were computed from.
    n_objects, n_clusters, n_noise, n_dropped : int
        Grouped objects, groups, objects in no group, objects that could not be grouped.
    created_at : str
        UTC, ISO 8601.
    group_names : Mapping of int to str
        Names that a person gave to groups.
    """

    key: str
    name: str
    method: str
    label: str
    params: Mapping[str, Any]
    features: str
    fingerprint: str
    dataset_folder: str
    n_objects: int
    n_clusters: int
    n_noise: int
    n_dropped: int
    created_at: str
    group_names: Mapping[int, str] = field(default_factory=dict)


def open_clustering(workspace: Workspace, key: str) -> ClusteringResult:
    """Open a grouping; kept in memory while it is in use.

    Raises
    ------
    NotFoundError
        If there is none of that key.
    """
    path = clustering_path(workspace, key)
    try:
        status = (path / META).stat()
        return _open(path, status.st_mtime_ns, status.st_ino)
    except FileNotFoundError:
        raise _missing(key) from None


@functools.lru_cache(maxsize=8)
def _open(path: Path, _modified_ns: int, _inode: int) -> ClusteringResult:
    meta = read_json(path / META)
    members = pq.read_table(path / MEMBERS)
    dropped = pq.read_table(path / DROPPED).to_pylist()
    with np.load(path / DETAILS, allow_pickle=False) as stored:
        details = dict(stored)
    return ClusteringResult(
        object_ids=tuple(members.column("object_id").to_pylist()),
        labels=members.column("cluster").to_numpy(),
        strengths=members.column("strength").to_numpy(),
        method=meta["method"],
        params=meta["params"],
        n_clusters=meta["n_clusters"],
        features=meta["features"],
        details=details,
        dropped=tuple((row["object_id"], row["reason"]) for row in dropped),
        notes=tuple(meta["notes"]),
    )


def _missing(key: str) -> NotFoundError:
    return NotFoundError(f"There is no grouping '{key}' any more", todo="Compute it again")


def describe_clustering(workspace: Workspace, key: str) -> Clustering:
    """Return what a list would tell of a grouping.

    Raises
    ------
    NotFoundError
        If there is none of that key.
    """
    return _describe(clustering_path(workspace, key))


def _describe(path: Path) -> Clustering:
    try:
        meta = read_json(path / META)
    except (FileNotFoundError, NotADirectoryError):
        raise _missing(path.name) from None
    if meta.get("kind") != KIND:
        raise _missing(path.name)
    said = _said(path)
    fields = (
        "key", "method", "label", "params", "features", "fingerprint", "dataset_folder",
        "n_objects", "n_clusters", "n_noise", "n_dropped", "created_at",
    )  # fmt: skip
    return Clustering(
        name=said["name"],
        group_names={int(g): n for g, n in said["group_names"].items()},
        **{name: meta[name] for name in fields},
    )


def _said(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = read_json(path / SAVED)
    except FileNotFoundError:
        return {"name": "", "group_names": {}}
    return found


def _all(workspace: Workspace) -> list[Clustering]:
    found = []
    for path in workspace.clusterings.glob("*/"):
        try:
            found.append(_describe(path))
        except NotFoundError:  # a scan, or deleted while we looked
            continue
    return sorted(found, key=lambda c: c.created_at, reverse=True)


def list_clusterings(
    workspace: Workspace, dataset: Dataset, *, saved_only: bool = False
) -> list[Clustering]:
    """Groupings of a dataset as it is now, the newest first.

    Those of an earlier state of it, before objects, labels or splits changed, are not among
    them; see `outdated_clusterings`.
    """
    return [
        c
        for c in _all(workspace)
        if c.fingerprint == dataset.fingerprint and (c.name or not saved_only)
    ]


def outdated_clusterings(workspace: Workspace, dataset: Dataset) -> list[Clustering]:
    """Saved groupings of an earlier state of a dataset, the newest first.

    They can be opened and compared, but their features and classes are not those of now.
    """
    return [
        c
        for c in _all(workspace)
        if c.name
        and c.dataset_folder == dataset.folder.name
        and c.fingerprint != dataset.fingerprint
    ]


def save_clustering(workspace: Workspace, key: str, name: str) -> Clustering:
    """Give a grouping a name, by which it is found again.

    Raises
    ------
    BadInputError
        If the name cannot be used.
    ConflictError
        If another grouping of the same dataset has it.
    """
    clean = check_name(name, "grouping")
    this = describe_clustering(workspace, key)
    for other in _all(workspace):
        same = other.fingerprint == this.fingerprint and other.name.lower() == clean.lower()
        if same and other.key != key:
            raise ConflictError(
                f"There is already a grouping named '{other.name}'", todo="Choose another name"
            )
    path = clustering_path(workspace, key)
    write_json(path / SAVED, _said(path) | {"name": clean})
    return describe_clustering(workspace, key)


def name_group(workspace: Workspace, key: str, group: int, name: str) -> Clustering:
    """Name one group of a grouping; an empty name takes the name away.

    Raises
    ------
    NotFoundError
        If there is no such group.
    BadInputError
        If the name cannot be used.
    """
    n = describe_clustering(workspace, key).n_clusters
    if not 0 <= group < n:
        raise NotFoundError(f"There is no group {group}", expected=f"0 to {n - 1}")
    path = clustering_path(workspace, key)
    said = _said(path)
    names = {k: v for k, v in said["group_names"].items() if k != str(group)}
    if name.strip():
        names[str(group)] = check_name(name, "group")
    write_json(path / SAVED, said | {"group_names": names})
    return describe_clustering(workspace, key)


def delete_clustering(workspace: Workspace, key: str) -> None:
    """Delete a grouping; selections made from it stay.

    Raises
    ------
    NotFoundError
        If there is none of that key.
    """
    path = clustering_path(workspace, key)
    if not (path / META).is_file():
        raise _missing(key)
    grave = workspace.scratch_folder("deleted")
    publish(path, grave / "clustering")
    shutil.rmtree(grave, ignore_errors=True)


def members_table(workspace: Workspace, key: str) -> pd.DataFrame:
    """Members of a grouping: object_id, cluster, strength; in the order of the features."""
    result = open_clustering(workspace, key)
    return pd.DataFrame(
        {
            "object_id": list(result.object_ids),
            "cluster": result.labels,
            "strength": result.strengths,
        }
    )
