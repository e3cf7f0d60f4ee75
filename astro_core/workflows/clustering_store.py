"""Groupings on disk: found by key, saved under a name, their groups named.

A grouping is a folder in ``clusterings`` whose name is its key: ``meta.json`` and the tables and
arrays of the result, which never change, and ``saved.json`` with what a person said of it: its
name and the names of its groups.
"""

from __future__ import annotations

import functools
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from astro_core.domain import ClusteringResult, Dataset
from astro_core.errors import BadInputError, ConflictError, NotFoundError
from astro_core.workspace import Workspace, check_name, publish, read_json, write_json

META = "meta.json"
SAVED = "saved.json"
_MEMBERS = "members.parquet"
_DROPPED = "dropped.parquet"
_DETAILS = "details.npz"
_KIND = "clustering"
_DROPPED_SCHEMA = pa.schema([("object_id", pa.string()), ("reason", pa.string())])


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
    fingerprint : str
        Fingerprint of the dataset that those were computed from.
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
    n_objects: int
    n_clusters: int
    n_noise: int
    n_dropped: int
    created_at: str
    group_names: Mapping[int, str] = field(default_factory=dict)


def clustering_path(workspace: Workspace, key: str) -> Path:
    """Folder of a grouping, whether it is there or not.

    Raises
    ------
    BadInputError
        If the key could be a path.
    """
    return workspace.clusterings / check_name(key, "grouping")


def is_stored(workspace: Workspace, key: str) -> bool:
    """Whether there is a grouping of that key."""
    return (clustering_path(workspace, key) / META).is_file()


def store_clustering(
    workspace: Workspace, key: str, result: ClusteringResult, *, label: str, fingerprint: str
) -> None:
    """Write a result under its key, unless somebody else stored the same one meanwhile."""
    final = clustering_path(workspace, key)
    made = workspace.scratch_folder("clustering")
    try:
        _write_tables(made, result)
        np.savez(made / _DETAILS, allow_pickle=False, **result.details)
        write_json(
            made / META,
            {
                "kind": _KIND,
                "key": key,
                "method": result.method,
                "label": label,
                "params": dict(result.params),
                "features": result.features,
                "fingerprint": fingerprint,
                "n_objects": len(result.object_ids),
                "n_clusters": result.n_clusters,
                "n_noise": result.n_noise,
                "n_dropped": len(result.dropped),
                "notes": list(result.notes),
                "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
            },
        )
        publish_once(made, final)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def publish_once(made: Path, final: Path) -> None:
    """Move a folder with a ``meta.json`` into place, unless there is one already."""
    final.parent.mkdir(parents=True, exist_ok=True)
    try:
        made.rename(final)
    except OSError:
        if not (final / META).is_file():
            raise


def _write_tables(made: Path, result: ClusteringResult) -> None:
    members = pa.table(
        {
            "object_id": pa.array(result.object_ids, pa.string()),
            "cluster": pa.array(result.labels, pa.int32()),
            "strength": pa.array(result.strengths, pa.float32()),
        }
    )
    pq.write_table(members, made / _MEMBERS)
    rows = [{"object_id": i, "reason": why} for i, why in result.dropped]
    pq.write_table(pa.Table.from_pylist(rows, schema=_DROPPED_SCHEMA), made / _DROPPED)


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
    members = pq.read_table(path / _MEMBERS)
    dropped = pq.read_table(path / _DROPPED).to_pylist()
    with np.load(path / _DETAILS, allow_pickle=False) as stored:
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
    if meta.get("kind") != _KIND:
        raise _missing(path.name)
    said = _said(path)
    fields = (
        "key", "method", "label", "params", "features", "fingerprint", "n_objects", "n_clusters",
        "n_noise", "n_dropped", "created_at",
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
