"""Maps of a survey: features laid out in the plane by a run, stored, and opened by pages.

A map is a folder in ``maps`` whose name is its key: ``xy.npy``, float32 (n, 2), the ids in
``objects.parquet``, those that could not be placed in ``dropped.parquet``, and ``meta.json``.
"""

from __future__ import annotations

import functools
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from astro_core import runs
from astro_core.errors import NotFoundError
from astro_core.features.planes import PLANES, PlaneMap, lay_out
from astro_core.params import digest, from_mapping, to_mapping
from astro_core.runs import RUN_KINDS, Run, RunContext, RunKind
from astro_core.workflows.feature_store import open_features
from astro_core.workspace import Workspace, check_name, read_json, write_json

META = "meta.json"
XY = "xy.npy"
OBJECTS = "objects.parquet"
DROPPED = "dropped.parquet"
_DROPPED_SCHEMA = pa.schema([("object_id", pa.string()), ("reason", pa.string())])


def map_key(features_key: str, method: str, params: Mapping[str, Any]) -> str:
    """Name of the map of some features by a method and its settings.

    Raises
    ------
    NotFoundError, BadInputError
        For an unknown method or setting.
    """
    settings = to_mapping(from_mapping(PLANES.get(method).params, params))
    return digest({"features": features_key, "method": method, "params": settings})


def map_path(workspace: Workspace, key: str) -> Path:
    """Folder of a map, whether it is there or not."""
    return workspace.maps / check_name(key, "map")


def submit_map(
    workspace: Workspace, features_key: str, method: str, params: Mapping[str, Any]
) -> Run:
    """Have the engine lay features out in the plane; does not wait.

    Raises
    ------
    NotFoundError, BadInputError
        For an unknown method or setting.
    """
    spec = PLANES.get(method)
    settings = to_mapping(from_mapping(spec.params, params))
    asked = {"features": features_key, "method": method, "params": settings}
    run_id = runs.submit(workspace, "map", asked, title=f"{spec.label} map")
    return runs.get_run(workspace, run_id)


def find_map(
    workspace: Workspace, features_key: str, method: str, params: Mapping[str, Any]
) -> str | None:
    """Return the key of a map that is there already, else None."""
    key = map_key(features_key, method, params)
    return key if (map_path(workspace, key) / META).is_file() else None


def open_map(workspace: Workspace, key: str) -> PlaneMap:
    """Open a map; kept in memory while it is in use.

    Raises
    ------
    NotFoundError
        If there is none of that key.
    """
    path = map_path(workspace, key)
    try:
        status = (path / META).stat()
        return _open(path, status.st_mtime_ns, status.st_ino)
    except FileNotFoundError:
        raise NotFoundError(f"There is no map '{key}' any more", todo="Compute it again") from None


@functools.lru_cache(maxsize=8)
def _open(path: Path, _modified_ns: int, _inode: int) -> PlaneMap:
    meta = read_json(path / META)
    dropped = pq.read_table(path / DROPPED).to_pylist()
    return PlaneMap(
        object_ids=tuple(pq.read_table(path / OBJECTS).column("object_id").to_pylist()),
        xy=np.load(path / XY, allow_pickle=False),
        method=meta["method"],
        params=meta["params"],
        features=meta["features"],
        note=meta["note"],
        dropped=tuple((row["object_id"], row["reason"]) for row in dropped),
        key=path.name,
    )


def store_map(workspace: Workspace, key: str, laid: PlaneMap) -> None:
    """Write a map under its key, unless somebody else stored the same one meanwhile."""
    final = map_path(workspace, key)
    made = workspace.scratch_folder("map")
    try:
        np.save(made / XY, laid.xy, allow_pickle=False)
        ids = pa.table({"object_id": pa.array(laid.object_ids, pa.string())})
        pq.write_table(ids, made / OBJECTS)
        rows = [{"object_id": i, "reason": why} for i, why in laid.dropped]
        pq.write_table(pa.Table.from_pylist(rows, schema=_DROPPED_SCHEMA), made / DROPPED)
        write_json(made / META, _meta(laid))
        final.parent.mkdir(parents=True, exist_ok=True)
        try:
            made.rename(final)
        except OSError:
            if not (final / META).is_file():
                raise
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _meta(laid: PlaneMap) -> dict[str, Any]:
    return {
        "kind": "map",
        "method": laid.method,
        "params": dict(laid.params),
        "features": laid.features,
        "note": laid.note,
        "n_objects": len(laid.object_ids),
        "n_dropped": len(laid.dropped),
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def run_map(context: RunContext) -> dict[str, Any]:
    """Run kind "map". Params: features (key), method, params (Mapping)."""
    given = context.params
    key = map_key(given["features"], given["method"], given["params"])
    if find_map(context.workspace, given["features"], given["method"], given["params"]) is None:
        features = open_features(context.workspace, given["features"])
        laid = lay_out(features, given["method"], given["params"], context.progress)
        store_map(context.workspace, key, laid)
    laid = open_map(context.workspace, key)
    return {"key": key, "n_objects": len(laid.object_ids), "n_dropped": len(laid.dropped)}


RUN_KINDS.add(RunKind(name="map", label="Map", function=run_map, holds_worker=True))
