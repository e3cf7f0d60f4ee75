"""The engine: one process per workspace that has its runs done, here or on a scheduler's workers.

Run as ``python -m astro_core.runs.engine WORKSPACE``. It takes runs from the workspace's
folder, so whoever submits needs neither Dask nor a connection, and it outlives them. It ends
by itself after a long time without work, or when its workspace is gone.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import time
from pathlib import Path

from astro_core.errors import BadInputError
from astro_core.runs.cluster import Cluster, OwnCluster, RemoteCluster
from astro_core.runs.dispatch import Engine
from astro_core.runs.folder import RunFolder, run_ids
from astro_core.runs.locate import (
    LockedElsewhere,
    Registration,
    hold_engine,
    launch,
)
from astro_core.runs.recover import recover, sweep_scratch
from astro_core.runs.remote import remote
from astro_core.workspace import Workspace

POLL_S = 0.15
IDLE_S = 1800.0
CANCEL_GRACE_S = 10.0


def open_cluster(workspace: Workspace) -> Cluster:
    """Return the scheduler that the settings name, or else workers of our own.

    Raises
    ------
    BadInputError
        If the scheduler does not answer.
    """
    where = remote()
    return OwnCluster(workspace) if where is None else RemoteCluster(where)


def serve(workspace: Workspace, registration: Registration, idle_s: float, grace_s: float) -> bool:
    """Work until told to stop, idle for `idle_s`, outdated, cut off, or without a workspace.

    Returns
    -------
    bool
        Whether a new engine should take over because the code has changed.
    """
    sweep_scratch(workspace)
    recover(workspace)
    try:
        cluster = open_cluster(workspace)
    except BadInputError as error:
        _refuse(workspace, str(error))
        return False
    engine = Engine(workspace, registration, cluster, grace_s)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: engine.stop.set())
    try:
        while registration.holds() and not engine.stop.wait(POLL_S):
            engine.turn()
            idle = time.monotonic() - engine.active_at > idle_s
            done = idle and _retired(engine, registration)
            if engine.outdated or done or not cluster.connected():
                break
    except FileNotFoundError:
        if workspace.runs.is_dir():
            raise
    finally:
        engine.close()
    return engine.outdated


def _refuse(workspace: Workspace, words: str) -> None:
    """Say to all runs that wait why they cannot begin."""
    for run_id in run_ids(workspace):
        store = RunFolder(workspace, run_id)
        state = store.state()
        if state["state"] == "queued" and state["owner"] is None:
            store.end("failed", error=words)


def _retired(engine: Engine, registration: Registration) -> bool:
    """Sign off; sign on again if somebody submitted a run in that very moment."""
    registration.sign_off()
    engine.turn()
    if engine.busy:
        registration.sign_on()
    return not engine.busy


def main() -> int:
    """Run the engine of one workspace."""
    parser = argparse.ArgumentParser(description="Does the runs of one workspace.")
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--idle-s", type=float, default=IDLE_S)
    parser.add_argument("--grace-s", type=float, default=CANCEL_GRACE_S)
    options = parser.parse_args()
    workspace = Workspace(options.workspace)
    try:
        with hold_engine(workspace) as registration:
            hand_over = serve(workspace, registration, options.idle_s, options.grace_s)
    except LockedElsewhere:
        return 0
    shutil.rmtree(workspace.engine / "dask", ignore_errors=True)
    if hand_over and workspace.engine.is_dir():
        launch(workspace, *sys.argv[2:])
    return 0


if __name__ == "__main__":
    sys.exit(main())
