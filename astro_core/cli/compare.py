"""Commands that set trainings side by side, and that doubt labels."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from astro_core.cli.datasets import Name, given
from astro_core.cli.settings import Settings, parse_settings
from astro_core.cli.show import Json, follow, print_json, print_table, say

if TYPE_CHECKING:
    import pandas as pd

    from astro_core.evaluation.comparison import PairedTest
    from astro_core.workspace import Workspace

Out = Annotated[Path | None, typer.Option(help="CSV file to write.")]


def compare(
    runs: Annotated[list[str], typer.Argument(metavar="RUN...", help="Trainings, or folds.")],
    split: Annotated[str, typer.Option(help="test or validation.")] = "test",
    json: Json = False,
) -> None:
    """Compare trainings with the first one on the same galaxies, paired."""
    from astro_core.workflows.compare_answers import compare_answers
    from astro_core.workspace import current

    found = compare_answers(current(), runs, against=runs[0], part=split)
    folds = _same_folds(current(), runs)
    rows = []
    for run in found.scores.index:
        row: dict[str, Any] = {"run_id": run} | found.scores.loc[run].to_dict()
        for name, tests in found.differences.items():
            if run in tests:
                row[f"{name}_difference"] = _told(tests[run]) | {"p_holm": found.p_holm(name)[run]}
        if run in found.discordant.index:
            test = found.discordant.loc[run].to_dict()
            row["mcnemar"] = {k: v if k.startswith("p") else int(v) for k, v in test.items()}
        rows.append(row)
    if json:
        about = {"n": found.n, "left_out": found.left_out, "against": found.against}
        print_json(about | {"runs": rows, "folds": folds})
        return
    _print_compared(rows, found.n, list(found.differences), folds)


def _told(test: PairedTest) -> dict[str, Any]:
    values = {name: getattr(test, name) for name in ("difference", "low", "high", "p")}
    known = {k: v if math.isfinite(v) else None for k, v in values.items()}
    return {"test": test.test, "n_pairs": test.n_pairs} | known


def _same_folds(workspace: Workspace, run_ids: list[str]) -> dict[str, Any]:
    """The corrected t-test of the first two, where they were trained on the same folds."""
    from astro_core.errors import BadInputError
    from astro_core.workflows.compare_folds import compare_folds

    try:
        found = compare_folds(workspace, *run_ids[:2])
    except BadInputError:
        return {}
    names = {"t_tests": found.t_tests, "ranks": found.ranks}
    return {kind: {k: _told(v) for k, v in tests.items()} for kind, tests in names.items()}


def _print_compared(
    rows: list[dict[str, Any]], n: int, names: list[str], folds: dict[str, Any]
) -> None:
    say(f"On {n:,} galaxies; differences from the first with 95 % intervals (paired bootstrap).")
    lines = []
    for row in rows:
        cells = [row["run_id"]]
        for name in names:
            gap = row.get(f"{name}_difference")
            said = f"{row[name]:.4f}"
            if gap:
                said += f" ({gap['difference']:+.4f}, {gap['low']:+.4f} to {gap['high']:+.4f})"
            cells.append(said)
        test = row.get("mcnemar")
        lines.append((*cells, f"{test['p']:.3g}" if test else ""))
    print_table(("run", *names, "p of accuracy (exact McNemar)"), lines)
    for name, test in folds.get("t_tests", {}).items():
        p = "none" if test["p"] is None else f"{test['p']:.3g}"
        typer.echo(
            f"{name}, first minus second by fold: {test['difference']:+.4f} "
            f"({test['low']:+.4f} to {test['high']:+.4f}), p {p}, {test['test']}"
        )


def ablation(name: Name, out: Out = None, json: Json = False) -> None:
    """Print all that was trained on dataset N, the best first."""
    from astro_core.datasets.store import open_dataset
    from astro_core.workflows.ablation import ablation_table
    from astro_core.workspace import current

    workspace = current()
    table = ablation_table(workspace, open_dataset(workspace, name))
    _give(table, out, json=json, none="Nothing was trained on this dataset yet.")


def learning_curve(
    name: Name,
    recipe: Annotated[str, typer.Option(help="Name of the recipe; `recipes` lists them.")],
    shares: Annotated[
        str, typer.Option(help="Shares of the training galaxies.")
    ] = "0.1,0.25,0.5,1",
    set_: Settings = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the training galaxies.")] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same training.")] = None,
    json: Json = False,
) -> None:
    """Train a recipe on growing shares of dataset N's training galaxies, and print its scores."""
    from astro_core.datasets.store import open_dataset
    from astro_core.workflows.learning_curve import learning_curves, submit_learning_curve
    from astro_core.workspace import current

    workspace = current()
    values = parse_settings(set_) | given(epochs=epochs, seed=seed)
    wanted = _shares(shares)
    asked = submit_learning_curve(workspace, name, recipe, values, wanted)
    for run_id in asked:
        follow(workspace, run_id, title=f"Training {recipe} on {name}", kept="can be resumed")
    curves = learning_curves(workspace, open_dataset(workspace, name))
    found = [c for c in curves if c.recipe == recipe]
    if json:
        print_json(
            [{"label": c.label, "score": c.score, "points": _plain(c.points)} for c in found]
        )
        return
    for curve in found:
        typer.echo(f"{curve.label}: {curve.score} on {curve.judged_by}")
        _give(curve.points, None, json=False, none="")


def _shares(text: str) -> list[float]:
    from astro_core.errors import BadInputError

    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise BadInputError(
            f"'--shares {text}' cannot be read", expected="numbers such as 0.1,0.5,1"
        ) from None


def label_errors(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Id of a finished run of folds.")],
    out: Out = None,
    json: Json = False,
) -> None:
    """List labels that are probably wrong, from what each fold's model had not seen."""
    from astro_core.errors import BadInputError
    from astro_core.workflows.folds_state import doubtful_labels
    from astro_core.workspace import current

    found = doubtful_labels(current(), run)
    if found is None:
        raise BadInputError(
            f"Run '{run}' has no labels to doubt",
            expected="a finished run of folds that learned classes",
            todo="Train a recipe with --folds 5",
        )
    _give(found, out, json=json, none="No label is doubted.")


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows = table.astype(object).where(table.notna(), None)
    return [dict(row) for row in rows.to_dict("records")]


def _give(table: pd.DataFrame, out: Path | None, *, json: bool, none: str) -> None:
    if out is not None:
        table.to_csv(out, index=False)
        say(f"{len(table):,} rows written to {out}")
    if json:
        print_json(_plain(table))
    elif table.empty:
        say(none)
    elif out is None:
        rows = [[_cell(value) for value in row.values()] for row in _plain(table)]
        print_table(list(table.columns), rows)


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else value


def add_to(cli: typer.Typer) -> None:
    """Register these commands."""
    for command in (compare, ablation, learning_curve, label_errors):
        cli.command(command.__name__.replace("_", "-"))(command)
