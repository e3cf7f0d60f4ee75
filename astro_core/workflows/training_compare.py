"""Finished trainings of one dataset side by side, with what each was judged on."""

from __future__ import annotations

from typing import Any

import pandas as pd

from astro_core.classifiers import recipes  # noqa: F401 - registers them
from astro_core.classifiers.registry import RECIPES
from astro_core.domain import Dataset, Run
from astro_core.params import describe, digest, to_mapping
from astro_core.workflows.first_weights import first_words
from astro_core.workflows.training_state import trainings_of
from astro_core.workspace import Workspace

SCORES = ("balanced_accuracy", "accuracy", "macro_f1", "ece", "rmse")
LOWER_IS_BETTER = ("ece", "rmse")
FIRST = ("weights", "weights_path")  # settings that are told in other words


def compare_trainings(workspace: Workspace, dataset: Dataset, part: str) -> pd.DataFrame:
    """List finished trainings with their scores on a part, the best first.

    Parameters
    ----------
    part : "validation" or "test"

    Returns
    -------
    DataFrame
        run_id, recipe, changed (settings that are not the recipe's), epochs, n, judged_on
        (a letter: the same letter, the same galaxies), the scores that there are, created_at.
    """
    rows = [
        _row(workspace, run, part)
        for run in trainings_of(workspace, dataset)
        if run.state == "done" and part in run.result.get("scores", {})
    ]
    table = pd.DataFrame(rows)
    if table.empty:
        return table
    letters = {key: chr(65 + i % 26) for i, key in enumerate(dict.fromkeys(table["judged_on"]))}
    table["judged_on"] = table["judged_on"].map(letters)
    first = next((name for name in SCORES if name in table), None)
    if first is None:
        return table
    order = table[first].sort_values(ascending=first in LOWER_IS_BETTER).index
    return table.loc[order].reset_index(drop=True)


def _row(workspace: Workspace, run: Run, part: str) -> dict[str, Any]:
    scores = run.result["scores"][part]
    return {
        "run_id": run.run_id,
        "recipe": str(run.params["recipe"]),
        "changed": changed_words(run),
        "epochs": run.result.get("epochs"),
        "n": scores["n"],
        "judged_on": _galaxies(workspace, run, part),
        **{name: scores[name] for name in SCORES if name in scores},
        "created_at": run.created_at,
    }


def changed_words(run: Run) -> str:
    """The settings of a training that are not the recipe's own, in words."""
    name = str(run.params["recipe"])
    settings = dict(run.params.get("settings", {}))
    if name not in RECIPES:
        return ", ".join(f"{k} {written(v)}" for k, v in settings.items())
    recipe = RECIPES.get(name)
    own = to_mapping(recipe.training) | to_mapping(recipe.network)
    labels = {i.name: i.label for i in (*describe(recipe.training), *describe(recipe.network))}
    changed = {k: v for k, v in settings.items() if v != own.get(k)}
    said = [first_words(run)] if any(name in changed for name in FIRST) else []
    said += [
        f"{labels.get(k, k).lower()} {written(v)}" for k, v in changed.items() if k not in FIRST
    ]
    return ", ".join(filter(None, said))


def written(value: Any) -> str:
    """A setting's value for a person."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _galaxies(workspace: Workspace, run: Run, part: str) -> str:
    """Digest of the ids of a part, so that two trainings judged on the same ones are told."""
    path = workspace.runs / run.run_id / "parts.parquet"
    if not path.is_file():
        return ""
    table = pd.read_parquet(path, columns=["object_id", "part"])
    return digest(sorted(table.loc[table["part"] == part, "object_id"]))
