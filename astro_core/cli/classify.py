"""The command that says what is in pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from astro_core.cli.show import Json, count_words, print_json, progress_shown, say
from astro_core.cli.tables import table_format, write_frame
from astro_core.domain import USUAL_FINDER
from astro_core.errors import BadInputError

if TYPE_CHECKING:
    import pandas as pd

    from astro_core.workflows.classified import Asked

Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE_OR_DIR...",
        help="JPEG, PNG, TIFF, FITS, archives and folders of these; FITS files of one folder "
        "that differ in the band's name alone are one picture.",
    ),
]


def classify(
    paths: Paths,
    model: Annotated[str, typer.Option(metavar="M", help="Name of a model, or id of a training.")],
    out: Annotated[
        Path, typer.Option(metavar="F.csv", help="Table: .csv, .vot, .fits, .parquet...")
    ],
    head: Annotated[
        str, typer.Option(metavar="H", help="Which answers of a model that gives several.")
    ] = "",
    finder: Annotated[
        str, typer.Option(metavar="F", help="What finds the galaxies.")
    ] = USUAL_FINDER,
    detect: Annotated[
        bool, typer.Option("--detect/--no-detect", help="Find galaxies, or take whole pictures.")
    ] = True,
    most: Annotated[
        int, typer.Option(min=1, help="Galaxies that are named in one picture, the surest first.")
    ] = 1000,
    json: Json = False,
) -> None:
    """Find the galaxies in pictures and say what each of them is."""
    from astro_core.workflows.classified import Asked

    table_format(out)
    table, n_bad = _classified(
        paths, Asked(model=model, head=head, finder=finder if detect else "", most=most)
    )
    write_frame(table, out)
    found = {
        "n_pictures": int(table["file"].nunique()),
        "n_galaxies": len(table),
        "n_undefined": int(table["undefined"].sum()),
        "n_bad": n_bad,
        "labels": {k: int(n) for k, n in table["label"].value_counts().items() if k},
    }
    if json:
        print_json(found)
        return
    typer.echo(
        f"{found['n_galaxies']:,} galaxies in {found['n_pictures']:,} pictures, "
        f"{found['n_undefined']:,} undefined"
    )
    if found["labels"]:
        typer.echo(count_words(found["labels"]))
    typer.echo(f"Wrote {out}")


def _classified(paths: list[Path], asked: Asked) -> tuple[pd.DataFrame, int]:
    """Ask about every picture; returns the table, and the number of files that are none."""
    import pandas as pd

    from astro_core.workflows.classified import Classified
    from astro_core.workflows.classify_files import classified_table
    from astro_core.workflows.classify_paths import classify_paths
    from astro_core.workspace import current

    tables, n_bad = [], 0
    with progress_shown("Classifying") as report:
        for told in classify_paths(current(), paths, asked, report):
            if isinstance(told, Classified):
                tables.append(classified_table([told]))
                for note in told.notes:
                    say(f"{told.picture.name}: {note}")
            else:
                n_bad += 1
                say(told.in_words())
    if not tables:
        raise BadInputError("There is no picture to classify", todo="Name other files or folders")
    return pd.concat(tables, ignore_index=True), n_bad


def add_to(cli: typer.Typer) -> None:
    """Register this command."""
    cli.command()(classify)
