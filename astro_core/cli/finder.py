"""Commands about the detector that finds galaxies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from astro_core.cli.datasets import Name, given
from astro_core.cli.settings import Settings, parse_settings
from astro_core.cli.show import Json, follow, print_json, print_table, progress_shown, say
from astro_core.domain import USUAL_FINDER

finder = typer.Typer(name="finder", help="What finds galaxies.", no_args_is_help=True)


@finder.command()
def train(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="N...", help="Datasets: simulated ones, or kept pictures with boxes."
        ),
    ],
    set_: Settings = None,
    architecture: Annotated[
        str | None,
        typer.Option(metavar="A", help="ssd; or retinanet, which needs the extra 'retinanet'."),
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="How often windows are drawn.")] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same training.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Put the finder there as well.")
    ] = None,
    json: Json = False,
) -> None:
    """Train the galaxy finder and wait for it; Ctrl-C leaves what can be resumed."""
    from astro_core.workflows.train_finder import copy_finder, submit_finder_training
    from astro_core.workspace import current

    workspace = current()
    values = parse_settings(set_) | given(architecture=architecture, epochs=epochs, seed=seed)
    run_id = submit_finder_training(workspace, names, values)
    run = follow(workspace, run_id, title="Training galaxy-finder", kept="can be resumed")
    if out is not None:
        copy_finder(workspace, run_id, out.absolute())
    if json:
        print_json({"run_id": run_id, "state": run.state, **run.result})
    else:
        say(f"Run {run_id}")
        typer.echo(f"{run.result['epochs']} epochs, {run.result['parameters']:,} weights")


@finder.command()
def score(
    name: Name,
    finder: Annotated[
        str,
        typer.Option(metavar="F", help="One that `finders` lists, or the id of a training."),
    ] = USUAL_FINDER,
    folds: Annotated[int, typer.Option(help="Score so many parts of the pictures apart.")] = 5,
    measured: Annotated[
        bool, typer.Option("--measured", help="Look at bands, not at pictures made of them.")
    ] = False,
    json: Json = False,
) -> None:
    """Score what finds galaxies on the dataset N, whose galaxies a simulation or people know."""
    from astro_core.datasets.store import open_dataset
    from astro_core.workflows.finders import find_finder
    from astro_core.workflows.known_boxes import drawn_by_people
    from astro_core.workflows.score_finder import deal_pictures, finds, score_folds, search
    from astro_core.workspace import current

    workspace = current()
    dataset, spec = open_dataset(workspace, name), find_finder(workspace, finder)
    find, dealt = finds(spec, measured=measured), deal_pictures(dataset, folds)
    with progress_shown(f"Scoring {finder}") as report:
        rows = score_folds(search(dataset, find, report), dealt).to_dict("records")
    if drawn_by_people(dataset):
        say("The boxes were drawn by people: these scores say how well it agrees with them.")
    if json:
        print_json(rows)
    else:
        print_table(list(rows[0]), [[_short(value) for value in row.values()] for row in rows])


def _short(value: float) -> float | str:
    return f"{value:.3f}" if isinstance(value, float) else value


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    cli.add_typer(finder)
