"""The process behind `astro_core.runs.desk`: ``python -m astro_core.runs.desk_process WORKSPACE``.

Two threads answer: one the quick questions, one the slow ones. Of those that wait, the newest
is answered first, as somebody is looking at it.
"""

from __future__ import annotations

import importlib
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from operator import attrgetter
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from astro_core.domain import Cancelled
from astro_core.runs.desk import CANCEL, desk_folder, registration, ticket, write_ticket
from astro_core.runs.locate import code_stamp
from astro_core.runs.perform import in_words
from astro_core.runs.processes import this_process
from astro_core.workspace import Workspace, read_json, write_json

POLL_S = 0.01
SLOW_POLL_S = 0.05  # once nobody has asked for a while
AWAKE_S = 20.0
CODE_EVERY_S = 5.0
IDLE_S = 900.0
REPORT_EVERY_S = 0.1


class Desk:
    """Takes questions from the folder and has them answered."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._owner = this_process()
        self._lanes = {quick: _Lane(self._answer) for quick in (True, False)}
        self._taken: set[str] = set()
        self._stamp = code_stamp()
        self._checked_at = self.active_at = time.monotonic()
        self.stop = threading.Event()

    def turn(self) -> None:
        """Take up what is new and remove what was withdrawn."""
        now = time.monotonic()
        names = {path.name for path in desk_folder(self._workspace).glob("*.json")}
        self._taken &= {name.removesuffix(".json") for name in names}
        for name in names:
            key = name.removesuffix(".json")
            if key not in self._taken and self._take(key):
                self.active_at = now

    def _take(self, key: str) -> bool:
        try:
            told = read_json(ticket(self._workspace, key))
        except FileNotFoundError:
            return False
        if told["state"] != "waiting":
            return False
        self._taken.add(key)
        self._lanes[bool(told["quick"])].put(key)
        return True

    @property
    def busy(self) -> bool:
        """Whether a question is under way."""
        return any(lane.busy for lane in self._lanes.values())

    @property
    def outdated(self) -> bool:
        """Whether the program has changed since this process read it; asked in quiet moments."""
        now = time.monotonic()
        if self.busy or now - max(self.active_at, self._checked_at) < CODE_EVERY_S:
            return False
        self._checked_at = now
        return code_stamp() != self._stamp

    def _answer(self, key: str) -> None:
        try:
            self._call(key)
        finally:
            self._taken.discard(key)

    def _call(self, key: str) -> None:
        path = ticket(self._workspace, key)
        try:
            told = read_json(path)
        except FileNotFoundError:
            return
        told |= {"state": "running", "owner": self._owner}
        try:
            report = _Report(self._workspace, key, told)
            report(0, 0)
            module, _, name = told["function"].partition(":")
            function = attrgetter(name)(importlib.import_module(module))
            function(self._workspace, told["params"], report)
        except Cancelled:
            pass
        except Exception as error:  # noqa: BLE001 - all that fails is told
            traceback.print_exc()
            told |= {"state": "failed", "error": in_words(error)}
            with suppress(OSError):  # on a full disk the question ends without a word
                write_ticket(self._workspace, key, told)
                return
        path.unlink(missing_ok=True)
        path.with_suffix(CANCEL).unlink(missing_ok=True)


class _Lane:
    """A thread that answers one question after the other, the newest first."""

    def __init__(self, answer: Callable[[str], None]) -> None:
        self._answer = answer
        self._waiting: queue.LifoQueue[str] = queue.LifoQueue()
        self._at_work = False
        threading.Thread(target=self._work, daemon=True).start()

    def put(self, key: str) -> None:
        self._waiting.put(key)

    @property
    def busy(self) -> bool:
        return self._at_work or not self._waiting.empty()

    def _work(self) -> None:
        while True:
            key = self._waiting.get()
            self._at_work = True
            try:
                self._answer(key)
            except Exception:  # noqa: BLE001 - the lane goes on with the next question
                traceback.print_exc()
            finally:
                self._at_work = False


class _Report:
    """Writes the progress of a question, and ends one that was withdrawn."""

    def __init__(self, workspace: Workspace, key: str, told: dict[str, Any]) -> None:
        self._workspace = workspace
        self._key = key
        self._told = told
        self._withdrawn = ticket(workspace, key).with_suffix(CANCEL)
        self._reported_at = 0.0

    def __call__(self, done: int, total: int, message: str = "") -> None:
        if self._withdrawn.exists():
            raise Cancelled
        now = time.monotonic()
        if now - self._reported_at < REPORT_EVERY_S:
            return
        self._reported_at = now
        told = {"done": int(done), "total": int(total), "message": message}
        write_ticket(self._workspace, self._key, self._told | told)


def _clear(folder: Path) -> None:
    """Remove what an earlier process left: questions that it failed at, or had begun."""
    for path in folder.glob("*.json"):
        if read_json(path)["state"] != "waiting":
            path.unlink(missing_ok=True)
            path.with_suffix(CANCEL).unlink(missing_ok=True)


def serve(workspace: Workspace) -> None:
    """Answer until told to stop, idle for long, outdated, or without a workspace."""
    folder = desk_folder(workspace)
    folder.mkdir(parents=True, exist_ok=True)
    _clear(folder)
    desk = Desk(workspace)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: desk.stop.set())
    write_json(registration(workspace), this_process())
    while folder.is_dir() and not desk.outdated:
        desk.turn()
        idle_s = time.monotonic() - desk.active_at
        if idle_s > IDLE_S and not desk.busy:
            break
        if desk.stop.wait(POLL_S if idle_s < AWAKE_S else SLOW_POLL_S):
            break


def main() -> int:
    """Be the desk of one workspace, unless another process is."""
    workspace = Workspace(Path(sys.argv[1]))
    if not workspace.engine.is_dir():
        return 0
    lock = FileLock(workspace.engine / "desk-lock")
    try:
        lock.acquire(timeout=2)
    except Timeout:
        return 0
    try:
        serve(workspace)
    finally:
        registration(workspace).unlink(missing_ok=True)
        lock.release()
    return 0


if __name__ == "__main__":
    sys.exit(main())
