"""Commands that train: list the recipes, train one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from astro_core.cli.datasets import Name, given
from astro_core.cli.settings import Settings, parse_settings
from astro_core.cli.show import Json, follow, print_json, print_table, say


def recipes(json: Json = False) -> None:
    """List the recipes, one a line."""
    from astro_core.classifiers import recipes as registered  # noqa: F401 - registers them
    from astro_core.classifiers.registry import RECIPES

    if json:
        fields = ("name", "label", "description", "target", "project")
        print_json([{name: getattr(r, name) for name in fields} for r in RECIPES])
    else:
        rows = [(r.name, r.target, r.project, r.label) for r in RECIPES]
        print_table(("recipe", "learns", "project", "what it is"), rows)


def train(
    name: Name,
    recipe: Annotated[str, typer.Option(help="Name of the recipe; `recipes` lists them.")],
    set_: Settings = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the training galaxies.")] = None,
    folds: Annotated[
        int | None, typer.Option(help="Train once for each of so many folds of the galaxies.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same training.")] = None,
    json: Json = False,
) -> None:
    """Train a recipe on dataset N and wait for it; Ctrl-C leaves what can be resumed."""
    from astro_core.workflows.first_weights import first_words
    from astro_core.workflows.folds import submit_folds
    from astro_core.workflows.train import submit_training
    from astro_core.workspace import current

    workspace = current()
    values = parse_settings(set_) | given(epochs=epochs, seed=seed)
    if folds is None:
        run_id = submit_training(workspace, name, recipe, values)
    else:
        run_id = submit_folds(workspace, name, recipe, values, folds)
    title = f"Training {recipe} on {name}"
    run = follow(workspace, run_id, title=title, kept="can be resumed")
    if json:
        told = {name: run.result.get(name) for name in ("scores", "weights_from")}
        print_json({"run_id": run_id, "state": run.state, **told})
        return
    say(f"Run {run_id}")
    scores = run.result["scores"]
    if folds is not None:
        tell_folds(run.result)
        return
    for part, values in scores.items():
        said = ", ".join(f"{k} {v:.4g}" for k, v in values.items() if k != "n")
        typer.echo(f"{part} (n = {values['n']:,}): {said}")
    if words := first_words(run):
        say(f"It began with: {words}.")
    for one in run.result.get("members", []):
        say(f"Member {one['recipe']} counts {one['share']:.2f}.")


def tell_folds(result: Mapping[str, Any]) -> None:
    """Print the scores of each fold, and their mean and standard deviation."""
    scores = result["scores"]
    names = list(scores["sd"])
    rows = [
        (f"fold {place}", one["n"], *(f"{one[name]:.4f}" for name in names))
        for place, one in enumerate(scores["folds"], start=1)
    ]
    mean = (f"{scores['mean'][name]:.4f} ± {scores['sd'][name]:.4f}" for name in names)
    rows.append(("mean ± sd", scores["mean"]["n"], *mean))
    print_table(("", "galaxies", *names), rows)
    if result["left_out"]:
        say(f"{result['left_out']:,} galaxies of the dataset's test split were in no fold.")


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    cli.command("recipes")(recipes)
    cli.command("train")(train)
