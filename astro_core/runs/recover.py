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
from astro_core.runs.processes import kill_owner, lives
from astro_core.workspace import Workspace

END_WORDS = {
    "dead": "The engine stopped while this was under way. Start it again.",
    "often": "It was cut off again and again, most likely for want of memory. What it reached is "
    "kept: close other programs and resume it.",
    "never": "The engine stopped before this began. Start it again; if that does not help, "
    "engine/log.txt in the workspace says why.",
    "stopped": "The engine was stopped while this was under way. Start it again.",
    "killed": "The process that did this ended again and again, most likely for want of memory. "
    "Try fewer or smaller images, or close other programs.",
    "cut": "The connection to the scheduler was lost while this was under way. Start it again.",
}
INTERRUPTED = "Cut off; it goes on where it stood"
STARTING_S = 60.0  # an engine that takes longer to start will not
FORGOTTEN_S = 86_400.0  # scratch that belongs to no run, such as an upload being looked at
MOST_INTERRUPTIONS = 3  # a run that takes the machine down is not begun for ever


def interrupted(store: RunFolder) -> bool:
    """Whether a run lost its engine and may be taken up by the next: nothing of it is lost."""
    state = store.state()
    if state["state"] in FINISHED or state["owner"] is None or lives(state["owner"]):
        return False
    return keeps(store)


def keeps(store: RunFolder) -> bool:
    """Whether another engine can go on with a run that has not ended: it keeps what it reached."""
    state = store.state()
    begun = state["state"] != "queued"
    if begun and not store.manifest().get("resumes", False):
        return False
    return bool(state.get("interruptions", 0) < MOST_INTERRUPTIONS)


def lost(store: RunFolder) -> str:
    """Say why a run will never end by itself; empty if it has ended or may still."""
    state = store.state()
    if state["state"] in FINISHED or lives(state["owner"]) or interrupted(store):
        return ""
    if state.get("left", False):
        return ""
    if state["owner"] is not None:
        return END_WORDS["often" if state.get("interruptions", 0) else "dead"]
    asked_at = state.get("asked_at") or store.manifest()["created_at"]
    age = datetime.now(UTC) - datetime.fromisoformat(asked_at)
    if age < timedelta(seconds=STARTING_S) or engine_lives(store.workspace):
        return ""
    return END_WORDS["never"]


def read_run(store: RunFolder) -> Run:
    """Read a run; one whose process has ended is seen as failed, or as waiting to go on."""
    run = store.read()
    if run.finished:
        return run
    if interrupted(store) or store.state().get("left", False):
        said, spent = INTERRUPTED if run.done else "", store.spent_s()
        return replace(run, state="queued", message=said, started_at="", spent_s=spent)
    words = lost(store)
    return replace(run, state="failed", error=words, ended_at=store.last_sign()) if words else run


def recover(workspace: Workspace) -> None:
    """Put runs that were cut off back in line; record as failed those that cannot go on."""
    for run_id in run_ids(workspace):
        store = RunFolder(workspace, run_id)
        if interrupted(store):
            _put_back(store)
        elif words := lost(store):
            store.end("failed", error=words, at=store.last_sign())


def _put_back(store: RunFolder) -> None:
    state = store.state()
    begun = state["state"] == "running"
    kill_owner(state.get("worker"))  # it may not have noticed yet that it is alone
    store.put_back(interruptions=state.get("interruptions", 0) + begun)
    if begun:
        store.log("Its engine ended; it is taken up again")


def leave(store: RunFolder) -> None:
    """Leave a run to the next engine, as this one is being shut down by the machine."""
    store.put_back(interruptions=store.state().get("interruptions", 0))
    store.log("The engine was shut down; the next one goes on")


def _belongs_to_nobody(workspace: Workspace, path: Path) -> bool:
    try:
        store = RunFolder(workspace, path.name)
        return store.state()["state"] in FINISHED or bool(lost(store)) or interrupted(store)
    except (NotFoundError, BadInputError):
        return time.time() - path.stat().st_mtime > FORGOTTEN_S


def sweep_scratch(workspace: Workspace) -> None:
    """Remove what dead runs left half-made, and forgotten scratch older than a day."""
    for path in workspace.scratch.iterdir() if workspace.scratch.is_dir() else ():
        if _belongs_to_nobody(workspace, path):
            shutil.rmtree(path, ignore_errors=True)
