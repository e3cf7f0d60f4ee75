"""Commands for runs: list, cancel, resume, delete, read the log."""

from __future__ import annotations

from typing import Annotated

import typer

from astro_core.cli.show import Json, follow, print_json, print_table, say
from astro_core.errors import ConflictError

runs = typer.Typer(help="List the runs; cancel, resume or delete one.", rich_markup_mode=None)
RunId = Annotated[str, typer.Argument(metavar="RUN", help="Id of the run.")]


@runs.callback(invoke_without_command=True)
def list_all(context: typer.Context, json: Json = False) -> None:
    """List the runs, the newest first; cancel, resume or delete one."""
    if context.invoked_subcommand is not None:
        return
    from astro_core.runs import list_runs
    from astro_core.workspace import current

    found = list_runs(current())
    if json:
        print_json([run.to_json() for run in found])
    elif found:
        rows = [
            (r.run_id, r.kind, r.state, f"{r.done:,}/{r.total:,}" if r.total else "", r.title)
            for r in found
        ]
        print_table(("run", "kind", "state", "progress", "title"), rows)
    else:
        say("There is no run yet.")


@runs.command()
def cancel(run: RunId) -> None:
    """Cancel a run and wait until it has stopped."""
    from astro_core import runs as work
    from astro_core.workspace import current

    workspace = current()
    before = work.get_run(workspace, run)
    if before.finished:
        raise ConflictError(f"Run {run} has ended already", given=before.state)
    work.cancel(workspace, run)
    after = work.wait(workspace, run)
    typer.echo(f"Run {run}: {after.state}")


@runs.command()
def first(run: RunId) -> None:
    """Have a run that waits begin before the others in line."""
    from astro_core.runs import move_to_front
    from astro_core.workspace import current

    move_to_front(current(), run)
    typer.echo(f"Run {run} is next")


@runs.command()
def resume(run: RunId) -> None:
    """Take up a run that failed or was cancelled, and wait for its end."""
    from astro_core import runs as work
    from astro_core.workspace import current

    workspace = current()
    title = work.get_run(workspace, run).title
    work.resume(workspace, run)
    after = follow(workspace, run, title=title, kept="can be resumed")
    typer.echo(f"Run {run}: {after.state}")


@runs.command()
def delete(run: RunId) -> None:
    """Delete a run that has ended; what it published stays."""
    from astro_core.runs import delete_run
    from astro_core.workspace import current

    delete_run(current(), run)
    typer.echo(f"Deleted run {run}")


@runs.command()
def log(run: RunId) -> None:
    """Print the log of a run."""
    from astro_core.runs import read_log
    from astro_core.workspace import current

    typer.echo(read_log(current(), run), nl=False)


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    cli.add_typer(runs, name="runs")
