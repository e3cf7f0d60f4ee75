"""The command line: the same workflows as the pages, from a shell.

Results go to standard output and everything else to standard error. Whatever is heavy is
imported by the command that needs it, so that help and listings come at once.
"""

from __future__ import annotations

import sys
import traceback
from typing import Annotated

import typer

from astro_core import __version__
from astro_core.cli import (
    app,
    catalogue,
    classify,
    cluster,
    compare,
    datasets,
    detect,
    engine,
    evaluate,
    features,
    finder,
    images,
    labels,
    models,
    queue,
    runs,
    survey,
    train,
    tune,
)
from astro_core.cli.show import say
from astro_core.errors import TuningForkError

cli = typer.Typer(
    name="tuning-fork",
    help="A workbench for galaxy images. The workspace is TUNINGFORK_WORKSPACE.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for room in (
    app,
    survey,
    datasets,
    images,
    features,
    cluster,
    train,
    tune,
    finder,
    evaluate,
    compare,
    models,
    classify,
    detect,
    catalogue,
    queue,
    labels,
    runs,
    engine,
):
    room.add_to(cli)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@cli.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Take options that stand before a command."""


def main() -> int:
    """Run a command and return its exit status: 0 when it was done, 1 when not."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        cli()
    except SystemExit as end:
        return 1 if end.code else 0
    except TuningForkError as error:
        say(str(error))
    except KeyboardInterrupt:
        say("Stopped.")
    except Exception as error:  # noqa: BLE001 - the edge of the program: all that fails is told
        _tell(error)
    return 1


def _tell(error: Exception) -> None:
    from astro_core.runs.perform import in_words
    from astro_core.workspace import current

    if isinstance(error, OSError):
        say(in_words(error))
        return
    path = current().root / "last-error.txt"
    path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    say(f"An error of the program ({type(error).__name__}: {error}); details are in '{path}'.")
