"""Hand out the groups of a grouping, with the features they were made from, as a table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa

from astro_core.domain import Dataset
from astro_core.workflows.cluster_compare import groups_table
from astro_core.workflows.clustering_store import describe_clustering
from astro_core.workflows.export_tables import write_table
from astro_core.workflows.feature_store import features_table
from astro_core.workspace import Workspace


def groups_and_features(
    workspace: Workspace, dataset: Dataset, key: str, *, with_features: bool = True
) -> pd.DataFrame:
    """One row per grouped object: its group first, then the features, joined by object id.

    Raises
    ------
    NotFoundError
        If the grouping or its features are not there any more.
    """
    table = groups_table(workspace, dataset, key)
    if not with_features:
        return table
    features = features_table(workspace, describe_clustering(workspace, key).features)
    return table.merge(features, on="object_id", how="left", validate="one_to_one")


def write_groups(
    workspace: Workspace,
    dataset: Dataset,
    key: str,
    format: str,
    path: Path,
    *,
    with_features: bool = True,
) -> None:
    """Write the table of `groups_and_features` as csv, ecsv, votable, fits or parquet.

    Raises
    ------
    NotFoundError
        For another format, or if the grouping or its features are not there any more.
    """
    table = groups_and_features(workspace, dataset, key, with_features=with_features)
    write_table(pa.Table.from_pandas(table, preserve_index=False), format, path)
