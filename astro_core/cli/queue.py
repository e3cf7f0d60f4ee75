"""The command that chooses the galaxies to look at next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from astro_core.cli.datasets import Name
from astro_core.cli.show import Json, follow, print_json, say
from astro_core.cli.tables import table_format, write_frame
from astro_core.errors import BadInputError

if TYPE_CHECKING:
    from astro_core.workflows.queue import Queue, QueueRequest


Strategy = Annotated[
    str,
    typer.Option(
        metavar="S",
        help="random, undefined, margin, margin_drawn, entropy, bald, set_size, kcenter, "
        "disagreement, label_errors or like_this.",
    ),
]
Size = Annotated[int, typer.Option(metavar="K", help="How many galaxies at most.")]
Model = Annotated[
    str,
    typer.Option(
        metavar="M",
        help="Id of a training or of folds, or name of a model; by default the newest. "
        "random and kcenter need none.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="F.csv", help="Table with object_id in order: .csv, .parquet..."),
]
Like = Annotated[
    list[str] | None, typer.Option(metavar="OBJECT_ID", help="For like_this; may be repeated.")
]
Selection = Annotated[str, typer.Option(metavar="NAME", help="Choose only from a saved selection.")]
Votes = Annotated[
    int, typer.Option(help="A galaxy is left out when so many people have labelled it.")
]
Control = Annotated[float, typer.Option(help="Share that is drawn at random and mixed in, 0 to 1.")]
Features = Annotated[str, typer.Option(metavar="KEY", help="Which stored features.")]
Head = Annotated[str, typer.Option(help="Which answers of a model that gives several.")]
Seed = Annotated[int, typer.Option(help="Same seed, same galaxies.")]


def queue(
    name: Name,
    strategy: Strategy,
    size: Size,
    model: Model = "",
    out: Out = None,
    like: Like = None,
    selection: Selection = "",
    votes: Votes = 1,
    control: Control = 0.0,
    features: Features = "",
    head: Head = "",
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """Choose the galaxies of dataset N that people should look at next, in order."""
    from astro_core.labels.rules import ReviewRules
    from astro_core.workflows.queue import QueueRequest

    if out is not None:
        table_format(out)
    if votes < 1:
        raise BadInputError("Somebody has to look", expected="votes from 1 on", given=str(votes))
    request = QueueRequest(
        dataset=name, strategy=strategy, size=size, model=model, head=head, features=features,
        like=tuple(like or ()), selection=selection, control_share=control, seed=seed,
        rules=ReviewRules(votes_needed=votes, most_votes=votes),
    )  # fmt: skip
    found = _made(request)
    for note in found.notes:
        say(note)
    if out is not None:
        write_frame(found.table(), out)
    if json:
        print_json(found.to_json())
    elif out is None:
        for object_id in found.object_ids:
            typer.echo(object_id)
    else:
        asked = f", asked {found.model}" if found.model else ""
        typer.echo(f"{len(found.object_ids):,} of {found.n_pool:,} galaxies{asked}")
        typer.echo(f"Wrote {out}")


def _made(request: QueueRequest) -> Queue:
    from astro_core.runs import get_run
    from astro_core.workflows.queue import make_queue, runs_needed
    from astro_core.workspace import current

    workspace = current()
    for run_id in runs_needed(workspace, request):
        follow(workspace, run_id, title=get_run(workspace, run_id).title)
    return make_queue(workspace, request)


def add_to(cli: typer.Typer) -> None:
    """Register this command."""
    cli.command()(queue)
