"""Commands about labels: what people said about galaxies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from astro_core.cli.show import Json, print_json, print_table, say

if TYPE_CHECKING:
    import pandas as pd

    from astro_core.labels.agreement import Agreement
    from astro_core.workflows.labels import Truth

labels = typer.Typer(name="labels", help="What people said about galaxies.", no_args_is_help=True)
Name = Annotated[str, typer.Option("--dataset", metavar="N", help="Name of the dataset.")]
Question = Annotated[
    str, typer.Option(metavar="Q", help="A question of the tree; the classes by default.")
]


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
    from astro_core.workflows.people import at_shell
    from astro_core.workspace import current

    workspace = current()
    sky = open_dataset(workspace, dataset)
    made = import_labels(workspace, sky, file, by=at_shell(), reviewer=reviewer)
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


@labels.command("consensus")
def consensus(
    dataset: Name,
    rule: Annotated[str, typer.Option(help="majority, weighted or dawid-skene.")] = "majority",
    question: Question = "",
    out: Annotated[
        Path | None, typer.Option(metavar="F", help="Write one row per galaxy, too.")
    ] = None,
    json: Json = False,
) -> None:
    """Say what people together think of each galaxy."""
    from astro_core.datasets.store import open_dataset
    from astro_core.workflows.labels import find_truth
    from astro_core.workspace import current

    workspace = current()
    found = find_truth(workspace, open_dataset(workspace, dataset), rule=rule, question=question)
    if out is not None:
        _write(found.objects, out)
    if json:
        print_json(_truth_json(found))
        return
    told = ", ".join(f"{n:,} {name}" for name, n in found.status_counts.items())
    typer.echo(f"{found.n_votes:,} votes on {len(found.objects):,} galaxies: {told}.")
    print_table(("class", "galaxies"), list(found.class_counts.items()))


def _write(objects: pd.DataFrame, out: Path) -> None:
    import pyarrow as pa

    from astro_core.workflows.export_tables import write_table

    kind = out.suffix.lower().lstrip(".").replace("vot", "votable")
    write_table(pa.Table.from_pandas(objects, preserve_index=False), kind, out)
    say(f"One row per galaxy is in '{out}'.")


def _truth_json(found: Truth) -> dict[str, Any]:
    rows = found.objects.to_dict("records")
    counts = found.status_counts
    return {
        "rule": found.rule,
        "question": found.question,
        "n_objects": len(rows),
        "n_votes": found.n_votes,
        "n_reviewers": len(found.reviewers),
        **{f"n_{name}": n for name, n in counts.items()},
        "classes": found.class_counts,
        "conflicts": [r["object_id"] for r in rows if r["status"] == "conflict"],
        "reviewers": found.reviewers.to_dict("records"),
        "objects": [r | {"label": r["label"] or None} for r in rows],
    }


@labels.command("agreement")
def agreement(dataset: Name, question: Question = "", json: Json = False) -> None:
    """Say how far reviewers agree beyond chance."""
    from astro_core.datasets.store import open_dataset
    from astro_core.workflows.label_methods import methods_paragraph
    from astro_core.workflows.labels import find_agreement, find_truth
    from astro_core.workspace import current

    workspace = current()
    sky = open_dataset(workspace, dataset)
    found = find_agreement(workspace, sky, question=question)
    words = methods_paragraph(workspace, sky, find_truth(workspace, sky, question=question), found)
    if json:
        print_json(_agreement_json(found) | {"methods": words})
        return
    rows = [("Fleiss' kappa", found.fleiss), ("Krippendorff's alpha", found.krippendorff)]
    print_table(
        ("measure", "value", "95 %", "galaxies"),
        [(name, f"{m.value:.3f}", f"{m.low:.3f} to {m.high:.3f}", m.n) for name, m in rows],
    )
    pairs = [
        (f"{r.a}, {r.b}", f"{r.kappa:.3f}", f"{r.low:.3f} to {r.high:.3f}", r.n)
        for r in found.cohen.itertuples()
    ]
    print_table(("Cohen's kappa of", "value", "95 %", "galaxies"), pairs)
    typer.echo(f"\n{words}")


def _agreement_json(found: Agreement) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "n_objects": found.n_objects,
        "n_reviewers": found.n_reviewers,
        "n_votes": found.n_votes,
        "n_shared": found.fleiss.n,
        "fleiss": _plain(asdict(found.fleiss)),
        "krippendorff": _plain(asdict(found.krippendorff)),
        "cohen": [_plain(row) for row in found.cohen.to_dict("records")],
        "confusion": {name: _plain(row) for name, row in found.confusion.T.to_dict().items()},
    }


def _plain(row: dict[Any, Any]) -> dict[Any, Any]:
    """JSON has no NaN: what is not defined is null."""
    return {name: None if value != value else value for name, value in row.items()}


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
