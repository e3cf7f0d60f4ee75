"""How much of what a method finds depends on its seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from astro_core.clustering import MEASURES, cluster
from astro_core.domain import ClusteringResult
from astro_core.errors import TuningForkError
from astro_core.params import digest
from astro_core.runs import RunContext
from astro_core.workflows.cluster import dataset_of, ensure_clustering
from astro_core.workflows.cluster_overview import (
    labels_of,
    measured_agreement,
    measured_validity,
)
from astro_core.workflows.clustering_store import open_clustering
from astro_core.workflows.feature_store import open_features
from astro_core.workspace import Workspace

SEEDS = 5
Try = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Measures of a method over several seeds.

    Attributes
    ----------
    seeds : tuple of int
        Those tried.
    same : bool
        Whether more than one was tried and all gave the same groups.
    measures : Mapping of str to (mean, standard deviation)
        Sample standard deviation over the seeds; empty where they all gave the same.
    """

    seeds: tuple[int, ...]
    same: bool
    measures: Mapping[str, tuple[float, float]]


def applicable_measures(
    agreement: Mapping[str, Any], validity: Mapping[str, Any]
) -> dict[str, float]:
    """The measures of both, in the order of their registry, without counts."""
    both = {**agreement, **validity}
    return {spec.name: both[spec.name] for spec in MEASURES if spec.name in both}


def group_once(
    workspace: str, features: str, method: str, params: dict[str, Any], keep: bool
) -> Try:
    """Group, and keep the grouping or only measure it; what cannot be done is told, not raised.

    Returns
    -------
    dict
        Either "error", or "key" (empty if not kept), "groups" (a digest of who is in which) and
        "measures".
    """
    space = Workspace(Path(workspace))
    try:
        if keep:
            key = ensure_clustering(space, features, method, params)
            result = open_clustering(space, key)
        else:
            key, result = "", cluster(open_features(space, features), method, params)
        measures = _measured(space, result)
    except TuningForkError as error:
        return {"error": str(error)}
    groups = digest(result.labels.tolist())
    return {"key": key, "groups": groups, "measures": measures}


def _measured(workspace: Workspace, result: ClusteringResult) -> dict[str, float]:
    dataset = dataset_of(workspace, open_features(workspace, result.features))
    labels = labels_of(dataset, result.object_ids)
    seed = int(result.params.get("seed", 0))
    return applicable_measures(
        measured_agreement(result, labels), measured_validity(workspace, result, seed=seed)
    )


def try_methods(
    context: RunContext,
    features: str,
    methods: Mapping[str, Mapping[str, Any]],
    *,
    seeds: int = SEEDS,
) -> dict[str, list[Try]]:
    """Group by every method with consecutive seeds, on all workers at once.

    The first grouping of each is kept. Where a second seed gives the same groups, no third is
    tried.

    Returns
    -------
    dict of str to list of dict
        What `group_once` returned, by method and in the order of the seeds.
    """
    tries: dict[str, list[Try]] = {name: [] for name in methods}
    going = list(methods)
    for steps in (range(1), range(1, min(2, seeds)), range(2, seeds)):
        asked = [(name, step) for name in going for step in steps]
        found = _do(context, features, methods, asked)
        for place in asked:
            tries[place[0]].append(found[place])
        going = [name for name in going if _goes_on(tries[name])]
    return tries


def _goes_on(tries: list[Try]) -> bool:
    if any("error" in one for one in tries):
        return False
    return len(tries) == 1 or tries[0]["groups"] != tries[1]["groups"]


def _do(
    context: RunContext,
    features: str,
    methods: Mapping[str, Mapping[str, Any]],
    asked: list[tuple[str, int]],
) -> dict[tuple[str, int], Try]:
    fixed = {"workspace": str(context.workspace.root), "features": features}
    items = []
    for name, step in asked:
        params = {**methods[name], "seed": int(methods[name]["seed"]) + step}
        items.append(fixed | {"method": name, "params": params, "keep": step == 0})
    found = {}
    for done, (index, value) in enumerate(context.map(group_once, items), start=1):
        found[asked[index]] = value
        context.progress(done, len(items), f"Grouped by {asked[index][0]}")
    return found


def spread(tries: list[Try], first_seed: int) -> Spread:
    """Mean and standard deviation of each measure over tries with consecutive seeds."""
    good = [one for one in tries if "error" not in one]
    same = len(good) > 1 and len({one["groups"] for one in good}) == 1
    measures = {}
    for name in () if same else good[0]["measures"]:
        values = [one["measures"][name] for one in good if name in one["measures"]]
        if len(values) > 1:
            measures[name] = (float(np.mean(values)), float(np.std(values, ddof=1)))
    seeds = tuple(range(first_seed, first_seed + len(good)))
    return Spread(seeds=seeds, same=same, measures=measures)
