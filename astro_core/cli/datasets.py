"""Commands for datasets that are there: list, extend, rename, delete."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from astro_core.cli.show import Json, count_words, do_run, print_json, print_table, say

if TYPE_CHECKING:
    from astro_core.domain import Dataset
    from astro_core.workspace import Workspace

datasets = typer.Typer(
    help="List the datasets; extend, rename or delete one.", rich_markup_mode=None
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the dataset.")]
Place = Annotated[
    str, typer.Argument(metavar="PATH", help="Folder, archive, HDF5 or FITS file, or web address.")
]
Reader = Annotated[str, typer.Option(help="How to read it; by default what fits best.")]
Labels = Annotated[str, typer.Option(help="A table of labels or votes that lies elsewhere.")]
Classes = Annotated[
    str,
    typer.Option(
        metavar="MAP",
        help="Classes to keep, merge or rename: 'spiral=cw+acw,elliptical'. "
        "Classes not named are left out.",
    ),
]
Seed = Annotated[int | None, typer.Option(help="Same seed, same split.")]
KeepIncomplete = Annotated[
    bool, typer.Option("--keep-incomplete", help="Keep objects that lack a band.")
]
CopyImages = Annotated[
    bool, typer.Option("--copy-images", help="Copy the images into the workspace.")
]


def list_datasets(*, json: bool, only: Collection[str] | None = None) -> None:
    """Print the datasets of the workspace, or some of them."""
    from astro_core.datasets import store
    from astro_core.workspace import current

    found = [
        summary(dataset)
        for dataset in store.list_datasets(current())
        if only is None or dataset.name in only
    ]
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
    """List the datasets; extend, rename or delete one."""
    if context.invoked_subcommand is None:
        list_datasets(json=json)


@datasets.command()
def extend(
    name: Name,
    path: Place,
    reader: Reader = "",
    labels: Labels = "",
    classes: Classes = "",
    seed: Seed = None,
    keep_incomplete: KeepIncomplete = False,
    copy_images: CopyImages = False,
    json: Json = False,
) -> None:
    """Add more images to a dataset."""
    from astro_core.datasets.store import open_dataset
    from astro_core.workspace import current

    workspace = current()
    dataset = open_dataset(workspace, name)
    params = given(
        dataset=dataset.name, path=absolute(path), reader=reader, labels=absolute(labels),
        classes=classes, seed=seed,
    )  # fmt: skip
    params |= {"keep_incomplete": keep_incomplete, "copy_images": copy_images}
    do_run(workspace, "extend", params, title=f"Extending {dataset.name}")
    tell_dataset(workspace, dataset.name, "Extended", json=json)


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


def absolute(text: str) -> str:
    """Make a path absolute, as the engine works in another folder; addresses stay."""
    from astro_core.workflows.choose_reader import is_address

    return text if not text.strip() or is_address(text) else str(Path(text).expanduser().absolute())


def given(**params: Any) -> dict[str, Any]:
    """Leave out options that were not given; their defaults are the workflow's."""
    return {name: value for name, value in params.items() if value not in (None, "")}


def summary(dataset: Dataset) -> dict[str, Any]:
    """What `datasets --json` tells of a dataset."""
    return {
        "name": dataset.name,
        "n_objects": dataset.n_objects,
        "n_bad": dataset.n_bad,
        "classes": dict(dataset.class_counts),
        "bands": list(dataset.bands),
        "simulated": dataset.source.simulated,
    }


def tell_dataset(workspace: Workspace, name: str, did: str, *, json: bool) -> None:
    """Say what a dataset now holds, and on standard error all that was wrong."""
    from astro_core.datasets.catalogue import read_problems
    from astro_core.datasets.store import open_dataset

    dataset = open_dataset(workspace, name)
    for problem in read_problems(dataset).to_dict("records"):
        say(tell_problem(problem))
    for note in dataset.source.notes:
        say(f"Note: {note}")
    if json:
        print_json(summary(dataset))
        return
    bad = f", {dataset.n_bad:,} left out" if dataset.n_bad else ""
    classes = f"; {count_words(dataset.class_counts)}" if dataset.class_counts else ""
    counts = f"{dataset.n_objects:,} objects{bad}; bands {' '.join(dataset.bands)}{classes}"
    typer.echo(f"{did} '{dataset.name}': {counts}")


def tell_problem(problem: Mapping[Any, Any]) -> str:
    """One problem on one line: where, and why."""
    where = problem["file"] or problem["object_id"]
    return f"{where}: {problem['reason']}" if where else str(problem["reason"])


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    cli.add_typer(datasets, name="datasets")
