"""Commands for surveys: make, inspect, import, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from astro_core.cli.datasets import (
    Classes,
    CopyImages,
    KeepIncomplete,
    Labels,
    Name,
    Place,
    Reader,
    Seed,
    absolute,
    given,
    list_datasets,
    tell_dataset,
    tell_problem,
)
from astro_core.cli.show import Json, count_words, do_run, print_json, progress_shown, say


def demo(
    objects: Annotated[int | None, typer.Option(help="Number of galaxy stamps.")] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same survey.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the dataset.")] = None,
    json: Json = False,
) -> None:
    """Make the simulated demo survey."""
    from astro_core.workspace import current

    params = given(objects=objects, seed=seed, name=name)
    run = do_run(current(), "demo", params, title="Making the demo survey")
    if json:
        print_json(dict(run.result))
    else:
        list_datasets(json=False, only=run.result["datasets"])


def inspect(
    path: Place,
    reader: Reader = "",
    labels: Labels = "",
    keep_incomplete: KeepIncomplete = False,
    json: Json = False,
) -> None:
    """Say what PATH holds, which reader fits, and every problem."""
    from astro_core import runs
    from astro_core.workflows import inspect_path  # noqa: F401 - tells that this kind is quick
    from astro_core.workspace import current

    workspace = current()
    params = given(path=absolute(path), reader=reader, labels=absolute(labels))
    params["keep_incomplete"] = keep_incomplete
    run = do_run(workspace, "inspect", params, title="Inspecting")
    found = {key: value for key, value in run.result.items() if key != "previews"}
    runs.delete_run(workspace, run.run_id)
    if json:
        print_json(found)
    else:
        _print_inspection(found)


def import_(
    path: Place,
    name: Annotated[str, typer.Option(help="What the dataset is to be called.")],
    reader: Reader = "",
    labels: Labels = "",
    classes: Classes = "",
    seed: Seed = None,
    train: Annotated[float | None, typer.Option(help="Share to train on, 0 to 1.")] = None,
    validation: Annotated[
        float | None, typer.Option(help="Share to choose settings with, 0 to 1.")
    ] = None,
    keep_incomplete: KeepIncomplete = False,
    copy_images: CopyImages = False,
    json: Json = False,
) -> None:
    """Import a survey; every bad file is named, with the reason."""
    from astro_core.datasets.store import check_free
    from astro_core.workspace import current

    workspace = current()
    params = given(
        path=absolute(path), name=check_free(workspace, name), reader=reader, classes=classes,
        labels=absolute(labels), seed=seed, train=train, validation=validation,
    )  # fmt: skip
    params |= {"keep_incomplete": keep_incomplete, "copy_images": copy_images}
    run = do_run(workspace, "import", params, title=f"Importing {name}")
    tell_dataset(workspace, str(run.result["dataset"]), "Imported", json=json)


def export(
    name: Name,
    format: Annotated[
        str,
        typer.Option(
            help="csv, ecsv, votable, fits or parquet: the catalogue with labels; "
            "zip, tar.gz, folder or hdf5: images, a folder per class or as in Galaxy10."
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="File to write.")],
) -> None:
    """Write the catalogue with labels, or the images."""
    from astro_core.datasets.store import open_dataset
    from astro_core.workflows.export import export_dataset
    from astro_core.workspace import current

    workspace = current()
    dataset = open_dataset(workspace, name)
    with progress_shown(f"Exporting {dataset.name}") as progress:
        report = export_dataset(workspace, dataset, format, out.absolute(), progress=progress)
    if report.n_left_out:
        say(f"{report.n_left_out:,} objects were left out, for want of a label or an image.")
    typer.echo(f"Wrote {report.n_objects:,} objects to {out}")


def _print_inspection(found: dict[str, Any]) -> None:
    typer.echo(found["path"])
    for reader in found["readers"]:
        mark = "*" if reader["name"] == found["reader"] else " "
        typer.echo(f"{mark} {reader['name']}: {reader['label']}. {reader['reason']}")
    sizes = ", ".join(f"{s['width_px']} x {s['height_px']} ({s['n']:,})" for s in found["sizes"])
    rows = {
        "objects": f"{found['n_objects']:,}, and {found['n_bad']:,} that cannot be used",
        "bands": " ".join(found["bands"]),
        "classes": count_words(found["classes"]) or "none",
        "with votes": f"{found['n_with_votes']:,}",
        "with position": f"{found['n_with_position']:,}",
        "duplicates": f"{found['n_duplicates']:,}",
        "sizes in px": sizes,
        "disk": f"{found['image_bytes'] / 1e6:,.1f} MB",
    }
    for label, text in rows.items():
        typer.echo(f"{label:>14}  {text}")
    for note in found["notes"]:
        typer.echo(f"{'note':>14}  {note}")
    for problem in found["problems"]:
        typer.echo(f"{'problem':>14}  {tell_problem(problem)}")
    hidden = found["n_problems"] - len(found["problems"])
    if hidden:
        typer.echo(f"{'':>14}  and {hidden:,} more problems, all listed when it is imported")


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    cli.command()(demo)
    cli.command()(inspect)
    cli.command("import")(import_)
    cli.command()(export)
