"""Group the galaxies of a dataset by their features, as a run; the same request is done once."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from astro_core import runs
from astro_core.clustering import CLUSTERERS, cluster, cut_tree, scan
from astro_core.clustering.cluster import settings_of
from astro_core.datasets.store import list_datasets
from astro_core.domain import ClusteringResult, Dataset, Features, Progress, no_progress
from astro_core.errors import NotFoundError
from astro_core.params import digest, to_mapping
from astro_core.runs import RUN_KINDS, Run, RunContext, RunKind
from astro_core.workflows.cluster_means import mean_images
from astro_core.workflows.cluster_overview import overview
from astro_core.workflows.clustering_files import (
    META,
    clustering_path,
    is_stored,
    publish_once,
    store_clustering,
)
from astro_core.workflows.clustering_store import open_clustering
from astro_core.workflows.feature_store import open_features
from astro_core.workspace import Workspace, write_json

_SCAN = "scan"
_TABLE = "table.parquet"


def settings(method: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """All settings of a method: those given, and its defaults for the others.

    Raises
    ------
    NotFoundError, BadInputError
        For an unknown method or setting, or a value out of bounds.
    """
    return to_mapping(settings_of(CLUSTERERS.get(method), params))


def clustering_key(features_key: str, method: str, params: Mapping[str, Any]) -> str:
    """Key of a grouping: the same features, method and settings are the same grouping."""
    return digest({"features": features_key, "method": method, "params": settings(method, params)})


def find_clustering(
    workspace: Workspace, features_key: str, method: str, params: Mapping[str, Any]
) -> str | None:
    """Key of a grouping if it was computed already."""
    key = clustering_key(features_key, method, params)
    return key if is_stored(workspace, key) else None


def dataset_of(workspace: Workspace, features: Features) -> Dataset:
    """The dataset that features were computed from, as it was then.

    Raises
    ------
    NotFoundError
        If it was deleted, or its objects, labels or splits have changed since.
    """
    for dataset in list_datasets(workspace):
        if dataset.fingerprint == features.fingerprint:
            return dataset
    raise NotFoundError(
        f"'{features.dataset}' has changed or was deleted since these features were computed",
        todo="Compute the features again",
    )


def submit_clustering(
    workspace: Workspace, features_key: str, method: str, params: Mapping[str, Any]
) -> Run:
    """Group features by a method, as a run; its result has the "key" of the grouping.

    A request that was computed already is done when this returns; one that is under way is not
    made twice.

    Raises
    ------
    NotFoundError, BadInputError
        For an unknown method or setting, or a value out of bounds.
    """
    asked = {"features": features_key, "method": method, "params": settings(method, params)}
    done = find_clustering(workspace, features_key, method, params) is not None
    return _submit(workspace, "cluster", asked, done=done, title=CLUSTERERS.get(method).label)


def _submit(
    workspace: Workspace, kind: str, asked: dict[str, Any], *, done: bool, title: str
) -> Run:
    if done:
        return runs.execute(workspace, kind, asked, title=title)
    going = runs.find_same(workspace, kind, asked, states=("queued", "running"))
    return going or runs.get_run(workspace, runs.submit(workspace, kind, asked, title=title))


def run_cluster(context: RunContext) -> dict[str, Any]:
    """Run kind "cluster". Params: features (key), method, params (Mapping).

    What pages ask of a grouping at once is prepared here, so that they need not wait for it.
    """
    asked = context.params
    given = (asked["features"], asked["method"], asked["params"])
    return {"key": ensure_clustering(context.workspace, *given, progress=context.progress)}


def ensure_clustering(
    workspace: Workspace,
    features_key: str,
    method: str,
    params: Mapping[str, Any],
    *,
    progress: Progress = no_progress,
) -> str:
    """Compute a grouping, or find it computed, with all that is kept beside it."""
    key = clustering_key(features_key, method, params)
    features = open_features(workspace, features_key)
    dataset = dataset_of(workspace, features)
    if not is_stored(workspace, key):
        _store(workspace, cluster(features, method, params, progress), dataset)
    progress(0, 2, "Looking at the groups")
    overview(workspace, dataset, key)
    progress(1, 2, "Mean images")
    mean_images(workspace, dataset, key)
    progress(2, 2, "Done")
    return key


def _store(workspace: Workspace, result: ClusteringResult, dataset: Dataset) -> str:
    key = clustering_key(result.features, result.method, result.params)
    store_clustering(
        workspace, key, result,
        label=CLUSTERERS.get(result.method).label, dataset=dataset,
    )  # fmt: skip
    return key


def recut(
    workspace: Workspace, key: str, *, height: float | None = None, n_clusters: int | None = None
) -> str:
    """Cut the tree of a hierarchical grouping elsewhere; returns the key of the new grouping.

    Parameters
    ----------
    height, n_clusters
        Where to cut: one of the two.

    Raises
    ------
    BadInputError
        If the grouping has no tree, or the cut leaves too many groups.
    """
    result = open_clustering(workspace, key)
    features = open_features(workspace, result.features)
    cut = cut_tree(result, features, height=height, n_clusters=n_clusters)
    return _store(workspace, cut, dataset_of(workspace, features))


def _scan_key(features_key: str, method: str, ks: Sequence[int], params: Mapping[str, Any]) -> str:
    asked = {"features": features_key, "method": method, "params": settings(method, params)}
    return f"scan-{digest(asked | {'ks': sorted(set(ks))})}"


def submit_scan(
    workspace: Workspace,
    features_key: str,
    method: str,
    ks: Sequence[int],
    params: Mapping[str, Any],
) -> Run:
    """Try several numbers of groups, as a run; `open_scan` has what it found.

    Raises
    ------
    NotFoundError, BadInputError
        For an unknown method or setting, or a value out of bounds.
    """
    asked = {
        "features": features_key,
        "method": method,
        "ks": sorted(set(ks)),
        "params": settings(method, params),
    }
    done = open_scan(workspace, features_key, method, ks, params) is not None
    title = f"{CLUSTERERS.get(method).label}, {min(ks)} to {max(ks)} groups"
    return _submit(workspace, "cluster-scan", asked, done=done, title=title)


def open_scan(
    workspace: Workspace,
    features_key: str,
    method: str,
    ks: Sequence[int],
    params: Mapping[str, Any],
) -> pd.DataFrame | None:
    """Table of a scan, a row per number of groups; None when it was not computed."""
    path = clustering_path(workspace, _scan_key(features_key, method, ks, params))
    return pd.read_parquet(path / _TABLE) if (path / META).is_file() else None


def run_scan(context: RunContext) -> dict[str, Any]:
    """Run kind "cluster-scan". Params: features (key), method, ks (list of int), params."""
    workspace, asked = context.workspace, context.params
    given = (asked["features"], asked["method"], asked["ks"], asked["params"])
    key = _scan_key(*given)
    if open_scan(workspace, *given) is None:
        features = open_features(workspace, asked["features"])
        table = scan(features, asked["method"], asked["ks"], asked["params"], context.progress)
        _store_scan(workspace, clustering_path(workspace, key), table, features)
    return {"key": key}


def _store_scan(workspace: Workspace, final: Path, table: pd.DataFrame, features: Features) -> None:
    made = workspace.scratch_folder("scan")
    try:
        table.to_parquet(made / _TABLE, index=False)
        meta = {
            "kind": _SCAN,
            "features": features.key,
            "fingerprint": features.fingerprint,
            "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        write_json(made / META, meta)
        publish_once(made, final)
    finally:
        shutil.rmtree(made, ignore_errors=True)


RUN_KINDS.add(RunKind(name="cluster", label="Group", function=run_cluster, quick=True))
RUN_KINDS.add(RunKind(name="cluster-scan", label="Scan groups", function=run_scan, quick=True))
