"""Commands for surveys: make, inspect, import, list, rename, delete, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from astro_core.cli.show import (
    Json,
    count_words,
    do_run,
    print_json,
    print_table,
    progress_shown,
    say,
)

if TYPE_CHECKING:
    from astro_core.domain import Dataset

datasets = typer.Typer(help="List the datasets; rename or delete one.", rich_markup_mode=None)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the dataset.")]
Place = Annotated[
    str, typer.Argument(metavar="PATH", help="Folder, archive, HDF5 or FITS file, or web address.")
]
Reader = Annotated[str, typer.Option(help="How to read it; by default what fits best.")]
Labels = Annotated[str, typer.Option(help="A table of labels or votes that lies elsewhere.")]


def demo(
    objects: Annotated[int | None, typer.Option(help="Number of galaxy stamps.")] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same survey.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the dataset.")] = None,
    json: Json = False,
) -> None:
    """Make the simulated demo survey."""
    from astro_core.workspace import current

    params = _given(objects=objects, seed=seed, name=name)
    run = do_run(current(), "demo", params, title="Making the demo survey")
    if json:
        print_json(dict(run.result))
    else:
        _list(json=False)


def inspect(
    path: Place,
    reader: Reader = "",
    labels: Labels = "",
    keep_incomplete: Annotated[
        bool, typer.Option("--keep-incomplete", help="Keep objects that lack a band.")
    ] = False,
    json: Json = False,
) -> None:
    """Say what PATH holds, which reader fits, and every problem."""
    from astro_core import runs
    from astro_core.workflows import inspect_path  # noqa: F401 - tells that this kind is quick
    from astro_core.workspace import current

    workspace = current()
    params = _given(path=_absolute(path), reader=reader, labels=_absolute(labels))
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
    classes: Annotated[
        str,
        typer.Option(
            metavar="MAP",
            help="Classes to keep, merge or rename: 'spiral=cw+acw,elliptical'. "
            "Classes not named are left out.",
        ),
    ] = "",
    seed: Annotated[int | None, typer.Option(help="Same seed, same split.")] = None,
    train: Annotated[float | None, typer.Option(help="Share to train on, 0 to 1.")] = None,
    validation: Annotated[
        float | None, typer.Option(help="Share to choose settings with, 0 to 1.")
    ] = None,
    keep_incomplete: Annotated[
        bool, typer.Option("--keep-incomplete", help="Keep objects that lack a band.")
    ] = False,
    copy_images: Annotated[
        bool, typer.Option("--copy-images", help="Copy the images into the workspace.")
    ] = False,
    json: Json = False,
) -> None:
    """Import a survey; every bad file is named, with the reason."""
    from astro_core.datasets.catalogue import read_problems
    from astro_core.datasets.store import check_free, open_dataset
    from astro_core.workspace import current

    workspace = current()
    params = _given(
        path=_absolute(path), name=check_free(workspace, name), reader=reader, classes=classes,
        labels=_absolute(labels), seed=seed, train=train, validation=validation,
    )  # fmt: skip
    params |= {"keep_incomplete": keep_incomplete, "copy_images": copy_images}
    run = do_run(workspace, "import", params, title=f"Importing {name}")
    dataset = open_dataset(workspace, str(run.result["dataset"]))
    for problem in read_problems(dataset).to_dict("records"):
        say(_problem(problem))
    for note in dataset.source.notes:
        say(f"Note: {note}")
    if json:
        print_json(_summary(dataset))
    else:
        typer.echo(f"Imported '{dataset.name}': {_in_words(dataset)}")


def _list(*, json: bool) -> None:
    from astro_core.datasets.store import list_datasets
    from astro_core.workspace import current

    found = [_summary(dataset) for dataset in list_datasets(current())]
    if json:
        print_json(found)
    elif found:
        rows = [
            (d["name"], d["n_objects"], d["n_bad"], " ".join(d["bands"]), count_words(d["classes"]))
            for d in found
        ]
        print_table(("name", "objects", "bad", "bands", "classes"), rows)
    else:
        say("There is no dataset yet. Make one with 'tuning-fork demo' or 'tuning-fork import'.")


@datasets.callback(invoke_without_command=True)
def list_all(context: typer.Context, json: Json = False) -> None:
    """List the datasets; rename or delete one."""
    if context.invoked_subcommand is None:
        _list(json=json)


@datasets.command()
def rename(name: Name, new_name: Annotated[str, typer.Argument(metavar="NEW")]) -> None:
    """Give a dataset another name."""
    from astro_core.datasets.store import rename_dataset
    from astro_core.workspace import current

    typer.echo(f"'{name}' is now '{rename_dataset(current(), name, new_name).name}'")


@datasets.command()
def delete(name: Name) -> None:
    """Delete a dataset; images that lie outside the workspace stay."""
    from astro_core.datasets.store import delete_dataset
    from astro_core.workspace import current

    delete_dataset(current(), name)
    typer.echo(f"Deleted '{name}'")


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


def _absolute(text: str) -> str:
    """The engine works in another folder."""
    from astro_core.workflows.choose_reader import is_address

    return text if not text.strip() or is_address(text) else str(Path(text).expanduser().absolute())


def _given(**params: Any) -> dict[str, Any]:
    return {name: value for name, value in params.items() if value not in (None, "")}


def _summary(dataset: Dataset) -> dict[str, Any]:
    return {
        "name": dataset.name,
        "n_objects": dataset.n_objects,
        "n_bad": dataset.n_bad,
        "classes": dict(dataset.class_counts),
        "bands": list(dataset.bands),
        "simulated": dataset.source.simulated,
    }


def _in_words(dataset: Dataset) -> str:
    bad = f", {dataset.n_bad:,} left out" if dataset.n_bad else ""
    classes = f"; {count_words(dataset.class_counts)}" if dataset.class_counts else ""
    return f"{dataset.n_objects:,} objects{bad}; bands {' '.join(dataset.bands)}{classes}"


def _problem(problem: dict[str, Any]) -> str:
    where = [str(problem[key]) for key in ("file", "object_id") if problem[key]]
    return ": ".join([*where[:1], str(problem["reason"])])


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
        typer.echo(f"{'problem':>14}  {_problem(problem)}")
    hidden = found["n_problems"] - len(found["problems"])
    if hidden:
        typer.echo(f"{'':>14}  and {hidden:,} more problems, all listed when it is imported")


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    cli.command()(demo)
    cli.command()(inspect)
    cli.command("import")(import_)
    cli.add_typer(datasets, name="datasets")
    cli.command()(export)
