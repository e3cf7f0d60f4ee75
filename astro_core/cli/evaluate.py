"""The command that judges a trained model."""

from __future__ import annotations

from typing import Annotated

import typer

from astro_core.cli.show import Json, print_json, print_table


def evaluate(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Id of a finished training.")],
    split: Annotated[
        str, typer.Option(help="test, validation, calibration, train or all.")
    ] = "test",
    json: Json = False,
) -> None:
    """Say how good a model is on galaxies that its training kept aside."""
    from astro_core.workflows import evaluate as judging
    from astro_core.workspace import current

    found = judging.evaluate(current(), run, split=split)
    if json:
        print_json(found.scores() | {"run_id": run, "split": split})
        return
    typer.echo(f"On the {split} part:")
    for name, value in found.scores().items():
        typer.echo(f"  {name}: {value:,}" if name == "n" else f"  {name}: {value:.4f}")
    if found.classes is not None:
        table = found.classes.by_class.reset_index()
        rows = [
            (
                r["class"],
                *(f"{r[k]:.3f}" for k in ("precision", "recall", "f1")),
                f"{r['support']:,}",
            )
            for _, r in table.iterrows()
        ]
        print_table(("class", "precision", "recall", "f1", "galaxies"), rows)


def add_to(cli: typer.Typer) -> None:
    """Register this command."""
    cli.command("evaluate")(evaluate)
