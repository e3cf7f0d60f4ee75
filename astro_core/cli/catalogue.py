"""Commands for whole surveys: classify one, write its answers again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from astro_core.cli.show import Json, count_words, follow, print_json, say

catalogue = typer.Typer(help="Classify a whole survey.", rich_markup_mode=None)
Out = Annotated[
    Path, typer.Option(metavar="F.parquet", help="Also .vot, .fits, .csv...; replaced.")
]
Table = Annotated[
    str,
    typer.Option(
        metavar="F",
        help="Parquet, HATS (an https address, too, with the extra 'hats'), CSV, FITS table or "
        "VOTable.",
    ),
]
Circle = Annotated[
    str,
    typer.Option(
        metavar="RA,DEC,RADIUS",
        help="Only this circle of a HATS catalogue, in degrees; needs the extra 'hats'.",
    ),
]
Stamps = Annotated[
    str,
    typer.Option(
        metavar="DIR_OR_PATTERN",
        help="Folder, or a pattern with columns of the catalogue: stamps/{object_id}.jpg",
    ),
]


@catalogue.callback()
def about() -> None:
    """Classify a whole survey; what is cut off goes on when it is asked for again."""


@catalogue.command()
def classify(
    model: Annotated[str, typer.Option(metavar="M", help="Name of a model, or id of a training.")],
    out: Out,
    catalogue: Table = "",
    cone: Circle = "",
    stamps: Stamps = "",
    dataset: Annotated[
        str, typer.Option(metavar="N", help="A dataset instead of catalogue and stamps.")
    ] = "",
    head: Annotated[
        str, typer.Option(metavar="H", help="Which answers of a model that gives several.")
    ] = "",
    keep_as: Annotated[
        str, typer.Option(metavar="N", help="Make a dataset of the stamps, for Browse and Review.")
    ] = "",
    scheduler: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Dask scheduler: tls://HOST:PORT")
    ] = "",
    json: Json = False,
) -> None:
    """Classify every galaxy of a catalogue; the same command again goes on where it stood."""
    from astro_core.runs.locate import work_on
    from astro_core.workflows.catalogue import submit_survey
    from astro_core.workflows.catalogue_source import SurveyRequest
    from astro_core.workflows.streamed_tables import writer_of
    from astro_core.workspace import current

    writer_of(out, "The answers")
    workspace = current()
    if scheduler:
        work_on(workspace, scheduler)
    request = SurveyRequest(
        model=model, head=head, dataset=dataset, keep_as=keep_as,
        catalogue=_absolute(catalogue), cone=cone, stamps=_absolute(stamps),
    )  # fmt: skip
    run_id = submit_survey(workspace, request)
    say(f"Run {run_id}")
    title = f"Classifying {dataset or Path(catalogue).name}"
    follow(workspace, run_id, title=title, kept="goes on when this is asked for again")
    _write(run_id, out, json=json)


def _absolute(path: str) -> str:
    """The engine works in another folder; an address is the same everywhere."""
    from astro_core.datasets.hats import is_address

    if is_address(path):
        return path
    return os.path.abspath(Path(path).expanduser()) if path else ""  # noqa: PTH100 - keeps links


@catalogue.command()
def save(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A finished classification.")],
    out: Out,
    json: Json = False,
) -> None:
    """Write the answers of a finished classification once more."""
    _write(run, out, json=json)


def _write(run_id: str, out: Path, *, json: bool) -> None:
    from astro_core.workflows.catalogue import open_answers, read_problems, save_answers
    from astro_core.workspace import current

    found = open_answers(current(), run_id)
    save_answers(found, out.absolute())
    told = found.run.result
    for row in read_problems(found):
        say(f"{row['object_id']} ({row['file']}): {row['reason']}")
    if json:
        print_json({"run_id": run_id, **told})
        return
    typer.echo(
        f"{told['n_objects']:,} galaxies, {told['n_undefined']:,} undefined; "
        f"{told['n_bad']:,} stamps could not be used"
    )
    if told["classes"]:
        typer.echo(count_words(told["classes"]))
    typer.echo(f"Wrote {out}")


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    cli.add_typer(catalogue, name="catalogue")
