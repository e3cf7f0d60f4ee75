"""Which process owns something, and whether it still lives."""

from __future__ import annotations

import os
import socket
from typing import NotRequired, TypedDict

import psutil

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
