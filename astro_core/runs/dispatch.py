"""Give the runs of a workspace to its workers, in their order, and look after them."""

from __future__ import annotations

import threading
import time
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING

from astro_core.domain import FINISHED
from astro_core.errors import BadInputError, NotFoundError
from astro_core.runs.cluster import TRAINING, Cluster
from astro_core.runs.folder import AGAIN, RunFolder
from astro_core.runs.line import to_be_done_first
from astro_core.runs.locate import Registration, code_stamp, stopped_on_purpose
from astro_core.runs.perform import in_words
from astro_core.runs.recover import END_WORDS, keeps, leave
from astro_core.runs.worker import work
from astro_core.workspace import Workspace

if TYPE_CHECKING:
    from distributed import Future

QUICK_PRIORITY = 20
NOBODY_TRAINS = f"Waiting for a worker that takes trainings (--resources {TRAINING}=1)"
SAME_PROGRAM = "Install the same version of it where the workers are; docs/runs.md says how."
SAME_FOLDER = "It has to be at the same path on all machines; docs/runs.md says how."


class Engine:
    """Takes runs from the workspace and gives them to the cluster."""

    def __init__(
        self, workspace: Workspace, registration: Registration, cluster: Cluster, grace_s: float
    ) -> None:
        self._workspace = workspace
        self._registration = registration
        self._cluster = cluster
        self._grace_s = grace_s
        self._futures: dict[str, Future[None]] = {}
        self._waiting: set[str] = set()
        self._holding: set[str] = set()
        self._next: set[str] = set()  # handed over, and not begun when last seen
        self._seen: set[str] = set()
        self._told: set[str] = set()  # what they wait for
        self._cancel_seen: dict[str, float] = {}
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
                    store.update_state(owner=self._registration.owner, left=False)
                    self._waiting.add(store.run_id)
            except (NotFoundError, BadInputError):  # not a run
                continue

    def _begin_waiting(self) -> None:
        """Begin runs in their order as long as one more may, and drop those not wanted any more."""
        for store in sorted((RunFolder(self._workspace, i) for i in self._waiting), key=_place):
            try:
                if store.cancel_requested():
                    store.end("cancelled")
                elif self._waits(store) or not self._begin(store):
                    continue
            except NotFoundError:  # somebody removed its folder
                pass
            except BadInputError as error:
                store.end("failed", error=str(error))
            self._waiting.discard(store.run_id)

    def _begin(self, store: RunFolder) -> bool:
        """Hand a run over if one more may; the others wait here, where their order can change."""
        manifest = store.manifest()
        if manifest["holds_worker"]:
            if len(self._holding) >= self._cluster.may_hold():
                self._tell_waiting(store)
                return False
            self._holding.add(store.run_id)
            self._submit(store, resources={TRAINING: 1})
        elif manifest["quick"]:
            self._submit(store, priority=QUICK_PRIORITY)
        elif any(self._not_begun(run_id) for run_id in list(self._next)):
            return False
        else:
            self._next.add(store.run_id)
            self._submit(store)
        return True

    def _waits(self, store: RunFolder) -> bool:
        """Whether a run has to be done first, which is told once."""
        before = to_be_done_first(store)
        if before is not None and store.run_id not in self._told:
            self._told.add(store.run_id)
            store.write_progress(0, 0, f"Waits for: {before.title}")
        return before is not None

    def _not_begun(self, run_id: str) -> bool:
        """Whether a run that was handed over still waits for a worker."""
        if run_id in self._futures:
            with suppress(NotFoundError):
                if RunFolder(self._workspace, run_id).state()["state"] == "queued":
                    return True
        self._next.discard(run_id)
        return False

    def _tell_waiting(self, store: RunFolder) -> None:
        if not self._cluster.may_hold() and store.run_id not in self._told:
            self._told.add(store.run_id)
            store.write_progress(0, 0, NOBODY_TRAINS)

    def _submit(
        self, store: RunFolder, *, priority: int = 0, resources: dict[str, int] | None = None
    ) -> None:
        self._futures[store.run_id] = self._cluster.client.submit(
            work,
            str(self._workspace.root),
            store.run_id,
            priority,
            key=f"run-{store.run_id}-{uuid.uuid4().hex[:8]}",
            priority=priority,
            resources=resources,
            pure=False,
        )

    def _settle(self, store: RunFolder, future: Future[None]) -> None:
        """Forget a run that is over; say why if it could not say so itself."""
        if future.status == "error":
            store.log(repr(future.exception()))
        if store.cancel_requested():
            store.end("cancelled")
        elif store.state()["owner"] is not None and store.run_id not in self._waiting:
            # else it is to be taken up again, or is in line once more
            if future.status == "cancelled":
                store.request_cancel()  # its worker may still be at it
            store.end("failed", error=why(future))
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
        workers = self._workers_of(store.run_id) if begun else set()
        future.cancel(force=True)
        self._cluster.end_workers(workers)
        store.end("cancelled")
        self._forget(store.run_id)

    def _workers_of(self, run_id: str) -> set[str]:
        """Addresses of the workers that work for a run."""
        return {
            address
            for address, keys in self._cluster.client.processing().items()
            if any(run_id in str(key) for key in keys)
        }

    def close(self) -> None:
        """Stop the work; runs that keep what they reached are left to the next engine.

        Where somebody stopped the engine on purpose, all of them end here and say so.
        """
        told = (*self._futures, *self._waiting)
        if self._futures and self._cluster.connected():
            workers = set().union(*map(self._workers_of, self._futures))
            for future in self._futures.values():
                future.cancel(force=True)
            self._cluster.end_workers(workers)
        for run_id in told:
            with suppress(NotFoundError):
                self._part(RunFolder(self._workspace, run_id))
        self._cluster.close()

    def _part(self, store: RunFolder) -> None:
        """Leave a run that has not ended."""
        if store.state()["state"] in FINISHED:
            return
        if stopped_on_purpose(self._workspace) or not keeps(store):
            store.end("failed", error=END_WORDS["stopped"])
        else:
            leave(store)


def _place(store: RunFolder) -> tuple[float, str]:
    return store.order()


def why(future: Future[None]) -> str:
    """Say why a run ended that could not say so itself."""
    from distributed import KilledWorker

    if future.status == "cancelled":
        return END_WORDS["cut"]
    error = future.exception() if future.status == "error" else None
    if isinstance(error, ModuleNotFoundError):
        return f"The worker lacks a part of this program ({error}). {SAME_PROGRAM}"
    if isinstance(error, NotFoundError):
        return f"The worker does not see this workspace ({error}). {SAME_FOLDER}"
    if error is None or isinstance(error, KilledWorker):
        return END_WORDS["killed"]
    return in_words(error)
