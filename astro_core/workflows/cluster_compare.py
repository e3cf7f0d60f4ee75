"""Groupings beside each other, and a grouping as a table to take away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from astro_core.clustering import MEASURES, agreement
from astro_core.domain import Dataset
from astro_core.errors import BadInputError
from astro_core.workflows.cluster_overview import check_current, labels_of, overview
from astro_core.workflows.clustering_store import (
    describe_clustering,
    members_table,
    open_clustering,
)
from astro_core.workspace import Workspace


def compare(workspace: Workspace, key_a: str, key_b: str) -> pd.DataFrame:
    """Objects per group of one grouping (rows) and of another (columns), joined by object id.

    Returns
    -------
    DataFrame of int
        Index ``group_a`` and columns ``group_b``; -1 (noise) last. Objects that only one of the
        two has are left out.

    Raises
    ------
    BadInputError
        If the two have no object in common.
    """
    table = pd.crosstab(*_common(workspace, key_a, key_b))
    order_a, order_b = (sorted(axis, key=lambda g: (g < 0, g)) for axis in (table.index, table))
    table = table.reindex(index=order_a, columns=order_b)
    return table.rename_axis(index="group_a", columns="group_b")


def _common(workspace: Workspace, key_a: str, key_b: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Labels in both, of the objects that both have."""
    a, b = (open_clustering(workspace, key) for key in (key_a, key_b))
    where = pd.Index(b.object_ids).get_indexer(list(a.object_ids))
    both = where >= 0
    if not both.any():
        raise BadInputError("These two groupings have no object in common")
    return a.labels[both], b.labels[where[both]]


def agreement_between(workspace: Workspace, key_a: str, key_b: str) -> dict[str, float | int]:
    """How alike two groupings are: ``ari``, ``nmi``, ``ami`` and ``n``, the objects in both.

    These three do not depend on which of the two comes first. Noise counts as a group.

    Raises
    ------
    BadInputError
        If the two have no object in common.
    """
    labels_a, labels_b = _common(workspace, key_a, key_b)
    found = agreement(labels_a, labels_b.tolist())
    return {name: found[name] for name in ("ari", "nmi", "ami", "n")}


def compare_table(workspace: Workspace, dataset: Dataset, keys: Sequence[str]) -> pd.DataFrame:
    """One row per grouping with its measures.

    Returns
    -------
    DataFrame
        Columns key, name, method, features, n_objects, n_clusters, n_noise, n_labelled and one
        per measure; NaN where a measure does not apply.
    """
    rows = []
    for key in keys:
        clustering = describe_clustering(workspace, key)
        found = overview(workspace, dataset, key)
        measures = {**found.agreement, **found.validity}
        rows.append(
            {
                "key": key,
                "name": clustering.name,
                "method": clustering.label,
                "features": clustering.features,
                "n_objects": clustering.n_objects,
                "n_clusters": clustering.n_clusters,
                "n_noise": clustering.n_noise,
                "n_labelled": found.agreement.get("n", 0),
                **{m.name: measures.get(m.name, float("nan")) for m in MEASURES},
            }
        )
    return pd.DataFrame(rows)


def groups_table(workspace: Workspace, dataset: Dataset, key: str) -> pd.DataFrame:
    """One row per grouped object: object_id, cluster, strength, group_name, label.

    Group names and labels are empty where there are none.
    """
    check_current(workspace, dataset, key)
    names = describe_clustering(workspace, key).group_names
    table = members_table(workspace, key)
    labels = labels_of(dataset, tuple(table["object_id"]))
    return table.assign(
        group_name=[names.get(int(g), "") for g in table["cluster"]], label=labels.to_numpy()
    )
