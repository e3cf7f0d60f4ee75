"""Find, start and stop the one engine of a workspace."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

import astro_core
from astro_core.errors import ConflictError
from astro_core.runs.processes import (
    Owner,
    collect,
    lives,
    read_owner,
    start_apart,
    stop_owner,
    this_process,
)
from astro_core.runs.remote import SCHEDULER, remote
from astro_core.workspace import Workspace, write_json

MODULE = "astro_core.runs.engine"
LOCK_WAIT_S = 30.0
LOG_LIMIT_BYTES = 2_000_000


class LockedElsewhere(Exception):  # noqa: N818 - nothing is wrong, there is an engine
    """Another process is the engine of this workspace."""


class Registration:
    """How others find the engine: a file that names its process."""

    def __init__(self, workspace: Workspace) -> None:
        self.owner = this_process()
        self._path = _registration_path(workspace)

    def sign_on(self) -> None:
        """Tell everybody that this process is the engine."""
        write_json(self._path, self.owner)

    def sign_off(self) -> None:
        """Tell everybody that there is no engine."""
        if self.holds():
            self._path.unlink(missing_ok=True)

    def holds(self) -> bool:
        """Whether this process is still the one that is named."""
        return read_owner(self._path) == self.owner


def _registration_path(workspace: Workspace) -> Path:
    return workspace.engine / "engine.json"


@contextmanager
def hold_engine(workspace: Workspace) -> Iterator[Registration]:
    """Be the engine of a workspace; only one process at a time can.

    An engine that is closing down is waited for.

    Raises
    ------
    LockedElsewhere
        If there is an engine already, or no workspace any more.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(workspace.engine / "lock")
    deadline = time.monotonic() + LOCK_WAIT_S
    while True:
        if not workspace.engine.is_dir():  # the lock would make a deleted workspace again
            raise LockedElsewhere
        try:
            lock.acquire(blocking=False)
            break
        except Timeout:
            if engine_lives(workspace) or time.monotonic() > deadline:
                raise LockedElsewhere from None
            time.sleep(0.1)
    registration = Registration(workspace)
    _stop_mark(workspace).unlink(missing_ok=True)
    try:
        registration.sign_on()
        yield registration
    finally:
        registration.sign_off()
        lock.release()


def engine_owner(workspace: Workspace) -> Owner | None:
    """Return the process that is the engine, or None."""
    owner = read_owner(_registration_path(workspace))
    return owner if lives(owner) else None


def engine_lives(workspace: Workspace) -> bool:
    """Whether the workspace has an engine."""
    return engine_owner(workspace) is not None


def code_stamp() -> float:
    """When this program's code was last changed, in seconds since 1970."""
    package = Path(astro_core.__file__).parent
    return max(path.stat().st_mtime for path in package.rglob("*.py"))


def ensure_engine(workspace: Workspace) -> None:
    """Start the workspace's engine unless it has one; does not wait until it is up."""
    if engine_lives(workspace):
        return
    collect(launch(workspace))


def work_on(workspace: Workspace, scheduler: str) -> None:
    """Have the work of this workspace done by the workers of a scheduler.

    Raises
    ------
    BadInputError
        If its address cannot be spoken to.
    ConflictError
        If the workspace's engine works elsewhere already.
    """
    owner = engine_owner(workspace)
    if owner is not None and psutil.Process(owner["pid"]).environ().get(SCHEDULER) != scheduler:
        raise ConflictError(
            "The engine of this workspace works elsewhere already",
            todo="Wait for its runs, then stop it with 'tuning-fork engine stop'",
        )
    os.environ[SCHEDULER] = scheduler
    remote()


def launch(workspace: Workspace, *options: str) -> subprocess.Popen[bytes]:
    """Start an engine process that outlives this one and writes to ``engine/log.txt``."""
    workspace.ensure()
    workspace.engine.mkdir(parents=True, exist_ok=True)
    log = workspace.engine / "log.txt"
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_name("log-before.txt"))
    return start_apart(workspace, MODULE, *options, log=log)


def stopped_on_purpose(workspace: Workspace) -> bool:
    """Whether somebody asked the engine to stop, rather than the machine its processes."""
    return _stop_mark(workspace).exists()


def _stop_mark(workspace: Workspace) -> Path:
    return workspace.engine / "stop"


def stop_engine(workspace: Workspace, *, wait_s: float = 15.0) -> bool:
    """Stop the workspace's engine; runs under way fail and say so.

    Returns
    -------
    bool
        Whether there was one.
    """
    owner = engine_owner(workspace)
    if owner is None:
        return False
    _stop_mark(workspace).touch()
    stop_owner(owner, wait_s=wait_s)
    return True
