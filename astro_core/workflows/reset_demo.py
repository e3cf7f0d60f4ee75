"""Put a demonstration's workspace back to how it was before somebody played with it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from astro_core import runs
from astro_core.datasets.store import MANIFEST, delete_dataset, list_datasets
from astro_core.domain import Dataset
from astro_core.workflows.home import start_demo
from astro_core.workspace import Workspace, publish, read_json, write_json

_STATE = "demo-state.json"


def keep_state(workspace: Workspace) -> None:
    """Note what the simulated datasets are like, once; that is what a reset goes back to."""
    path = workspace.root / _STATE
    if path.exists():
        return
    simulated = [d for d in list_datasets(workspace) if d.source.simulated]
    if simulated:
        write_json(path, {d.folder.name: _state(d) for d in simulated})


def reset_demo(workspace: Workspace) -> str | None:
    """Restore the simulated datasets; delete all others, recipes, selections, groupings, runs.

    Labels go as a whole, with queues, rules and classes: those of a demonstration are play. A
    database that ``TUNINGFORK_DATABASE`` names is left alone: others may keep theirs in it.
    Waits until work in progress has stopped. A simulated dataset that was deleted or extended
    cannot be put back: then the demo survey is made again.

    Returns
    -------
    str or None
        Id of the run that makes the demo survey again; None where that was not needed.
    """
    _end_runs(workspace)
    path = workspace.root / _STATE
    kept: dict[str, Any] = read_json(path) if path.exists() else {}
    whole = bool(kept) and all(_intact(workspace.datasets / n, s) for n, s in kept.items())
    for dataset in list_datasets(workspace):
        if not whole or dataset.folder.name not in kept:
            delete_dataset(workspace, dataset.name)
    _remove(workspace, *workspace.recipes.glob("*.json"))
    _remove(workspace, *workspace.selections.glob("*"), *workspace.clusterings.glob("*"))
    _forget_labels(workspace)
    if not whole:
        _remove(workspace, *workspace.stacks.iterdir(), *(p for p in [path] if p.exists()))
        return start_demo(workspace)
    for name, state in kept.items():
        _restore(workspace, workspace.datasets / name, state)
    _remove_other_stacks(workspace)
    return None


def _state(dataset: Dataset) -> dict[str, Any]:
    entries = sorted(p.name for p in dataset.folder.iterdir())
    return {"manifest": read_json(dataset.folder / MANIFEST), "entries": entries}


def _intact(folder: Path, state: dict[str, Any]) -> bool:
    return folder.is_dir() and set(state["entries"]) <= {p.name for p in folder.iterdir()}


def _restore(workspace: Workspace, folder: Path, state: dict[str, Any]) -> None:
    write_json(folder / MANIFEST, state["manifest"])
    _remove(workspace, *(p for p in folder.iterdir() if p.name not in state["entries"]))


def _remove_other_stacks(workspace: Workspace) -> None:
    """Delete pixel stacks that are not those of the datasets under their own recipes."""
    own = {f"{d.fingerprint}-{d.recipe.key}" for d in list_datasets(workspace)}
    _remove(workspace, *(p for p in workspace.stacks.iterdir() if p.name not in own))


def _end_runs(workspace: Workspace) -> None:
    for run in runs.list_runs(workspace):
        runs.cancel(workspace, run.run_id)
    for run in runs.list_runs(workspace):
        runs.wait(workspace, run.run_id)
        runs.delete_run(workspace, run.run_id)


def _forget_labels(workspace: Workspace) -> None:
    if workspace.labels.is_dir():
        from astro_core.labels.store import forget_store

        forget_store(workspace)
        _remove(workspace, workspace.labels)


def _remove(workspace: Workspace, *paths: Path) -> None:
    grave = workspace.scratch_folder("reset")
    for path in paths:
        publish(path, grave / path.name)
    shutil.rmtree(grave, ignore_errors=True)
