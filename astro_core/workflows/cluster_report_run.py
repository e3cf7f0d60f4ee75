"""Several methods on the same features side by side: a run, and the page it writes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from astro_core import runs
from astro_core.clustering import CLUSTERERS
from astro_core.runs import RUN_KINDS, Run, RunContext, RunKind
from astro_core.workflows.cluster import dataset_of
from astro_core.workflows.cluster_overview import overview
from astro_core.workflows.cluster_report import Found, Report, summary
from astro_core.workflows.cluster_report_page import page
from astro_core.workflows.cluster_seeds import SEEDS, Try, spread, try_methods
from astro_core.workflows.clustering_store import describe_clustering, open_clustering
from astro_core.workflows.feature_store import describe_features, open_features
from astro_core.workspace import Workspace, file_for

FEW_ENOUGH_FOR_SEEDS = 5_000  # galaxies; beyond that other seeds would take too long


def submit_report(
    workspace: Workspace,
    features_key: str,
    methods: Mapping[str, Mapping[str, Any]],
    out: Path | None,
) -> Run:
    """Group by several methods as a run, and write a page about them.

    Parameters
    ----------
    methods : Mapping of str to Mapping
        All settings of each method.
    out : Path or None
        HTML file to write, absolute; None writes none.
    """
    asked = {
        "features": features_key,
        "methods": {name: dict(params) for name, params in methods.items()},
        "out": None if out is None else str(out),
    }
    run_id = runs.submit(workspace, "cluster-report", asked, title="Groups side by side")
    return runs.get_run(workspace, run_id)


def run_report(context: RunContext) -> dict[str, Any]:
    """Run kind "cluster-report". Params: features (key), methods (settings by name), out."""
    workspace, asked = context.workspace, context.params
    n = describe_features(workspace, asked["features"]).n_objects
    seeds = SEEDS if asked["out"] is not None and n <= FEW_ENOUGH_FOR_SEEDS else 1
    parts = try_methods(context, asked["features"], asked["methods"], seeds=seeds)
    found = {name: tries for name, tries in parts.items() if "error" not in tries[0]}
    failed = {name: tries[0]["error"] for name, tries in parts.items() if "error" in tries[0]}
    keys = {name: tries[0]["key"] for name, tries in found.items()}
    if asked["out"] is not None and found:
        context.progress(0, 1, "Writing the page")
        report = Report(
            dataset=dataset_of(workspace, open_features(workspace, asked["features"])),
            features=describe_features(workspace, asked["features"]),
            found=tuple(_found(workspace, keys[name], tries) for name, tries in found.items()),
            failed={CLUSTERERS.get(name).label: reason for name, reason in failed.items()},
            made_at=datetime.now(UTC).isoformat(timespec="minutes"),
        )
        text = page(workspace, report)
        with file_for(Path(asked["out"])) as half:
            half.write_text(text, encoding="utf-8")
        context.progress(1, 1, "Done")
    return {"found": [summary(workspace, key) for key in keys.values()], "failed": failed}


def _found(workspace: Workspace, key: str, tries: list[Try]) -> Found:
    clustering = describe_clustering(workspace, key)
    dataset = dataset_of(workspace, open_features(workspace, clustering.features))
    first = int(clustering.params.get("seed", 0))
    return Found(
        clustering=clustering,
        result=open_clustering(workspace, key),
        overview=overview(workspace, dataset, key),
        spread=spread(tries, first),
    )


RUN_KINDS.add(RunKind(name="cluster-report", label="Compare groups", function=run_report))
