"""Commands for the engine that does the runs."""

from __future__ import annotations

from typing import Annotated

import typer

from astro_core.errors import ConflictError

engine = typer.Typer(help="Stop the engine that does the runs.", rich_markup_mode=None)


@engine.callback()
def about() -> None:
    """Stop the engine that does the runs; it starts by itself when it is needed."""


@engine.command()
def stop(
    force: Annotated[
        bool, typer.Option("--force", help="Also when a run is under way; it will fail.")
    ] = False,
) -> None:
    """Stop the engine of the workspace."""
    from astro_core.runs import list_runs, stop_engine
    from astro_core.runs.desk import stop_desk
    from astro_core.workspace import current

    workspace = current()
    busy = [run for run in list_runs(workspace) if not run.finished]
    if busy and not force:
        raise ConflictError(
            f"The engine is at work: {busy[0].title} ({busy[0].run_id})",
            todo="Wait, cancel the run, or stop the engine with --force",
        )
    stop_desk(workspace)
    typer.echo("Stopped the engine" if stop_engine(workspace) else "There was no engine")


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    cli.add_typer(engine, name="engine")
