"""What long work sees of its run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from astro_core.domain import Cancelled, Progress, no_progress
from astro_core.runs.folder import CHECKPOINT, RunFolder
from astro_core.runs.processes import memory_bytes
from astro_core.workspace import Workspace

Mapper = Callable[["RunContext", Callable[..., Any], Sequence[Mapping[str, Any]]], Iterator[Any]]
PROGRESS_EVERY_S = 0.2
CANCEL_EVERY_S = 0.05


@dataclass(frozen=True)
class RunWorkspace(Workspace):
    """A workspace whose scratch folders belong to one run and end with it."""

    run_id: str

    @property
    def scratch(self) -> Path:
        """Half-made results of this run; removed when it ends, however it ends."""
        return self.root / "scratch" / self.run_id


class RunContext:
    """What long work sees of its run.

    Attributes
    ----------
    run_id : str
        The run's name.
    folder : Path
        The run's own folder; files put there survive.
    workspace : Workspace
        Where results are published. Its scratch folders are removed when the run ends.
    params : dict
        Plain JSON values, as submitted.
    """

    def __init__(
        self,
        store: RunFolder,
        workspace: Workspace,
        params: dict[str, Any],
        *,
        mapper: Mapper,
        listener: Progress = no_progress,
    ) -> None:
        self.run_id = store.run_id
        self.folder = store.path
        self.workspace: Workspace = RunWorkspace(workspace.root, store.run_id)
        self.params = params
        self._store = store
        self._mapper = mapper
        self._listener = listener
        self._reported_at = 0.0
        self._checked_at = 0.0

    @property
    def checkpoint(self) -> Path:
        """Folder for where the work stands; it goes once the run is done."""
        return self.folder / CHECKPOINT

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Report `done` of `total` units; written at most five times a second.

        Raises
        ------
        Cancelled
            If somebody asked the run to stop.
        """
        self.check_cancel()
        self._listener(done, total, message)
        now = time.monotonic()
        if now - self._reported_at >= PROGRESS_EVERY_S or done == total:
            self._reported_at = now
            self._store.write_progress(int(done), int(total), message, memory_bytes())

    def inside(self, name: str, place: int, of: int, said: str = "") -> RunContext:
        """Return what one of several equal pieces of this work sees: a folder of its own.

        Parameters
        ----------
        name : str
            Of the folder inside this one; it is made.
        place, of : int
            Which piece it is, from 0, and how many there are.
        said : str
            Put before its messages: "Fold 2 of 5".
        """
        return _Piece(self, name, place, of, said)

    def check_cancel(self) -> None:
        """Raise `Cancelled` if somebody asked the run to stop."""
        now = time.monotonic()
        if now - self._checked_at < CANCEL_EVERY_S:
            return
        self._checked_at = now
        if self._store.cancel_requested():
            raise Cancelled

    def map(
        self,
        function: Callable[..., Any],
        items: Sequence[Mapping[str, Any]],
        *,
        message: str = "",
    ) -> Iterator[tuple[int, Any]]:
        """Call ``function(**item)`` for every item, on all workers of the engine at once.

        Without an engine the calls are made here, one after the other. What one call raises
        ends the map; calls that have begun are awaited first, so that none of them still
        writes when the caller clears up.

        Parameters
        ----------
        function : callable
            Defined at the top level of a module.
        items : sequence of mapping
            Keyword arguments of one call each, plain JSON values.
        message : str
            Written to the log.

        Yields
        ------
        tuple
            Position in `items` and what the call returned, in the order of finishing.

        Raises
        ------
        Cancelled
            If somebody asked the run to stop.
        """
        if message:
            self.log(f"{message}: {len(items)} calls")
        yield from self._mapper(self, function, items)

    def log(self, text: str) -> None:
        """Add a line to the run's log."""
        self._store.log(text)


class _Piece(RunContext):
    """What one piece of the work of a run sees; its progress counts as a part of the whole."""

    def __init__(self, whole: RunContext, name: str, place: int, of: int, said: str) -> None:
        self.__dict__.update(whole.__dict__)
        self.folder = whole.folder / name
        self.folder.mkdir(exist_ok=True)
        self._whole, self._place, self._of, self._said = whole, place, of, said

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Report `done` of `total` units of this piece, taking the others for as large."""
        words = ": ".join(part for part in (self._said, message) if part)
        self._whole.progress(self._place * total + done, self._of * total, words)

    def check_cancel(self) -> None:
        """Raise `Cancelled` if somebody asked the run to stop."""
        self._whole.check_cancel()


def map_here(
    context: RunContext, function: Callable[..., Any], items: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[int, Any]]:
    """Make the calls of `RunContext.map` in this process, in order."""
    for index, item in enumerate(items):
        context.check_cancel()
        yield index, function(**item)
