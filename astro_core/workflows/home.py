"""What Home tells: counts, disk use, what a deletion would take; and clearing the caches."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from astro_core import runs
from astro_core.datasets.layouts import part_root
from astro_core.datasets.store import list_datasets
from astro_core.domain import Dataset, Run
from astro_core.errors import ConflictError
from astro_core.workspace import Workspace, publish, size_bytes

DEMO = "demo"


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Live counts of a workspace."""

    n_datasets: int
    n_objects: int
    n_labelled: int
    n_runs: int
    n_going: int

    @property
    def labelled_share(self) -> float:
        """Share of all objects that have a class, 0 to 1; 0 where there is no object."""
        return self.n_labelled / self.n_objects if self.n_objects else 0.0


@dataclass(frozen=True, kw_only=True)
class DiskUse:
    """Bytes on disk by what they are for; stacks and downloads can be made or fetched again."""

    datasets: int
    stacks: int
    downloads: int
    runs: int

    @property
    def caches(self) -> int:
        """What clearing the caches would free."""
        return self.stacks + self.downloads

    @property
    def total(self) -> int:
        """Everything."""
        return self.datasets + self.stacks + self.downloads + self.runs


@dataclass(frozen=True, kw_only=True)
class Loss:
    """What deleting a dataset would take.

    Attributes
    ----------
    n_labelled : int
        Objects whose class would be forgotten.
    files_bytes : int
        Images that lie in the dataset's own folder and would be deleted with it.
    stack_bytes : int
        Pixel stacks made from it.
    kept : tuple of Path
        Folders with images elsewhere, which stay.
    """

    n_objects: int
    n_labelled: int
    files_bytes: int
    stack_bytes: int
    kept: tuple[Path, ...]


def counts(datasets: Sequence[Dataset], all_runs: Sequence[Run]) -> Counts:
    """Count what a workspace holds, from manifests and run folders alone."""
    return Counts(
        n_datasets=len(datasets),
        n_objects=sum(d.n_objects for d in datasets),
        n_labelled=sum(sum(d.class_counts.values()) for d in datasets),
        n_runs=len(all_runs),
        n_going=sum(not run.finished for run in all_runs),
    )


def disk_use(workspace: Workspace) -> DiskUse:
    """Measure what the workspace takes on disk; walks all its files."""
    return DiskUse(
        datasets=size_bytes(workspace.datasets),
        stacks=size_bytes(workspace.stacks),
        downloads=size_bytes(workspace.downloads),
        runs=size_bytes(workspace.runs),
    )


def loss(workspace: Workspace, dataset: Dataset) -> Loss:
    """Say what deleting a dataset would take and what would stay."""
    roots = [part_root(dataset.folder, part) for part in dataset.parts]
    own = dataset.folder.resolve()
    return Loss(
        n_objects=dataset.n_objects,
        n_labelled=sum(dataset.class_counts.values()),
        files_bytes=size_bytes(dataset.folder),
        stack_bytes=sum(size_bytes(p) for p in workspace.stacks.glob(f"{dataset.fingerprint}-*")),
        kept=tuple(dict.fromkeys(r for r in roots if not r.is_relative_to(own))),
    )


def clear_caches(workspace: Workspace) -> int:
    """Delete pixel stacks and downloads, and return the bytes that this freed.

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
    freed = size_bytes(workspace.stacks) + size_bytes(workspace.downloads)
    grave = workspace.scratch_folder("cleared")
    for folder in (workspace.stacks, workspace.downloads):
        if folder.is_dir():
            publish(folder, grave / folder.name)
    workspace.ensure()
    shutil.rmtree(grave, ignore_errors=True)
    return freed


def start_demo(workspace: Workspace) -> str:
    """Start making the demo survey, unless that is going on, and return the run's id."""
    for run in runs.list_runs(workspace):
        if run.kind == DEMO and not run.finished:
            return run.run_id
    return runs.submit(workspace, DEMO, {}, title="Making the demo survey")


def has_demo(workspace: Workspace) -> bool:
    """Whether the demo survey is there under its own name."""
    return any(d.name == DEMO for d in list_datasets(workspace))
