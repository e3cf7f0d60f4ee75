"""Which process owns something, and whether it still lives."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NotRequired, TypedDict

import psutil

import astro_core
from astro_core.workspace import ENVIRONMENT_VARIABLE, Workspace, read_json

CLOCK_STEP_S = 60.0  # the start time of a process moves when the clock is set


class Owner(TypedDict):
    """A process; the time it was made tells it from a later one with the same number."""

    pid: int
    made_at: float
    host: NotRequired[str]


def this_process() -> Owner:
    """Name the process that calls this."""
    made_at = psutil.Process().create_time()
    return {"pid": os.getpid(), "made_at": made_at, "host": socket.gethostname()}


def read_owner(path: Path) -> Owner | None:
    """Return the process that a file names, whether or not it lives; None without a file."""
    try:
        owner: Owner = read_json(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return owner


def start_apart(
    workspace: Workspace,
    module: str,
    *options: str,
    log: Path,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a module as a process of its own that outlives this one.

    Parameters
    ----------
    module : str
        Run as ``python -m module WORKSPACE OPTIONS``.
    log : Path
        What it says is added to this file.
    """
    with log.open("ab") as stream:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", module, str(workspace.root), *options],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            cwd=Path(astro_core.__file__).parent.parent,
            env=os.environ | {ENVIRONMENT_VARIABLE: str(workspace.root)} | dict(environment or {}),
            start_new_session=True,
        )


def collect(process: subprocess.Popen[bytes]) -> None:
    """Take a process's exit status whenever it ends, so that it does not stay as a zombie."""
    threading.Thread(target=process.wait, name=f"wait-{process.pid}", daemon=True).start()


def stop_owner(owner: Owner, *, wait_s: float) -> None:
    """Ask a process to end; after `wait_s` seconds kill it and all that it started."""
    try:
        os.kill(owner["pid"], signal.SIGTERM)
    except ProcessLookupError:
        return
    deadline = time.monotonic() + wait_s
    while lives(owner):
        if time.monotonic() > deadline:
            kill_tree(owner["pid"])
        time.sleep(0.02)


def memory_bytes() -> int:
    """Memory that this process takes."""
    return int(psutil.Process().memory_info().rss)


def kill_owner(owner: Owner | None) -> None:
    """Kill another process of this machine and all that it started, unless it has ended."""
    if owner is None or owner["pid"] == os.getpid() or owner.get("host") != socket.gethostname():
        return
    if lives(owner):
        kill_tree(owner["pid"])


def lives(owner: Owner | None) -> bool:
    """Whether the process is there and has not ended."""
    if owner is None:
        return False
    try:
        process = psutil.Process(owner["pid"])
        same = abs(process.create_time() - owner["made_at"]) < CLOCK_STEP_S
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def kill_children() -> None:
    """Kill all that this process started."""
    for child in psutil.Process().children():
        kill_tree(child.pid)


def kill_tree(pid: int, *, wait_s: float = 5.0) -> None:
    """Kill a process and all that it started, at once, and wait until they are gone."""
    try:
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for process in family:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(family, timeout=wait_s)
