"""Galaxies ranked by how odd they are, computed once and kept beside what it was computed from."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pandas as pd

from astro_core.clustering.anomalies import anomaly_scores
from astro_core.errors import BadInputError
from astro_core.workflows.clustering_store import open_clustering
from astro_core.workflows.feature_store import features_path, open_features
from astro_core.workspace import Workspace, whole_file

_FILE = "isolation-1.parquet"  # another number when the scores change
_OUTLIERS = "outlier_scores"


def ranked(
    workspace: Workspace,
    features_key: str,
    *,
    by: Literal["isolation", "hdbscan"] = "isolation",
    clustering_key: str | None = None,
) -> pd.DataFrame:
    """Rank galaxies, the oddest first.

    Parameters
    ----------
    by : {"isolation", "hdbscan"}
        By an isolation forest of the features, or by the outlier score (GLOSH) that HDBSCAN gave.
    clustering_key : str, optional
        The grouping that HDBSCAN made; needed for "hdbscan".

    Returns
    -------
    DataFrame
        object_id, score; higher is odder. Galaxies without a score are left out.

    Raises
    ------
    NotFoundError
        If there are no such features or groups.
    BadInputError
        If the grouping has no outlier scores, or the features tell nothing apart.
    """
    if by == "hdbscan":
        return _outliers(workspace, clustering_key)
    path = features_path(workspace, features_key) / _FILE
    features = open_features(workspace, features_key)
    try:
        return pd.read_parquet(path)
    except FileNotFoundError:
        pass
    table = _sorted(features.object_ids, anomaly_scores(features))
    _write(path, table)
    return table


def _outliers(workspace: Workspace, key: str | None) -> pd.DataFrame:
    result = open_clustering(workspace, key) if key else None
    if result is None or _OUTLIERS not in result.details:
        raise BadInputError(
            "There are no outlier scores of HDBSCAN",
            expected="a grouping made by HDBSCAN",
            given=result.method if result else "none",
            todo="Group by HDBSCAN first",
        )
    return _sorted(result.object_ids, result.details[_OUTLIERS])


def _sorted(object_ids: tuple[str, ...], scores: object) -> pd.DataFrame:
    table = pd.DataFrame({"object_id": list(object_ids), "score": scores})
    table = table.dropna(subset="score").sort_values("score", ascending=False, kind="stable")
    return table.reset_index(drop=True)


def _write(path: Path, table: pd.DataFrame) -> None:
    with whole_file(path) as half:
        table.to_parquet(half, index=False)
