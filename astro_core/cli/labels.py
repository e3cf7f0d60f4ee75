"""Commands about labels: what people said about galaxies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from astro_core.cli.show import Json, print_json, say

labels = typer.Typer(name="labels", help="What people said about galaxies.", no_args_is_help=True)
Name = Annotated[str, typer.Option("--dataset", metavar="N", help="Name of the dataset.")]


@labels.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Table or Zooniverse export.")],
    dataset: Name,
    reviewer: Annotated[str, typer.Option(help="Who labelled, where FILE does not say.")] = "",
    json: Json = False,
) -> None:
    """Add the labels of a file: columns object_id, label, reviewer; optional at, comment."""
    from astro_core.datasets.store import open_dataset
    from astro_core.workflows.label_import import import_labels
    from astro_core.workspace import current

    workspace = current()
    made = import_labels(workspace, open_dataset(workspace, dataset), file, reviewer=reviewer)
    for note in made.notes:
        say(note)
    there = made.n_events - made.n_new
    if json:
        print_json({"n_events": made.n_events, "n_new": made.n_new, "n_already_there": there})
    else:
        typer.echo(f"{made.n_new:,} labels are new; {there:,} were there already.")


@labels.command("export")
def export(
    dataset: Name,
    out: Annotated[Path, typer.Option(metavar="F", help="The suffix says the format.")],
) -> None:
    """Write one row per label event as CSV, ECSV, VOTable, FITS, Parquet or JSON."""
    from astro_core.datasets.store import open_dataset
    from astro_core.workflows.label_export import export_labels
    from astro_core.workspace import current

    workspace = current()
    n_events = export_labels(workspace, open_dataset(workspace, dataset), out)
    typer.echo(f"{n_events:,} events are in '{out}'.")


@labels.command()
def backup(file: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """Write all labels of all datasets into one file, while others go on labelling."""
    from astro_core.labels.store import open_store
    from astro_core.workspace import current

    n_events = open_store(current()).backup(file)
    typer.echo(f"{n_events:,} events are in '{file}'.")


@labels.command()
def restore(file: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """Bring back what a backup holds; what was said since then stays."""
    from astro_core.labels.store import open_store
    from astro_core.workspace import current

    back = open_store(current()).restore(file)
    typer.echo(
        f"{back.n_new:,} of {back.n_events:,} events came back, the others were there; "
        f"{back.n_kept:,} that are not in the backup stay."
    )


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    cli.add_typer(labels)
