"""The files of a grouping: a folder in ``clusterings`` whose name is its key.

``meta.json`` and the tables and arrays of the result never change; ``saved.json`` holds what a
person said of it: its name and the names of its groups. Nothing in it is a pickle.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from astro_core.domain import ClusteringResult, Dataset
from astro_core.workspace import Workspace, check_name, write_json

META = "meta.json"
MEMBERS = "members.parquet"
DROPPED = "dropped.parquet"
DETAILS = "details.npz"
KIND = "clustering"
_DROPPED_SCHEMA = pa.schema([("object_id", pa.string()), ("reason", pa.string())])


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
    workspace: Workspace, key: str, result: ClusteringResult, *, label: str, dataset: Dataset
) -> None:
    """Write a result under its key, unless somebody else stored the same one meanwhile."""
    final = clustering_path(workspace, key)
    made = workspace.scratch_folder("clustering")
    try:
        _write_tables(made, result)
        np.savez(made / DETAILS, allow_pickle=False, **result.details)
        write_json(
            made / META,
            {
                "kind": KIND,
                "key": key,
                "method": result.method,
                "label": label,
                "params": dict(result.params),
                "features": result.features,
                "fingerprint": dataset.fingerprint,
                "dataset_folder": dataset.folder.name,
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
    pq.write_table(members, made / MEMBERS)
    rows = [{"object_id": i, "reason": why} for i, why in result.dropped]
    pq.write_table(pa.Table.from_pylist(rows, schema=_DROPPED_SCHEMA), made / DROPPED)
