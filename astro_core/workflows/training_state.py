"""What a training has done so far, from its files alone: no network is loaded."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from astro_core import runs
from astro_core.classifiers.parts import PARTS
from astro_core.classifiers.registry import RECIPES
from astro_core.domain import Dataset, Run
from astro_core.errors import BadInputError
from astro_core.workflows.train import HISTORY, KIND, METRICS, PARTS_FILE
from astro_core.workspace import Workspace, read_json

NO_LABEL = ""
MEMBER = "member"  # column of the history of an ensemble
_LOG_LINES = 12
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_RECENT = 5  # epochs whose median time tells how long the next ones take


@dataclass(frozen=True, kw_only=True)
class TrainingState:
    """A training as its folder tells it.

    Attributes
    ----------
    training, network : Mapping
        The settings in use; empty until the work has begun.
    history : DataFrame
        One row per epoch done: epoch, seconds, loss, val_loss and further measures; of an
        ensemble also member, counted from 0, with epochs of its own.
    epochs : int
        Epochs asked for, of all members of an ensemble; 0 until it is known.
    parts : DataFrame
        Galaxies of each class (rows, "" is no label) and part (columns); empty until dealt.
    scores : Mapping
        Per part: n and the scores; empty until it is done.
    images_per_second : float or None
        Training images in the median of the last epochs, validation and saving included.
    log : str
        The last lines.
    """

    run: Run
    training: Mapping[str, Any]
    network: Mapping[str, Any]
    history: pd.DataFrame
    epochs: int
    parts: pd.DataFrame
    scores: Mapping[str, Mapping[str, float]]
    images_per_second: float | None
    log: str

    @property
    def dataset(self) -> str:
        """Name of the dataset, as it was then."""
        return str(self.run.params["dataset"])

    @property
    def recipe(self) -> str:
        """Name of the recipe."""
        return str(self.run.params["recipe"])

    @property
    def epochs_done(self) -> int:
        """Epochs that have ended."""
        return len(self.history)

    @property
    def best_epoch(self) -> int | None:
        """The epoch of the lowest validation loss; None before there is one, and of several."""
        return best_epoch(self.history)

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the last epoch ends; None while that cannot be told."""
        if "seconds" not in self.history or not self.run.total or self.run.finished:
            return None
        seconds = self.history["seconds"].tail(_RECENT).median()
        return float(seconds) * self.epochs * (1 - self.run.done / self.run.total)


def best_epoch(history: pd.DataFrame) -> int | None:
    """Return the epoch of the lowest validation loss; None without one, and of several networks."""
    several = len(set(history.get(MEMBER, ()))) > 1
    if several or "val_loss" not in history or not history["val_loss"].notna().any():
        return None
    return int(history.loc[history["val_loss"].idxmin(), "epoch"])


def training_state(workspace: Workspace, run_id: str) -> TrainingState:
    """Read how far a training is and what came of it.

    Raises
    ------
    NotFoundError
        If there is no such run.
    BadInputError
        If it is no training.
    """
    run = runs.get_run(workspace, run_id)
    if run.kind != KIND:
        raise BadInputError(f"Run '{run_id}' is no training", given=run.kind)
    return state_of(workspace, run, workspace.runs / run_id)


def state_of(workspace: Workspace, run: Run, folder: Path) -> TrainingState:
    """Read how far a training is that lies in a folder of a run: the run's own, or a fold's."""
    config = read_json_or(workspace.runs / run.run_id / "config.json", {})
    history = pd.DataFrame(read_json_or(folder / HISTORY, []))
    training = config.get("training", {})
    epochs = int(training.get("epochs", 0)) * max(1, len(members_of(config)))
    return TrainingState(
        run=run,
        training=training,
        network=config.get("network", {}),
        history=history,
        epochs=epochs,
        parts=_parts(folder / PARTS_FILE, str(run.params["recipe"])),
        scores=(run.result.get("scores", {}) if run.kind == KIND else {})
        or read_json_or(folder / METRICS, {}),
        images_per_second=_speed(history, run, training),
        log="\n".join(map(brief, runs.read_log(workspace, run.run_id).splitlines()[-_LOG_LINES:])),
    )


def members_of(config: Mapping[str, Any]) -> list[str]:
    """Names of the recipes that a training consists of; empty where it is one."""
    names = str(config.get("network", {}).get("members", "")).split(",")
    return [name.strip() for name in names if name.strip()]


def read_history(workspace: Workspace, run_id: str) -> pd.DataFrame:
    """One row per epoch of a training; empty before there is one."""
    return pd.DataFrame(read_json_or(workspace.runs / run_id / HISTORY, []))


def brief(line: str) -> str:
    """A line of a log with the time of day alone."""
    stamp, _, text = line.partition(" ")
    return f"{stamp[11:19]} {text}" if _STAMP.match(stamp) else line


def read_json_or(path: Path, otherwise: Any) -> Any:
    """Read a JSON file that may not be there yet."""
    try:
        return read_json(path)
    except (FileNotFoundError, json.JSONDecodeError):
        return otherwise


def _parts(path: Path, recipe: str) -> pd.DataFrame:
    """Count the galaxies of each part; without a label only votes can be learned."""
    if not path.is_file():
        return pd.DataFrame()
    table = pd.read_parquet(path)
    if "answered" in table:
        table = table[table["answered"]]
    elif recipe in RECIPES and RECIPES.get(recipe).target != "votes":
        table = table[table["label"].notna()]
    return count_parts(table)


def count_parts(table: pd.DataFrame) -> pd.DataFrame:
    """Count galaxies by class (rows, "" is no label) and part (columns), those in no part out."""
    labels = table["label"].fillna(NO_LABEL).astype(str)
    counts = pd.crosstab(labels, table["part"])
    found: pd.DataFrame = counts.reindex(columns=list(PARTS), fill_value=0)
    found = found[found.sum(axis=1) > 0]
    found.index.name, found.columns.name = "class", None
    return found


def _speed(history: pd.DataFrame, run: Run, training: Mapping[str, Any]) -> float | None:
    """Images a second: an epoch has as many batches as the progress counts for it."""
    epochs = int(training.get("epochs", 0)) * int(run.params.get("folds", 1))
    if "seconds" not in history or MEMBER in history or not epochs or run.total % epochs:
        return None
    images = run.total // epochs * int(training["batch_size"])
    seconds = float(history["seconds"].tail(_RECENT).median())
    return images / seconds if seconds > 0 else None


def trainings_of(workspace: Workspace, dataset: Dataset) -> tuple[Run, ...]:
    """All trainings on a dataset, the newest first."""
    return tuple(
        run
        for run in runs.list_runs(workspace)
        if run.kind == KIND and run.params.get("dataset") == dataset.name
    )
