"""Commands that say where the galaxies are in pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from astro_core.cli.classify import Paths
from astro_core.cli.show import Json, print_json, print_table, progress_shown, say
from astro_core.cli.tables import table_format, write_frame
from astro_core.domain import USUAL_FINDER
from astro_core.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from astro_core.detection.annotations import Annotated as Marked

Out = Annotated[Path, typer.Option(metavar="F", help="File to write: .csv, .vot, .parquet...")]
Form = Annotated[
    str,
    typer.Option("--as", metavar="FORM", help="Write boxes as voc, coco or yolo, not as a table."),
]


def finders(json: Json = False) -> None:
    """List what can find galaxies, one a line."""
    from astro_core.detection import FINDERS

    if json:
        fields = ("name", "label", "description", "reference")
        print_json([{name: getattr(spec, name) for name in fields} for spec in FINDERS])
    else:
        print_table(("finder", "what it is"), [(spec.name, spec.description) for spec in FINDERS])


def detect(
    paths: Paths,
    out: Out,
    finder: Annotated[
        str, typer.Option(metavar="F", help="What finds the galaxies; `finders` lists them.")
    ] = USUAL_FINDER,
    form: Form = "",
    json: Json = False,
) -> None:
    """Find the galaxies in pictures."""
    _check(out, form)
    found = _found(paths, finder)
    _write(found, out, form)
    n_boxes = sum(len(each.boxes) for each in found)
    if json:
        print_json({"n_pictures": len(found), "n_boxes": n_boxes})
    else:
        typer.echo(f"{n_boxes:,} galaxies in {len(found):,} pictures")
        typer.echo(f"Wrote {out}")


def boxes(
    path: Annotated[Path, typer.Argument(help="File or folder of boxes: VOC, COCO or YOLO.")],
    out: Out,
    form: Form = "",
) -> None:
    """Turn boxes of one form into another, or into a table."""
    from astro_core.workflows.annotations import read_annotations

    _check(out, form)
    read = read_annotations(path)
    _write(read, out, form)
    typer.echo(f"Wrote {out}, {sum(len(each.boxes) for each in read):,} boxes")


def _found(paths: list[Path], finder: str) -> list[Marked]:
    from astro_core.domain import Problem
    from astro_core.workflows.detect_paths import detect_paths

    found = []
    with progress_shown("Finding galaxies") as report:
        for told in detect_paths(paths, finder, report):
            if isinstance(told, Problem):
                say(told.in_words())
            else:
                found.append(told)
    if not found:
        raise BadInputError("There is no picture to look at", todo="Name other files or folders")
    return found


def _check(out: Path, form: str) -> None:
    """Refuse a file that cannot be written before any work is done."""
    from astro_core.workflows.annotations import file_suffix

    if not form:
        table_format(out)
    elif out.suffix.lower() != file_suffix(form):
        raise BadInputError(
            f"Boxes as {form} cannot be written to '{out}'",
            expected=f"a name that ends in {file_suffix(form)}",
        )


def _write(found: Sequence[Marked], out: Path, form: str) -> None:
    from astro_core.workflows.annotations import annotation_file
    from astro_core.workflows.detect_paths import box_table
    from astro_core.workspace import file_for

    if not form:
        write_frame(box_table(found), out)
        return
    content = annotation_file(found, form)
    with file_for(out.absolute()) as path:
        path.write_bytes(content)


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    for command in (finders, detect, boxes):
        cli.command()(command)
