"""The process behind `astro_core.runs.apart`: ``python -m astro_core.runs.apart_process``.

It reads questions from the socket that is its standard input and ends with it. It has one
thread, so that the copies it makes of itself are whole.
"""

from __future__ import annotations

import json
import os
import pkgutil
import resource
import signal
import socket
import sys
import time
import traceback
from collections.abc import Mapping
from typing import Any

import psutil

PATIENCE = 3.0  # on a busy machine work may last this much longer than it works
_MESSAGE = 1 << 16
_REPORT_EVERY_S = 0.05


class _Report:
    """Tells how far the work is; ends it when nobody listens any more."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._message = ""
        self._told_at = 0.0
        self.tell(pid=os.getpid())

    def tell(self, **told: Any) -> None:
        os.write(self._pipe, json.dumps(told).encode() + b"\n")

    def __call__(self, done: int, total: int, message: str = "") -> None:
        now = time.monotonic()
        if message == self._message and now - self._told_at < _REPORT_EVERY_S:
            return
        self._message, self._told_at = message, now
        self.tell(done=int(done), total=int(total), message=message)


def _bind(bounds: Mapping[str, float]) -> None:
    """Be killed after some time, and be refused memory beyond some."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # Nobody handles these signals, so they kill.
    signal.setitimer(signal.ITIMER_PROF, bounds["seconds"])
    signal.setitimer(signal.ITIMER_REAL, bounds["seconds"] * PATIENCE)
    most = psutil.Process().memory_info().vms + int(bounds["memory_bytes"])
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(question: Mapping[str, Any], pipe: int) -> None:
    """Do the work in this copy of the process and end it."""
    status = 1
    try:
        os.close(sys.stdin.fileno())
        function = pkgutil.resolve_name(question["function"])
        report = _Report(pipe)
        _bind(question["bounds"])
        function(question["params"], report)
        report.tell(ended=True)
        status = 0
    except BrokenPipeError:
        pass
    except BaseException:  # noqa: BLE001 - nothing may get out of the copy
        traceback.print_exc()
    finally:
        os._exit(status)


def main() -> int:
    """Take up questions until the other end of the socket is closed."""
    line = socket.socket(fileno=sys.stdin.fileno())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # copies need no burial
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # meant for whoever holds the other end
    while True:
        message, pipes, _, _ = socket.recv_fds(line, _MESSAGE, 1)
        if not message:
            return 0
        question = json.loads(message)
        function = pkgutil.resolve_name(question["function"])  # loaded here, once for all copies
        if not pipes:
            function()
        elif os.fork() == 0:
            _answer(question, pipes[0])
        for pipe in pipes:
            os.close(pipe)
        line.send(b".")


if __name__ == "__main__":
    sys.exit(main())
