"""Ask a model about every galaxy of a dataset."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core import runs
from astro_core.classifiers.bundle import BundleInfo, load_bundle, read_info
from astro_core.datasets.store import open_dataset
from astro_core.domain import Dataset, Head
from astro_core.evaluation.calibration import at_temperature
from astro_core.runs import RUN_KINDS, RunContext, RunKind
from astro_core.workflows.build_stack import build_stack
from astro_core.workflows.models import find_model
from astro_core.workflows.stack import Stack, open_stack
from astro_core.workspace import Workspace, whole_file

KIND = "predict"
PREDICTIONS = "predictions.parquet"
PROBLEMS = "problems.parquet"


def answer_table(
    heads: tuple[Head, ...],
    answers: Mapping[str, NDArray[np.float32]],
    calibration: Mapping[str, Any],
) -> pd.DataFrame:
    """Write answers as columns: p_<class> for classes, the answer's own name for votes.

    Parameters
    ----------
    calibration : Mapping
        By head. Probabilities are calibrated with the temperature, where one was found.
    """
    columns = {
        name: column
        for head in heads
        for name, column in zip(
            column_names(head), calibrated(head, answers[head.name], calibration).T, strict=True
        )
    }
    return pd.DataFrame(columns)


def calibrated(
    head: Head, answers: NDArray[np.float32], calibration: Mapping[str, Any]
) -> NDArray[np.float32]:
    """Return the answers of one head at its temperature, shape (n, n_outputs).

    Vote fractions, and probabilities for which no temperature was found, are not changed.
    """
    found = calibration.get(head.name, {})
    if head.kind == "votes" or "temperature" not in found:
        return answers.astype(np.float32)
    return at_temperature(answers, found["temperature"]).astype(np.float32)


def column_names(head: Head) -> tuple[str, ...]:
    """Name the columns of a head: p_<class> for classes, the answer's own name for votes."""
    prefix = "" if head.kind == "votes" else "p_"
    return tuple(f"{prefix}{name}" for name in head.outputs)


@dataclass(frozen=True, kw_only=True)
class Predicted:
    """What a model said of a dataset.

    Attributes
    ----------
    path : Path
        Parquet file of object_id and the answers.
    problems : DataFrame
        object_id and reason of galaxies that could not be shown to it.
    """

    path: Path
    problems: pd.DataFrame

    def table(self) -> pd.DataFrame:
        """The answers, one row per galaxy."""
        return pd.read_parquet(self.path)


def predict_dataset(workspace: Workspace, model: str, dataset: str) -> str:
    """Have a model asked about a dataset; returns the run's id.

    Parameters
    ----------
    model : str
        Name of a model, or the id of the run that trained it.

    Raises
    ------
    NotFoundError
        If there is no such model or dataset.
    BadInputError
        If its description cannot be read.
    """
    opened = open_dataset(workspace, dataset)
    read_info(find_model(workspace, model))
    params = {"model": model, "dataset": opened.name}
    return runs.submit(workspace, KIND, params, title=f"Asking {model} about {opened.name}")


def open_predicted(workspace: Workspace, run_id: str) -> Predicted:
    """Return what a finished run of this kind wrote.

    Raises
    ------
    NotFoundError
        If there is no such run.
    BadInputError
        If it is no such run, or not done.
    """
    runs.get_done(workspace, run_id, {KIND}, "run of a model")
    folder = workspace.runs / run_id
    return Predicted(path=folder / PREDICTIONS, problems=pd.read_parquet(folder / PROBLEMS))


def run_predict(context: RunContext) -> dict[str, Any]:
    """Run kind "predict". Params: model (name or run id), dataset (name)."""
    dataset = open_dataset(context.workspace, context.params["dataset"])
    folder = find_model(context.workspace, context.params["model"])
    info, stack, table = ask(context, dataset, folder)
    n = _write(context.folder, stack, table)
    return {
        "model": context.params["model"],
        "dataset": dataset.name,
        "n_objects": n,
        "n_bad": len(stack.problems),
        "columns": list(table.columns),
        "calibrated": any("temperature" in found for found in info.calibration.values()),
    }


def ask(
    context: RunContext, dataset: Dataset, folder: Path
) -> tuple[BundleInfo, Stack, pd.DataFrame]:
    """Show every galaxy of a dataset to a model.

    Returns
    -------
    info : BundleInfo
    stack : Stack
        What it was shown; `ok` tells which galaxies could be.
    table : DataFrame
        The answers as `answer_table` writes them, in the order of the stack.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    info = read_info(folder)
    build_stack(context, dataset, info.render)
    stack = open_stack(context.workspace, dataset, info.render)
    assert stack is not None
    answers = load_bundle(folder).predict(stack.pixels, progress=context.progress)
    return info, stack, answer_table(info.heads, answers, info.calibration)


def _write(folder: Path, stack: Stack, table: pd.DataFrame) -> int:
    """Write the galaxies that could be shown, and the others with the reason."""
    table.insert(0, "object_id", stack.objects.frame["object_id"].to_numpy())
    kept = table[stack.ok]
    for name, frame in ((PROBLEMS, stack.problems), (PREDICTIONS, kept)):
        with whole_file(folder / name) as half:
            frame.to_parquet(half, index=False)
    return len(kept)


RUN_KINDS.add(RunKind(name=KIND, label="Predict", function=run_predict, holds_worker=True))
