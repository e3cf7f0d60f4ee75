"""What an engine, or a reader, makes of runs whose process has ended."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from astro_core.domain import FINISHED, Run
from astro_core.errors import BadInputError, NotFoundError
from astro_core.runs.folder import RunFolder, run_ids
from astro_core.runs.locate import engine_lives
from astro_core.runs.processes import lives
from astro_core.workspace import Workspace

END_WORDS = {
    "dead": "The engine stopped while this was under way. Start it again.",
    "never": "The engine stopped before this began. Start it again; if that does not help, "
    "engine/log.txt in the workspace says why.",
    "stopped": "The engine was stopped while this was under way. Start it again.",
    "killed": "The process that did this ended again and again, most likely for want of memory. "
    "Try fewer or smaller images, or close other programs.",
}
STARTING_S = 60.0  # an engine that takes longer to start will not
FORGOTTEN_S = 86_400.0  # scratch that belongs to no run, such as an upload being looked at


def lost(store: RunFolder) -> str:
    """Say why a run will never end by itself; empty if it has ended or may still."""
    state = store.state()
    if state["state"] in FINISHED or lives(state["owner"]):
        return ""
    if state["owner"] is not None:
        return END_WORDS["dead"]
    age = datetime.now(UTC) - datetime.fromisoformat(store.manifest()["created_at"])
    if age < timedelta(seconds=STARTING_S) or engine_lives(store.workspace):
        return ""
    return END_WORDS["never"]


def read_run(store: RunFolder) -> Run:
    """Read a run; one whose process has ended is seen as failed."""
    words = lost(store)
    run = store.read()
    return replace(run, state="failed", error=words) if words and not run.finished else run


def recover(workspace: Workspace) -> None:
    """Record as failed every run whose process has ended."""
    for run_id in run_ids(workspace):
        store = RunFolder(workspace, run_id)
        words = lost(store)
        if words:
            store.end("failed", error=words)


def _belongs_to_nobody(workspace: Workspace, path: Path) -> bool:
    try:
        store = RunFolder(workspace, path.name)
        return store.state()["state"] in FINISHED or bool(lost(store))
    except (NotFoundError, BadInputError):
        return time.time() - path.stat().st_mtime > FORGOTTEN_S


def sweep_scratch(workspace: Workspace) -> None:
    """Remove what dead runs left half-made, and forgotten scratch older than a day."""
    for path in workspace.scratch.iterdir() if workspace.scratch.is_dir() else ():
        if _belongs_to_nobody(workspace, path):
            shutil.rmtree(path, ignore_errors=True)
