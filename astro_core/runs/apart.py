"""A function in a process of its own, for what may hang, crash, or want all the memory there is.

One process is kept with the program loaded; for each call it makes a copy of itself (fork), which
takes a hundredth of a second. The copy has bounds of its own and is gone afterwards, whatever it
was made to do.
"""

from __future__ import annotations

import atexit
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from selectors import EVENT_READ, BaseSelector, DefaultSelector
from typing import Any

import astro_core
from astro_core.domain import Progress, no_progress
from astro_core.runs.processes import collect

MODULE = "astro_core.runs.apart_process"
AT_ONCE = 3
_TICK_S = 0.1
_CHUNK = 65_536
_QUICK_S, _NICE = 1.0, 10  # what takes longer leaves the processor to others
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_SLOTS = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What one call may take; the process is killed when it takes more time.

    Attributes
    ----------
    seconds : float
        Of work; it may last longer where the processor is busy.
    memory_bytes : int
        Beyond what the program itself takes. Further memory is refused: `MemoryError`.
    """

    seconds: float
    memory_bytes: int


class _Keeper:
    """The process that is kept, and the line to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._line: socket.socket | None = None
        self._prepared: set[str] = set()

    def prepare(self, function: str) -> None:
        """Have a function called in the process that is kept, once; does not wait."""
        if function not in self._prepared:
            self._prepared.add(function)
            asked = {"function": function}
            threading.Thread(target=self.send, args=(asked,), daemon=True).start()

    def send(self, question: Mapping[str, Any], *pipes: int) -> None:
        """Put a question and wait until it is taken up, starting the process if there is none."""
        with self._lock:
            if not self._put(question, pipes):
                self.close()
                self._line = _start()
                self._put(question, pipes)

    def _put(self, question: Mapping[str, Any], pipes: Sequence[int]) -> bool:
        if self._line is None:
            return False
        try:
            socket.send_fds(self._line, [json.dumps(question).encode()], pipes)
            return bool(self._line.recv(1))
        except OSError:  # the process is gone
            return False

    def close(self) -> None:
        """Let the process end."""
        if self._line is not None:
            self._line.close()
            self._line = None


def _start() -> socket.socket:
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", MODULE],
            stdin=theirs,
            cwd=Path(astro_core.__file__).parent.parent,
            env=os.environ | _ONE_THREAD,  # a process with threads cannot be copied whole
        )
    collect(process)
    return ours


_KEEPER = _Keeper()
atexit.register(_KEEPER.close)


def prepare_apart(function: str) -> None:
    """Have the kept process ready, with what a function without arguments loads; does not wait.

    Parameters
    ----------
    function : str
        ``module:name``.
    """
    _KEEPER.prepare(function)


def run_apart(
    function: str,
    params: Mapping[str, Any],
    bounds: Bounds,
    progress: Progress = no_progress,
) -> str:
    """Call a function in a process of its own and wait for it; it stores its own result.

    Parameters
    ----------
    function : str
        ``module:name``; called with the params and a `Progress`.
    params : Mapping
        Plain JSON values.

    Returns
    -------
    str
        "" when it came to its end, else what it was doing and why it did not.

    Raises
    ------
    Cancelled
        When `progress` does; the process is killed.
    """
    while not _SLOTS.acquire(timeout=_TICK_S):
        progress(0, 0, "Waiting for others")
    try:
        begun = time.monotonic()
        question = {"function": function, "params": dict(params), "bounds": asdict(bounds)}
        told = _ask(question, progress)
    finally:
        _SLOTS.release()
    if told.get("ended"):
        return ""
    work = told.get("message") or "Starting"
    if time.monotonic() - begun >= bounds.seconds:
        return f"{work} took longer than {bounds.seconds:g} s"
    return f"{work} wanted more than {bounds.memory_bytes / 1e9:g} GB of memory, or crashed"


def _ask(question: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Put a question, pass reports on until the process is gone, and return the last ones."""
    heard, tell = os.pipe()
    told: dict[str, Any] = {}
    with os.fdopen(heard, "rb", buffering=0) as stream, DefaultSelector() as ready:
        try:
            _KEEPER.send(question, tell)
        finally:
            os.close(tell)
        ready.register(stream, EVENT_READ)
        try:
            _follow(stream, ready, told, progress)
        except BaseException:
            if "pid" in told:
                with suppress(ProcessLookupError):
                    os.kill(told["pid"], signal.SIGKILL)
            raise
    return told


def _follow(
    stream: io.RawIOBase, ready: BaseSelector, told: dict[str, Any], progress: Progress
) -> None:
    rest = b""
    quick_until = time.monotonic() + _QUICK_S
    while True:
        if ready.select(_TICK_S):
            chunk = stream.read(_CHUNK)
            if not chunk:
                return
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                told.update(json.loads(line))
        if time.monotonic() > quick_until and "pid" in told:
            with suppress(ProcessLookupError):
                os.setpriority(os.PRIO_PROCESS, told["pid"], _NICE)
        progress(told.get("done", 0), told.get("total", 0), told.get("message", ""))
