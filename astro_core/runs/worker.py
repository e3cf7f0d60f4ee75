"""What runs inside a worker process of the engine: runs, and the calls of their maps.

Only folders, ids, names of functions and plain values come in.
"""

from __future__ import annotations

import importlib
import json
import queue
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from astro_core import errors
from astro_core.domain import Cancelled
from astro_core.errors import BadInputError, TuningForkError
from astro_core.runs.context import RunContext
from astro_core.runs.folder import RunFolder
from astro_core.runs.perform import perform
from astro_core.workspace import Workspace

if TYPE_CHECKING:
    from distributed import Client, Future

AHEAD = 4  # calls per worker that wait in line, so that none of them idles
LISTEN_EVERY_S = 0.2
CALL_PRIORITY = 10  # a run that has begun goes before one that has not


def work(root: str, run_id: str, priority: int) -> None:
    """Do a run in this worker."""
    store = RunFolder(Workspace(Path(root)), run_id)
    perform(store, mapper=_Fan(priority + CALL_PRIORITY))


def call(function: str, item: str, stop: str) -> tuple[Any, dict[str, str] | None]:
    """Make one call of a map; return its value, or what it had to say for the reader.

    Parameters
    ----------
    function : str
        ``module:name``.
    item : str
        Keyword arguments as JSON.
    stop : str
        A path; when it exists the call is no longer wanted.
    """
    if Path(stop).exists():
        return None, None
    module, _, name = function.partition(":")
    try:
        return attrgetter(name)(importlib.import_module(module))(**json.loads(item)), None
    except TuningForkError as error:
        parts = {"expected": error.expected, "given": error.given, "todo": error.todo}
        return None, {"type": type(error).__name__, "what": error.what, **parts}


class _Fan:
    """Spreads the calls of a run's maps over all workers."""

    def __init__(self, priority: int) -> None:
        self._priority = priority
        self._seceded = False

    def __call__(
        self,
        context: RunContext,
        function: Callable[..., Any],
        items: Sequence[Mapping[str, Any]],
    ) -> Iterator[tuple[int, Any]]:
        from distributed import get_client

        client = get_client()
        self._step_aside()
        batch = _Batch(client, context, f"{function.__module__}:{function.__qualname__}")
        try:
            yield from batch.results(items, self._priority)
        finally:
            batch.close()

    def _step_aside(self) -> None:
        """Give this worker's place to the calls, once; from here on the run coordinates."""
        from distributed import secede

        if not self._seceded:
            secede()
            self._seceded = True


class _Batch:
    """The calls of one map that are under way."""

    def __init__(self, client: Client, context: RunContext, function: str) -> None:
        self._client = client
        self._context = context
        self._function = function
        self._name = f"{context.run_id}-{uuid.uuid4().hex[:8]}"
        self._stop = context.folder / f".stop-{self._name}"
        self._waiting: dict[int, Future[Any]] = {}
        self._finished: queue.Queue[int] = queue.Queue()

    def results(
        self, items: Sequence[Mapping[str, Any]], priority: int
    ) -> Iterator[tuple[int, Any]]:
        ahead = AHEAD * max(2, len(self._client.nthreads()))
        following = iter(enumerate(items))
        for _ in range(min(ahead, len(items))):
            self._send(*next(following), priority)
        while self._waiting:
            index = self._next_finished()
            value = _value(self._waiting.pop(index))
            more = next(following, None)
            if more is not None:
                self._send(*more, priority)
            yield index, value

    def _send(self, index: int, item: Mapping[str, Any], priority: int) -> None:
        future = self._client.submit(
            call,
            self._function,
            json.dumps(item),
            str(self._stop),
            key=f"call-{self._name}-{index}",
            priority=priority,
            pure=False,
        )
        self._waiting[index] = future
        future.add_done_callback(lambda _: self._finished.put(index))

    def _next_finished(self) -> int:
        while True:
            self._context.check_cancel()
            try:
                return self._finished.get(timeout=LISTEN_EVERY_S)
            except queue.Empty:
                continue

    def close(self) -> None:
        """Let calls that have begun end and drop the others."""
        if not self._waiting:
            return
        from distributed import wait

        self._stop.touch()
        wait(list(self._waiting.values()))
        self._waiting.clear()
        self._stop.unlink(missing_ok=True)


def _value(future: Future[Any]) -> Any:
    from distributed import KilledWorker

    if future.cancelled():
        raise Cancelled
    try:
        value, told = future.result()
    except KilledWorker:
        raise BadInputError(
            "A part of this run ended its process again and again, most likely for want of memory",
            todo="Try fewer or smaller images, or close other programs",
        ) from None
    if told is not None:
        raise getattr(errors, told.pop("type"), BadInputError)(told.pop("what"), **told)
    return value
