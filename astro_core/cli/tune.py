"""The command that searches for settings."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from astro_core.cli.datasets import Name, given
from astro_core.cli.settings import Settings, parse_settings
from astro_core.cli.show import Json, follow, print_json, print_table, say

if TYPE_CHECKING:
    from astro_core.domain import Run
    from astro_core.workspace import Workspace

_SPACE = (
    "What is searched; may be given several times. A range: learning_rate=0.0001:0.01:log, "
    "filters.1=8:64:8 (the first of several numbers, in steps), optimiser=adam|adamw; a setting's "
    "name alone; or a preset: layers, general."
)


def tune(
    name: Name,
    recipe: Annotated[str, typer.Option(help="Name of the recipe; `recipes` lists them.")],
    trials: Annotated[int, typer.Option(help="How many settings are tried.")] = 20,
    space: Annotated[list[str] | None, typer.Option(help=_SPACE)] = None,
    objective: Annotated[
        str | None,
        typer.Option(help="balanced_accuracy, macro_f1, accuracy, or rmse for votes."),
    ] = None,
    cost: Annotated[
        str | None, typer.Option(help="What else counts: parameters or latency.")
    ] = None,
    penalty: Annotated[
        float | None,
        typer.Option(help="Score that a doubling of the cost takes; without it, a front."),
    ] = None,
    pruner: Annotated[
        str | None, typer.Option(help="What ends poor trials early: median, hyperband or none.")
    ] = None,
    set_: Settings = None,
    epochs: Annotated[int | None, typer.Option(help="Epochs of a trial that is not ended.")] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same trials.")] = None,
    json: Json = False,
) -> None:
    """Search for the settings of a recipe that do best on the validation galaxies of dataset N.

    Ctrl-C leaves what can be resumed. No test galaxy is looked at: train with the settings found.
    """
    from astro_core.workflows.tune import submit_tuning
    from astro_core.workspace import current

    workspace = current()
    values = parse_settings(set_) | given(epochs=epochs, seed=seed)
    trade = None if penalty is None else "penalty"
    tuning = given(
        trials=trials, objective=objective, cost=cost, penalty=penalty, trade=trade,
        pruner=pruner, seed=seed,
    )  # fmt: skip
    run_id = submit_tuning(workspace, name, recipe, values, space=space or (), tuning=tuning)
    run = follow(workspace, run_id, title=f"Searching {recipe} on {name}", kept="can be resumed")
    if json:
        print_json({"run_id": run_id, "state": run.state, **run.result})
    else:
        _tell(workspace, run)


def _tell(workspace: Workspace, run: Run) -> None:
    from astro_core.workflows.tune_state import tuning_state

    state = tuning_state(workspace, run.run_id)
    say(f"Run {run.run_id}")
    names = [d.name for d in state.dimensions]
    rows = []
    for trial in state.trials.to_dict("records"):
        mark = "best" if trial["number"] == state.best else ""
        score = "" if math.isnan(trial["score"]) else f"{trial['score']:.4f}"
        tried = (_short(trial["settings"].get(name)) for name in names)
        rows.append((str(trial["number"] + 1), trial["state"], score, mark, *tried))
    print_table(("trial", "state", state.tuning.objective, "", *names), rows)
    best = run.result["best"]
    sets = " ".join(f"--set {k}={_written(v)}" for k, v in best["settings"].items())
    typer.echo(f"\n{run.message}. Its test score is not known yet; this trains and judges it:")
    typer.echo(f"tuning-fork train {state.dataset} --recipe {state.recipe} {sets}")


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _written(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def add_to(cli: typer.Typer) -> None:
    """Register this command."""
    cli.command("tune")(tune)
