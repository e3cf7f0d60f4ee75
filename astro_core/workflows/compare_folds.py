"""Two recipes side by side on the same folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from astro_core import runs
from astro_core.domain import Dataset, Run
from astro_core.errors import BadInputError
from astro_core.evaluation.comparison import (
    FEWEST_PAIRS,
    PairedTest,
    corrected_t_test,
    signed_rank_test,
)
from astro_core.workflows.folds import KIND
from astro_core.workflows.training_answers import PREDICTIONS
from astro_core.workspace import Workspace

SCORES = ("balanced_accuracy", "accuracy", "macro_f1", "rmse")


@dataclass(frozen=True, kw_only=True, eq=False)
class SameFolds:
    """Two recipes on the same folds.

    Attributes
    ----------
    scores : DataFrame
        A row for each fold: fold, n, and for each score ``<score>_first`` and ``_second``.
    t_tests : dict of str to PairedTest
        By score, first minus second.
    ranks : dict of str to PairedTest
        Signed-rank tests; empty with fewer than ten folds.
    n_train, n_test : float
        Galaxies learned from and judged by in one fold, on the mean.
    """

    first: str
    second: str
    scores: pd.DataFrame
    t_tests: dict[str, PairedTest]
    ranks: dict[str, PairedTest]
    n_train: float
    n_test: float

    @property
    def n_folds(self) -> int:
        """Number of folds."""
        return len(self.scores)


def fold_runs(workspace: Workspace, dataset: Dataset) -> tuple[Run, ...]:
    """Finished runs of folds on a dataset, the newest first."""
    return tuple(
        run
        for run in runs.list_runs(workspace)
        if run.kind == KIND and run.state == "done" and run.params.get("dataset") == dataset.name
    )


def compare_folds(workspace: Workspace, first: str, second: str) -> SameFolds:
    """Compare two finished runs of folds.

    Raises
    ------
    NotFoundError
        If there is no such run.
    BadInputError
        If one is no finished run of folds, or they were not dealt the same folds.
    """
    both = [runs.get_done(workspace, one, {KIND}, "run of folds") for one in (first, second)]
    _check_same(workspace, first, second)
    tables = [pd.DataFrame(run.result["scores"]["folds"]) for run in both]
    names = [name for name in SCORES if all(name in table for table in tables)]
    if not names:
        raise BadInputError("One of these learned classes and the other vote fractions")
    n_test = float(tables[0]["n"].mean())
    n_train = min(float(pd.Series(run.result["n_train"]).mean()) for run in both)
    pairs = {name: [table[name].tolist() for table in tables] for name in names}
    told = pd.DataFrame({"fold": range(len(tables[0])), "n": tables[0]["n"]})
    for name, (one, other) in pairs.items():
        told[f"{name}_first"], told[f"{name}_second"] = one, other
    enough = len(told) >= FEWEST_PAIRS
    return SameFolds(
        first=first,
        second=second,
        scores=told,
        t_tests={
            name: corrected_t_test(*pair, n_train=n_train, n_test=n_test)
            for name, pair in pairs.items()
        },
        ranks={name: signed_rank_test(*pair) for name, pair in pairs.items()} if enough else {},
        n_train=n_train,
        n_test=n_test,
    )


def _folds(workspace: Workspace, run_id: str) -> pd.DataFrame:
    path = workspace.runs / run_id / PREDICTIONS
    table = pd.read_parquet(path, columns=["object_id", "fold", "label"]).set_index("object_id")
    return table.assign(label=table["label"].fillna(""))


def _check_same(workspace: Workspace, first: str, second: str) -> None:
    one, other = (_folds(workspace, run) for run in (first, second))
    common = one.index.intersection(other.index)
    same = one["fold"].nunique() == other["fold"].nunique()
    if (
        first == second
        or not len(common)
        or not same
        or not one.loc[common].equals(other.loc[common])
    ):
        raise BadInputError(
            "These two were not trained on the same folds and labels",
            todo="Train both with the same number of folds, the same seed and the same labels",
        )


def on_the_same_folds(workspace: Workspace, run_id: str, others: Sequence[Run]) -> list[Run]:
    """Those of the other runs that were dealt the same folds as a run."""
    found = []
    for run in others:
        try:
            _check_same(workspace, run_id, run.run_id)
        except (BadInputError, FileNotFoundError):
            continue
        found.append(run)
    return found
