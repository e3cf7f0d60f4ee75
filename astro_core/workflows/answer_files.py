"""Where the answers of a model lie: in the run that trained it, or in one that judged it."""

from __future__ import annotations

import functools
from pathlib import Path

import pandas as pd

from astro_core import runs
from astro_core.classifiers.bundle_info import BundleInfo, read_info
from astro_core.classifiers.parts import PARTS
from astro_core.domain import Dataset, Head, Run
from astro_core.errors import NotFoundError
from astro_core.workflows.models import BUNDLE
from astro_core.workflows.train import KIND
from astro_core.workflows.training_answers import PREDICTIONS
from astro_core.workspace import Workspace

JUDGE = "judge"  # kind of the runs that judge a model by another dataset
FOLDS = "folds"  # kind of the runs that train and judge fold by fold
ABOUT = "judged"  # folder of what the model said of itself, in such runs
ALL, UNSEEN = "all", "unseen"
_KINDS = (KIND, JUDGE, FOLDS)


def judged_runs(workspace: Workspace, dataset: Dataset) -> tuple[Run, ...]:
    """Trainings of a dataset, folds, and models judged by it as it is now, the newest first."""
    return tuple(
        run
        for run in runs.list_runs(workspace)
        if run.kind in _KINDS
        and run.state == "done"
        and run.params.get("dataset") == dataset.name
        and run.params.get("fingerprint", dataset.fingerprint) == dataset.fingerprint
        and (workspace.runs / run.run_id / PREDICTIONS).is_file()
    )


def judged_run(workspace: Workspace, run_id: str) -> Run:
    """Return a run that left answers.

    Raises
    ------
    NotFoundError
        If there is no such run.
    BadInputError
        If it is no finished training or judgement.
    """
    return runs.get_done(workspace, run_id, _KINDS, "training")


def parts_of(part: str) -> tuple[str, ...]:
    """The parts that a choice stands for: itself, all of them, or all it did not learn from."""
    if part == ALL:
        return (*PARTS, UNSEEN)
    return ("test", UNSEEN) if part == UNSEEN else (part,)


def about(workspace: Workspace, run_id: str) -> BundleInfo:
    """What the model says of itself whose answers lie in a run.

    Raises
    ------
    NotFoundError
        If the run left no model.
    """
    judged = workspace.runs / run_id / ABOUT
    return read_info(judged if judged.is_dir() else workspace.runs / run_id / BUNDLE)


def heads_of(workspace: Workspace, run_id: str) -> tuple[Head, ...]:
    """What the model answers; empty where the run left none."""
    try:
        return about(workspace, run_id).heads
    except NotFoundError:
        return ()


def changed_at(workspace: Workspace, run_id: str) -> int:
    """When the answers were written, in ns: what is made from them is kept under it."""
    return (workspace.runs / run_id / PREDICTIONS).stat().st_mtime_ns


def predictions(workspace: Workspace, run_id: str, part: str) -> pd.DataFrame:
    """The answers as they were written, for one part; never change it."""
    path = workspace.runs / run_id / PREDICTIONS
    table = _read(path, path.stat().st_mtime_ns)
    found: pd.DataFrame = table[table["part"].isin(parts_of(part))]
    return found


@functools.lru_cache(maxsize=4)
def _read(path: Path, _modified_ns: int) -> pd.DataFrame:
    return pd.read_parquet(path)
