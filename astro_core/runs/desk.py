"""Small questions to a process that keeps a network loaded, so that somebody may wait for it.

A run's folder, the engine's turn and a worker that may have no network loaded yet cost more than
the answer does. The desk is one process per workspace, found as the engine is: a question is a
file in ``engine/desk``, which the process takes up within a hundredth of a second; the function
that is named in it writes its own result. The process ends by itself when nobody has asked for
long.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from astro_core.runs.processes import (
    Owner,
    collect,
    lives,
    read_owner,
    start_apart,
    stop_owner,
)
from astro_core.workspace import Workspace, check_name, read_json, whole_file

MODULE = "astro_core.runs.desk_process"
STARTING_S = 60.0  # a desk that takes longer to start will not
GONE = "The process that looks into networks ended, most likely for want of memory. Ask again."
NEVER = "The process that looks into networks did not start; engine/desk-log.txt says why."
CANCEL = ".cancel"


def ask(
    workspace: Workspace,
    key: str,
    function: str,
    params: Mapping[str, Any],
    *,
    quick: bool,
    again: bool = False,
) -> None:
    """Put a question, starting the desk if there is none; does not wait.

    The same question is not put twice while it is under way.

    Parameters
    ----------
    key : str
        Name of the question.
    function : str
        ``module:name``; called with the workspace, the params and a `Progress`.
    quick : bool
        Whether it is answered beside the slow ones, at once.
    again : bool
        Whether one that failed is put again; else it stays as it is.
    """
    told = look(workspace, key)
    failed = told is not None and told["state"] == "failed"
    if failed and not again:
        return
    if told is None or failed:
        withdrawn = ticket(workspace, key).with_suffix(CANCEL)
        withdrawn.unlink(missing_ok=True)
        asked = {"function": function, "params": dict(params), "quick": quick}
        write_ticket(workspace, key, asked | {"state": "waiting", "asked_at": time.time()})
    ensure_desk(workspace)


def look(workspace: Workspace, key: str) -> dict[str, Any] | None:
    """Say how far a question is: state, done, total, message, error; None once it is over.

    States are "starting", "waiting", "running" and "failed".
    """
    path = ticket(workspace, key)
    try:
        told = read_json(path)
    except FileNotFoundError:
        return None
    if path.with_suffix(CANCEL).exists():
        return None
    state = told["state"]
    words = ""
    if state == "running" and not lives(told["owner"]):
        words = GONE
    elif state == "waiting" and desk_owner(workspace) is None:
        state = "starting"
        words = NEVER if time.time() - told["asked_at"] > STARTING_S else ""
    shown = {name: told[name] for name in ("done", "total", "message", "error") if name in told}
    return shown | {"state": "failed" if words else state} | ({"error": words} if words else {})


def withdraw(workspace: Workspace, key: str) -> None:
    """Take a question back; one that is being answered is dropped at its next report."""
    path = ticket(workspace, key)
    if path.exists():
        path.with_suffix(CANCEL).touch()


def desk_folder(workspace: Workspace) -> Path:
    """Where the questions lie."""
    return workspace.engine / "desk"


def ticket(workspace: Workspace, key: str) -> Path:
    """File of a question, whether it is there or not."""
    return desk_folder(workspace) / f"{check_name(key, 'question')}.json"


def write_ticket(workspace: Workspace, key: str, told: Mapping[str, Any]) -> None:
    """Replace what is known of a question; nothing is lost with one but a question."""
    with whole_file(ticket(workspace, key)) as half:
        half.write_text(json.dumps(told), encoding="utf-8")


def registration(workspace: Workspace) -> Path:
    """File that names the desk's process."""
    return workspace.engine / "desk.json"


def desk_owner(workspace: Workspace) -> Owner | None:
    """Return the process that is the desk, or None."""
    owner = read_owner(registration(workspace))
    return owner if lives(owner) else None


def ensure_desk(workspace: Workspace) -> None:
    """Start the workspace's desk unless it has one; does not wait until it is up."""
    if desk_owner(workspace) is not None:
        return
    collect(launch_desk(workspace))


def launch_desk(workspace: Workspace) -> subprocess.Popen[bytes]:
    """Start a desk process that outlives this one and writes to ``engine/desk-log.txt``."""
    workspace.engine.mkdir(parents=True, exist_ok=True)
    log = workspace.engine / "desk-log.txt"
    log.unlink(missing_ok=True)
    environment = {
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # A training has the memory of the accelerator; looks are small enough for a processor.
        "CUDA_VISIBLE_DEVICES": "",
    }
    return start_apart(workspace, MODULE, log=log, environment=environment)


def stop_desk(workspace: Workspace, *, wait_s: float = 5.0) -> bool:
    """Stop the workspace's desk.

    Returns
    -------
    bool
        Whether there was one.
    """
    owner = desk_owner(workspace)
    if owner is None:
        return False
    stop_owner(owner, wait_s=wait_s)
    return True
