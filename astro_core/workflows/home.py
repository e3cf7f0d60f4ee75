"""What Home tells: counts, disk use, what a deletion would take; and clearing the caches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from astro_core import runs
from astro_core.datasets import store
from astro_core.datasets.layouts import part_root
from astro_core.datasets.store import DiskUse, cache_bytes, disk_use
from astro_core.domain import Dataset, Run
from astro_core.errors import ConflictError
from astro_core.workflows.clustering_store import list_clusterings
from astro_core.workflows.selections import list_selections
from astro_core.workspace import Workspace, size_bytes

DEMO = "demo"


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Live counts of a workspace."""

    n_datasets: int
    n_objects: int
    n_labelled: int
    n_runs: int
    n_going: int


@dataclass(frozen=True, kw_only=True)
class WorkspaceUse:
    """Disk space of a workspace, in bytes; caches can be made or fetched again."""

    total: int
    caches: int


@dataclass(frozen=True, kw_only=True)
class Loss:
    """What deleting a dataset would take.

    Attributes
    ----------
    n_labelled : int
        Objects whose class would be forgotten.
    disk : DiskUse
        Bytes of tables, of images in the dataset's own folder, and of what was computed.
    kept : tuple of Path
        Folders with images elsewhere, which stay.
    n_selections, n_saved : int
        Saved selections and saved groupings.
    """

    n_objects: int
    n_labelled: int
    disk: DiskUse
    kept: tuple[Path, ...]
    n_selections: int
    n_saved: int


def counts(datasets: Sequence[Dataset], all_runs: Sequence[Run]) -> Counts:
    """Count what a workspace holds, from manifests and run folders alone."""
    return Counts(
        n_datasets=len(datasets),
        n_objects=sum(d.n_objects for d in datasets),
        n_labelled=sum(sum(d.class_counts.values()) for d in datasets),
        n_runs=len(all_runs),
        n_going=sum(not run.finished for run in all_runs),
    )


def workspace_use(workspace: Workspace) -> WorkspaceUse:
    """Measure what the workspace takes on disk; walks all its files."""
    return WorkspaceUse(total=size_bytes(workspace.root), caches=cache_bytes(workspace))


def loss(workspace: Workspace, dataset: Dataset) -> Loss:
    """Say what deleting a dataset would take and what would stay."""
    roots = [part_root(dataset.folder, part) for part in dataset.parts]
    own = dataset.folder.resolve()
    return Loss(
        n_objects=dataset.n_objects,
        n_labelled=sum(dataset.class_counts.values()),
        disk=disk_use(workspace, dataset),
        kept=tuple(dict.fromkeys(r for r in roots if not r.is_relative_to(own))),
        n_selections=len(list_selections(workspace, dataset)),
        n_saved=len(list_clusterings(workspace, dataset, saved_only=True)),
    )


def clear_caches(workspace: Workspace) -> int:
    """Delete what can be made or fetched again, and return the bytes that this freed.

    Raises
    ------
    ConflictError
        While a run is going, because it may be reading or writing them.
    """
    if any(not run.finished for run in runs.list_runs(workspace)):
        raise ConflictError(
            "The caches are in use by work in progress",
            todo="Wait until it is done, or cancel it, and try again",
        )
    return store.clear_caches(workspace)


def start_demo(workspace: Workspace) -> str:
    """Start making the demo survey, unless that is going on, and return the run's id."""
    for run in runs.list_runs(workspace):
        if run.kind == DEMO and not run.finished:
            return run.run_id
    return runs.submit(workspace, DEMO, {}, title="Making the demo survey")
