"""The engine: one process per workspace that does its runs on a local Dask cluster.

Run as ``python -m astro_core.runs.engine WORKSPACE``. It takes runs from the workspace's
folder, so whoever submits needs neither Dask nor a connection, and it outlives them. It ends
by itself after a long time without work, or when its workspace is gone.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import astro_core
from astro_core.errors import BadInputError, NotFoundError
from astro_core.runs.cluster import start_cluster
from astro_core.runs.folder import AGAIN, RunFolder
from astro_core.runs.locate import LockedElsewhere, Registration, hold_engine, launch
from astro_core.runs.processes import kill_tree
from astro_core.runs.recover import END_WORDS, recover, sweep_scratch
from astro_core.runs.worker import work
from astro_core.workspace import Workspace

if TYPE_CHECKING:
    from distributed import Client, Future

POLL_S = 0.15
IDLE_S = 1800.0
CANCEL_GRACE_S = 10.0
QUICK_PRIORITY = 20


def code_stamp() -> float:
    """When this program's code was last changed, in seconds since 1970."""
    package = Path(astro_core.__file__).parent
    return max(path.stat().st_mtime for path in package.rglob("*.py"))


class Engine:
    """Takes runs from the workspace and gives them to the cluster."""

    def __init__(self, workspace: Workspace, registration: Registration, grace_s: float) -> None:
        from distributed import Client

        self._workspace = workspace
        self._registration = registration
        self._grace_s = grace_s
        self._futures: dict[str, Future[None]] = {}
        self._waiting: list[str] = []
        self._holding: set[str] = set()
        self._seen: set[str] = set()
        self._cancel_seen: dict[str, float] = {}
        self._cluster = start_cluster(workspace)
        self._may_hold = max(1, len(self._cluster.workers) - 1)
        self._client: Client = Client(self._cluster, set_as_default=False)
        self._stamp = code_stamp()
        self.outdated = False
        self.stop = threading.Event()
        self.active_at = time.monotonic()

    @property
    def busy(self) -> bool:
        """Whether there is a run that has not ended."""
        return bool(self._futures or self._waiting)

    def turn(self) -> None:
        """Look after what is under way and take up what is new."""
        for run_id, future in list(self._futures.items()):
            store = RunFolder(self._workspace, run_id)
            try:
                if future.done():
                    self._settle(store, future)
                elif store.cancel_requested():
                    self._insist(store, future)
            except NotFoundError:  # somebody removed its folder
                future.cancel(force=True)
                self._forget(run_id)
        self._take_new()
        self._begin_waiting()
        if self.busy:
            self.active_at = time.monotonic()

    def _take_new(self) -> None:
        names = {p.name for p in self._workspace.runs.iterdir()}
        self._seen &= names
        new = sorted(names - self._seen)
        if new and not self.busy and code_stamp() != self._stamp:
            self.outdated = True
            return
        for name in new:
            self._seen.add(name)
            if name.endswith(AGAIN):
                (self._workspace.runs / name).unlink(missing_ok=True)
            try:
                store = RunFolder(self._workspace, name.removesuffix(AGAIN))
                state = store.state()
                if state["state"] == "queued" and state["owner"] is None:
                    self._take(store)
            except (NotFoundError, BadInputError):  # not a run
                continue

    def _take(self, store: RunFolder) -> None:
        holds = store.manifest()["holds_worker"]
        store.update_state(owner=self._registration.owner)
        if holds:
            self._waiting.append(store.run_id)
        else:
            self._submit(store)

    def _begin_waiting(self) -> None:
        """Begin runs that hold a worker while one more may, and drop those not wanted any more."""
        for run_id in list(self._waiting):
            store = RunFolder(self._workspace, run_id)
            try:
                if store.cancel_requested():
                    store.end("cancelled")
                elif len(self._holding) < self._may_hold:
                    self._submit(store)
                    self._holding.add(run_id)
                else:
                    continue
            except NotFoundError:  # somebody removed its folder
                pass
            self._waiting.remove(run_id)

    def _submit(self, store: RunFolder) -> None:
        priority = QUICK_PRIORITY if store.manifest()["quick"] else 0
        self._futures[store.run_id] = self._client.submit(
            work,
            str(self._workspace.root),
            store.run_id,
            priority,
            key=f"run-{store.run_id}",
            priority=priority,
            pure=False,
        )

    def _settle(self, store: RunFolder, future: Future[None]) -> None:
        """Forget a run that is over; say why if it could not say so itself."""
        if future.status == "error":
            store.log(repr(future.exception()))
        if store.cancel_requested():
            store.end("cancelled")
        elif store.state()["owner"] is not None:  # else it is to be taken up again
            store.end("failed", error=END_WORDS["killed"])
        self._forget(store.run_id)

    def _forget(self, run_id: str) -> None:
        self._futures.pop(run_id).release()
        self._cancel_seen.pop(run_id, None)
        self._holding.discard(run_id)

    def _insist(self, store: RunFolder, future: Future[None]) -> None:
        """End a run that was asked to stop: at once before it begins, by force when it is deaf."""
        asked_at = self._cancel_seen.setdefault(store.run_id, time.monotonic())
        begun = store.state()["state"] != "queued"
        if begun and time.monotonic() - asked_at < self._grace_s:
            return
        victims = self._processes_of(store.run_id) if begun else []
        future.cancel(force=True)
        for pid in victims:
            kill_tree(pid)
        store.end("cancelled")
        self._forget(store.run_id)

    def _processes_of(self, run_id: str) -> list[int]:
        """Numbers of the worker processes that work for a run."""
        busy = {
            address
            for address, keys in self._client.processing().items()
            if any(run_id in str(key) for key in keys)
        }
        return [n.pid for n in self._cluster.workers.values() if n.worker_address in busy and n.pid]

    def close(self) -> None:
        """Stop the workers, and say of the runs under way that they were stopped."""
        pids = [n.pid for n in self._cluster.workers.values() if n.pid] if self.busy else []
        for future in self._futures.values():
            future.cancel(force=True)
        self._client.close(timeout=2)
        for pid in pids:
            kill_tree(pid)
        self._cluster.close(timeout=5)
        for run_id in (*self._futures, *self._waiting):
            store = RunFolder(self._workspace, run_id)
            if store.path.is_dir():
                store.end("failed", error=END_WORDS["stopped"])


def serve(workspace: Workspace, registration: Registration, idle_s: float, grace_s: float) -> bool:
    """Work until told to stop, idle for `idle_s`, outdated, or without a workspace.

    Returns
    -------
    bool
        Whether a new engine should take over because the code has changed.
    """
    sweep_scratch(workspace)
    recover(workspace)
    engine = Engine(workspace, registration, grace_s)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: engine.stop.set())
    try:
        while registration.holds() and not engine.stop.wait(POLL_S):
            engine.turn()
            idle = time.monotonic() - engine.active_at > idle_s
            if engine.outdated or (idle and _retired(engine, registration)):
                break
    except FileNotFoundError:
        if workspace.runs.is_dir():
            raise
    finally:
        engine.close()
    return engine.outdated


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
