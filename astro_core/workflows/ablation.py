"""Everything that was trained on one dataset in one table: what was changed, what it brought."""

from __future__ import annotations

from typing import Any

import pandas as pd

from astro_core import runs
from astro_core.classifiers.bundle_info import read_info
from astro_core.domain import Dataset, Run
from astro_core.errors import BadInputError, NotFoundError
from astro_core.workflows import folds
from astro_core.workflows.folds_state import fold_histories
from astro_core.workflows.models import BUNDLE
from astro_core.workflows.train import KIND
from astro_core.workflows.training_compare import LOWER_IS_BETTER, SCORES, changed_words
from astro_core.workflows.training_state import best_epoch, read_history
from astro_core.workspace import Workspace

SCRATCH = "scratch"


def ablation_table(workspace: Workspace, dataset: Dataset, part: str = "test") -> pd.DataFrame:
    """List finished trainings and runs of folds of a dataset, the best first.

    Parameters
    ----------
    part : "test" or "validation"
        By which single trainings are judged; folds are judged by the galaxies held out.

    Returns
    -------
    DataFrame
        run_id, kind, recipe, changed (settings that are not the recipe's), judged_by ("test" or
        "5 folds"), n, each score and for folds its standard deviation (``<score>_sd``),
        best_epoch (median over folds), epochs, parameters, seconds, weights_from ("scratch", or
        what its first weights were), created_at. What is not known is missing.
    """
    rows = [
        row
        for run in runs.list_runs(workspace)
        if run.state == "done" and run.params.get("dataset") == dataset.name
        for row in _rows(workspace, run, part)
    ]
    table = pd.DataFrame(rows)
    first = next((name for name in SCORES if name in table), None)
    if first is None:
        return table
    table["parameters"] = table["parameters"].astype("Int64")
    order = table[first].sort_values(ascending=first in LOWER_IS_BETTER, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _rows(workspace: Workspace, run: Run, part: str) -> list[dict[str, Any]]:
    scores = run.result.get("scores", {})
    if run.kind == KIND and part in scores:
        history = read_history(workspace, run.run_id)
        cost = {"best_epoch": best_epoch(history), "epochs": run.result.get("epochs")}
        seconds = history["seconds"].sum() if "seconds" in history else None
        return [_row(workspace, run, part, scores[part]) | cost | {"seconds": seconds}]
    if run.kind == folds.KIND and "mean" in scores:
        said = f"{run.result['n_folds']} folds"
        best = pd.Series([best_epoch(h) for h in fold_histories(workspace, run)], dtype=float)
        spread = {f"{k}_sd": v for k, v in scores["sd"].items() if k in SCORES}
        epochs = float(pd.Series(run.result["epochs"]).median())
        cost = {"best_epoch": best.median(), "epochs": epochs, "seconds": run.result["seconds"]}
        return [_row(workspace, run, said, scores["mean"]) | spread | cost]
    return []


def _row(workspace: Workspace, run: Run, judged_by: str, scores: dict[str, Any]) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "kind": run.kind,
        "recipe": str(run.params["recipe"]),
        "changed": changed_words(run),
        "judged_by": judged_by,
        "n": scores["n"],
        **{name: scores[name] for name in SCORES if name in scores},
        "parameters": run.result.get("parameters"),
        "weights_from": run.result.get("weights_from") or _weights_from(workspace, run),
        "created_at": run.created_at,
    }


def _weights_from(workspace: Workspace, run: Run) -> str:
    """What an older training's model says of itself."""
    try:
        return read_info(workspace.runs / run.run_id / BUNDLE).weights_from
    except (NotFoundError, BadInputError):
        return ""
