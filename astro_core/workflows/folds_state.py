"""How far a run of folds is, and what came of each fold, from its files alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from astro_core import runs
from astro_core.domain import Dataset, Run
from astro_core.errors import BadInputError
from astro_core.workflows.folds import DONE, KIND, LABEL_ERRORS, fold_of
from astro_core.workflows.train import HISTORY
from astro_core.workflows.training_state import TrainingState, best_epoch, read_json_or, state_of
from astro_core.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class FoldsState:
    """A run of folds as its folder tells it.

    Attributes
    ----------
    table : DataFrame
        One row per fold: fold (from 1), state ("done", "going", "waiting"), epochs, best_epoch,
        seconds, n_train, n, and the scores; missing where not known yet.
    current : TrainingState or None
        The fold that is looked at: the one under way, or the last that began.
    scores : Mapping
        mean, sd and folds, once all are done.
    """

    run: Run
    n_folds: int
    table: pd.DataFrame
    current: TrainingState | None
    current_fold: int
    scores: dict[str, Any]

    @property
    def done(self) -> int:
        """Folds that are finished."""
        return int((self.table["state"] == "done").sum())

    @property
    def recipe(self) -> str:
        """Name of the recipe."""
        return str(self.run.params["recipe"])

    def fold(self, workspace: Workspace, fold: int) -> TrainingState:
        """One fold as a training; the first is 0."""
        return state_of(workspace, self.run, fold_of(workspace.runs / self.run.run_id, fold))

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the last fold ends, if all take as long as this one."""
        if self.current is None or self.run.finished or "seconds" not in self.current.history:
            return None
        epoch = float(self.current.history["seconds"].tail(5).median())
        left = 1 - self.run.done / self.run.total if self.run.total else 1.0
        return epoch * self.current.epochs * self.n_folds * left


def folds_state(workspace: Workspace, run_id: str) -> FoldsState:
    """Read how far a run of folds is and what came of it.

    Raises
    ------
    NotFoundError
        If there is no such run.
    BadInputError
        If it is no run of folds.
    """
    run = runs.get_run(workspace, run_id)
    if run.kind != KIND:
        raise BadInputError(f"Run '{run_id}' is no run of folds", given=run.kind)
    folder, n_folds = workspace.runs / run_id, int(run.params["folds"])
    rows = [_row(folder, fold, going=not run.finished) for fold in range(n_folds)]
    begun = [row["fold"] - 1 for row in rows if row["state"] != "waiting"]
    current = begun[-1] if begun else 0
    return FoldsState(
        run=run,
        n_folds=n_folds,
        table=pd.DataFrame(rows),
        current=state_of(workspace, run, fold_of(folder, current)) if begun else None,
        current_fold=current,
        scores=dict(run.result.get("scores", {})),
    )


def _row(folder: Path, fold: int, *, going: bool) -> dict[str, Any]:
    its = fold_of(folder, fold)
    done = read_json_or(its / DONE, {})
    history = pd.DataFrame(read_json_or(its / HISTORY, []))
    begun = "going" if going else "stopped"
    return {
        "fold": fold + 1,
        "state": "done" if done else (begun if its.is_dir() else "waiting"),
        "epochs": int(history["epoch"].max()) if len(history) else 0,  # of a forest: trees
        "best_epoch": best_epoch(history),
        "seconds": float(history["seconds"].sum()) if "seconds" in history else None,
        "n_train": done.get("n_train"),
        **done.get("scores", {}).get("test", {}),
    }


def fold_histories(workspace: Workspace, run: Run) -> list[pd.DataFrame]:
    """History of every fold: one row per epoch, as of a training."""
    folder = workspace.runs / run.run_id
    return [
        pd.DataFrame(read_json_or(fold_of(folder, fold) / HISTORY, []))
        for fold in range(int(run.params["folds"]))
    ]


def all_fold_runs(workspace: Workspace, dataset: Dataset) -> tuple[Run, ...]:
    """All runs of folds on a dataset, however they stand, the newest first."""
    return tuple(
        run
        for run in runs.list_runs(workspace)
        if run.kind == KIND and run.params.get("dataset") == dataset.name
    )


def doubtful_labels(workspace: Workspace, run_id: str) -> pd.DataFrame | None:
    """Labels that are probably wrong: object_id, fold, label, suggested, p_label, p_suggested.

    The most doubtful comes first. None for a run that has none to doubt: it learned votes, or is
    not done.
    """
    path = workspace.runs / run_id / LABEL_ERRORS
    return pd.read_parquet(path) if path.is_file() else None
