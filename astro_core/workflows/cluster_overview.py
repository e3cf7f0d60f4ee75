"""What a grouping found: sizes, classes, agreement, validity, typical and strangest members."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from astro_core.clustering import agreement, representatives, validity
from astro_core.clustering.representatives import rows_of
from astro_core.datasets.catalogue import read_catalogue
from astro_core.domain import ClusteringResult, Dataset
from astro_core.errors import ConflictError
from astro_core.workflows.browse import UNLABELLED
from astro_core.workflows.clustering_files import clustering_path
from astro_core.workflows.clustering_store import describe_clustering, open_clustering
from astro_core.workflows.feature_store import open_features
from astro_core.workspace import Workspace, read_json, write_json

NOISE = -1
UNCERTAIN = "uncertain"  # a label that people gave, and no class that groups could agree with
N_SHOWN = 24
_FILE = "overview.json"
_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What a grouping found.

    Attributes
    ----------
    sizes : Series
        Members per group; the index is the group's number, -1 (noise) last where there is any.
    class_counts : DataFrame
        Members per group (rows, as in `sizes`) and class (columns, in the taxonomy's order); the
        empty name stands for "no label".
    agreement : Mapping
        Measures of agreement with the classes, over members whose class is known and not
        "uncertain", and their number "n"; empty where there are none.
    validity : Mapping
        Internal measures, and the numbers "n" and "n_silhouette" of members that they were
        computed on. A measure that does not apply is left out.
    typical, strangest : Mapping of int to tuple of str
        Object ids per group, the most typical or the strangest first.
    """

    sizes: pd.Series
    class_counts: pd.DataFrame
    agreement: Mapping[str, Any]
    validity: Mapping[str, Any]
    typical: Mapping[int, tuple[str, ...]]
    strangest: Mapping[int, tuple[str, ...]]


def check_current(workspace: Workspace, dataset: Dataset, key: str) -> None:
    """Refuse a grouping that was made from another state of a dataset.

    Raises
    ------
    ConflictError
        If objects, labels or splits have changed since, or it is another dataset's.
    """
    if describe_clustering(workspace, key).fingerprint != dataset.fingerprint:
        raise ConflictError(
            f"These groups are not of '{dataset.name}' as it is now",
            todo="Compute features and groups again",
        )


def overview(workspace: Workspace, dataset: Dataset, key: str) -> Overview:
    """Say what a grouping found; kept on disk.

    Raises
    ------
    NotFoundError
        If there is no such grouping, or its features were deleted before this was first asked.
    ConflictError
        If the grouping is not of the dataset as it is now.
    """
    check_current(workspace, dataset, key)
    path = clustering_path(workspace, key) / _FILE
    try:
        value = read_json(path)
        if value["version"] == _VERSION:
            return _from_json(value)
    except FileNotFoundError:
        pass
    made = _make(workspace, dataset, open_clustering(workspace, key))
    _write(path, made)
    return made


def labels_of(dataset: Dataset, object_ids: tuple[str, ...]) -> pd.Series:
    """Class of each object, in their order; `UNLABELLED` where it has none."""
    frame = read_catalogue(dataset, ["object_id", "label"])
    labels = frame.set_index("object_id")["label"].reindex(list(object_ids))
    return labels.where(labels.notna(), UNLABELLED).astype(str)


def measured_agreement(result: ClusteringResult, labels: pd.Series) -> dict[str, Any]:
    """Agreement with classes that are known; empty where none is.

    Parameters
    ----------
    labels : Series of str
        In the order of the result.
    """
    classes = labels.replace(UNCERTAIN, UNLABELLED).tolist()
    found = agreement(result.labels, classes)
    return _applicable(found) if found["n"] else {}


def measured_validity(
    workspace: Workspace, result: ClusteringResult, seed: int = 0
) -> dict[str, Any]:
    """How well groups stand apart in the features that were grouped."""
    features = open_features(workspace, result.features)
    values = rows_of(features, result.object_ids)
    return _applicable(validity(values, result.labels, seed=seed))


def _applicable(measures: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in measures.items() if not math.isnan(value)}


def _make(workspace: Workspace, dataset: Dataset, result: ClusteringResult) -> Overview:
    features = open_features(workspace, result.features)
    labels = labels_of(dataset, result.object_ids)
    sizes = _sizes(result)
    shown = {int(g): representatives(features, result, int(g), N_SHOWN) for g in sizes.index}
    return Overview(
        sizes=sizes,
        class_counts=_class_counts(result, labels, dataset, sizes.index),
        agreement=measured_agreement(result, labels),
        validity=measured_validity(workspace, result, seed=int(result.params.get("seed", 0))),
        typical={group: found[0] for group, found in shown.items()},
        strangest={group: found[1] for group, found in shown.items()},
    )


def _sizes(result: ClusteringResult) -> pd.Series:
    counts = np.bincount(result.labels + 1, minlength=result.n_clusters + 1)
    sizes = pd.Series(counts[1:], index=range(result.n_clusters), name="n")
    if counts[0]:
        sizes.loc[NOISE] = counts[0]
    return sizes


def _class_counts(
    result: ClusteringResult, labels: pd.Series, dataset: Dataset, groups: pd.Index
) -> pd.DataFrame:
    table = pd.crosstab(result.labels, labels.to_numpy())
    known = [c for c in dataset.taxonomy.class_names if c in table]
    others = sorted(c for c in table if c not in known and c != UNLABELLED)
    last = [UNLABELLED] if UNLABELLED in table else []
    table = table.reindex(index=groups, columns=[*known, *others, *last], fill_value=0)
    return table.rename_axis(index=None, columns=None)


def _write(path: Path, made: Overview) -> None:
    write_json(
        path,
        {
            "version": _VERSION,
            "groups": [int(g) for g in made.sizes.index],
            "sizes": [int(n) for n in made.sizes],
            "classes": list(made.class_counts.columns),
            "class_counts": made.class_counts.to_numpy().tolist(),
            "agreement": dict(made.agreement),
            "validity": dict(made.validity),
            "typical": [list(made.typical[g]) for g in made.sizes.index],
            "strangest": [list(made.strangest[g]) for g in made.sizes.index],
        },
    )


def _from_json(value: Mapping[str, Any]) -> Overview:
    groups = value["groups"]
    return Overview(
        sizes=pd.Series(value["sizes"], index=groups, name="n", dtype=np.int64),
        class_counts=pd.DataFrame(
            value["class_counts"], index=groups, columns=value["classes"], dtype=np.int64
        ),
        agreement=value["agreement"],
        validity=value["validity"],
        typical={g: tuple(ids) for g, ids in zip(groups, value["typical"], strict=True)},
        strangest={g: tuple(ids) for g, ids in zip(groups, value["strangest"], strict=True)},
    )
