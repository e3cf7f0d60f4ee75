"""How commands speak: results to standard output, progress and messages to standard error."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from astro_core.errors import TuningForkError

if TYPE_CHECKING:
    from astro_core.domain import Progress, Run
    from astro_core.workspace import Workspace

LINE_EVERY_S = 2.0

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]


class RunError(TuningForkError):
    """A run did not do what it was asked for."""


def say(text: str) -> None:
    """Tell the person something that is not the result."""
    typer.echo(text, err=True)


def print_json(value: Any) -> None:
    """Print the result as one JSON value."""
    typer.echo(json.dumps(value, allow_nan=False))


def print_table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print aligned columns; numbers to the right."""
    cells = [list(header), *([f"{c:,}" if isinstance(c, int) else str(c) for c in r] for r in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    right = [bool(rows) and all(isinstance(r[i], int) for r in rows) for i in range(len(header))]
    for line in cells:
        padded = (
            c.rjust(w) if r else c.ljust(w) for c, w, r in zip(line, widths, right, strict=True)
        )
        typer.echo("  ".join(padded).rstrip())


def count_words(counts: Mapping[str, int]) -> str:
    """Classes with their numbers, the most frequent first: "spiral 12, edge_on 3"."""
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {n:,}" for name, n in ordered)


@contextmanager
def progress_shown(title: str) -> Iterator[Progress]:
    """Give a progress report that is shown as a bar on a terminal and as lines elsewhere."""
    if sys.stderr.isatty():
        with _bar(title) as report:
            yield report
    else:
        yield _lines(title)


@contextmanager
def _bar(title: str) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    text = TextColumn("{task.description}", markup=False)
    columns = (text, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task(title, total=None)

        def report(done: int, total: int, message: str = "") -> None:
            bars.update(bar, completed=done, total=total or None, description=message or title)

        yield report


def _lines(title: str) -> Progress:
    said_at, last = -LINE_EVERY_S, ""

    def report(done: int, total: int, message: str = "") -> None:
        nonlocal said_at, last
        line = f"{title}: {message or 'working'}" + (f" {done:,} of {total:,}" if total else "")
        if line != last and time.monotonic() - said_at >= LINE_EVERY_S:
            say(line)
            said_at, last = time.monotonic(), line

    return report


def do_run(workspace: Workspace, kind: str, params: Mapping[str, Any], *, title: str) -> Run:
    """Have the engine do a run, show its progress, and return it when it is done.

    Ctrl-C cancels it.

    Raises
    ------
    RunError
        If it failed or was cancelled.
    """
    from astro_core import runs

    return follow(workspace, runs.submit(workspace, kind, params, title=title), title=title)


def follow(
    workspace: Workspace, run_id: str, *, title: str, kept: str = "left nothing behind"
) -> Run:
    """Show the progress of a run that was submitted, and return it when it is done.

    Ctrl-C cancels it.

    Parameters
    ----------
    kept : str
        What is left of the run when it was cancelled.

    Raises
    ------
    RunError
        If it failed or was cancelled.
    """
    from astro_core import runs

    with progress_shown(title) as report:
        try:
            run = runs.wait(workspace, run_id, lambda r: report(r.done, r.total, r.message))
        except KeyboardInterrupt:
            say("Cancelling; this takes a few seconds.")
            runs.cancel(workspace, run_id)
            run = runs.wait(workspace, run_id)
    if run.state == "cancelled":
        raise RunError(f"Run {run_id} was cancelled and {kept}")
    if run.state == "failed":
        raise RunError(run.error)
    return run
