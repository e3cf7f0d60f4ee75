"""What a search has found so far, from its files alone: neither Keras nor Optuna is loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Any

import pandas as pd

from astro_core import runs
from astro_core.classifiers.tuning.params import RMSE, TuningParams
from astro_core.classifiers.tuning.space import Dimension, Value, as_settings
from astro_core.domain import Dataset, Run
from astro_core.errors import BadInputError
from astro_core.params import from_mapping
from astro_core.workflows.training_plan import plan_training
from astro_core.workflows.training_state import brief, read_json_or
from astro_core.workflows.tune import CONFIG, DONE, FAILED, KIND, RUNNING, STOPPED, TRIALS, best_of
from astro_core.workspace import Workspace

COSTS = {"parameters": "n_parameters", "latency": "latency_ms"}
STATES = (DONE, STOPPED, FAILED, RUNNING)
_COLUMNS = ("number", "state", "score", "value", "n_parameters", "latency_ms", "epochs", "seconds",
            "own", "reason", "by_epoch", "settings")  # fmt: skip
_LOG_LINES = 12


@dataclass(frozen=True, kw_only=True)
class Searched:
    """A setting that is searched.

    Attributes
    ----------
    label, unit : str
        For a person.
    own : int, float, bool or str
        What the recipe has.
    """

    dimension: Dimension
    label: str
    unit: str
    own: Value


@dataclass(frozen=True, kw_only=True)
class TuningState:
    """A search as its folder tells it.

    Attributes
    ----------
    searched : Mapping
        What is searched, by name, as it was then; empty until the work has begun.
    trials : DataFrame
        One row per trial, in order: number (from 0), state, score (the aim on validation), value
        (the score less the penalty, always made large), n_parameters, latency_ms, epochs, seconds,
        own (whether it had the recipe's own settings), reason (why it failed), by_epoch (the aim
        after each epoch), settings (what was searched, by name).
    importance : Mapping
        Share of the aim's variance that each setting explains; empty for too few trials.
    log : str
        The last lines.
    """

    run: Run
    searched: Mapping[str, Searched]
    tuning: TuningParams
    trials: pd.DataFrame
    importance: Mapping[str, float]
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
    def dimensions(self) -> tuple[Dimension, ...]:
        """The ranges."""
        return tuple(one.dimension for one in self.searched.values())

    @property
    def labels(self) -> dict[str, str]:
        """What the settings are called, by name."""
        return {name: one.label for name, one in self.searched.items()}

    @property
    def higher_is_better(self) -> bool:
        """Whether a larger score is better."""
        return self.tuning.objective != RMSE

    @cached_property
    def ended(self) -> pd.DataFrame:
        """The trials that came to their end."""
        found: pd.DataFrame = self.trials[self.trials["state"] == DONE]
        return found

    @cached_property
    def best(self) -> int | None:
        """Number of the best trial; None before one ended."""
        return best_of(self.trials.to_dict("records"))

    def front(self, cost: str) -> tuple[int, ...]:
        """Numbers of the trials that no other beats in both score and `cost`, the cheapest first.

        Parameters
        ----------
        cost : str
            A column: one of the values of `COSTS`.
        """
        return front_of(self.ended, cost, higher=self.higher_is_better)

    @property
    def own_words(self) -> str:
        """What the first trial had: the recipe's own settings, or what the ranges have nearest."""
        first = self.trials.iloc[0]["settings"]
        exact = all(self.searched[name].own == value for name, value in first.items())
        return "the recipe's own settings" if exact else "nearly the recipe's own settings"

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the last trial ends; None while that cannot be told."""
        took = [s for s in self.trials["seconds"] if s and s > 0]
        left = self.tuning.trials - int((self.trials["state"] != RUNNING).sum())
        return median(took) * left if len(took) > 1 and not self.run.finished else None

    def settings(self, number: int) -> dict[str, Any]:
        """Settings of a trial that are not the recipe's own, as a training takes them.

        Raises
        ------
        NotFoundError, BadInputError
            If there is no such trial, or the recipe is not what it was.
        """
        found = self.trials[self.trials["number"] == number]
        if found.empty:
            raise BadInputError(f"There is no trial {number + 1}")
        asked = self.run.params
        base = plan_training(self.recipe, asked["settings"])
        return {
            **asked["settings"],
            **as_settings(found.iloc[0]["settings"], base.training, base.network),
        }


def front_of(ended: pd.DataFrame, cost: str, *, higher: bool) -> tuple[int, ...]:
    """Numbers of the trials that no other beats in both score and cost, the cheapest first.

    Parameters
    ----------
    ended : DataFrame
        Columns number, score and the cost's.
    higher : bool
        Whether a larger score is better.
    """
    ordered = ended.assign(good=ended["score"] * (1 if higher else -1))
    ordered = ordered.sort_values([cost, "good"], ascending=[True, False])
    before = ordered["good"].cummax().shift()
    kept = ordered[before.isna() | (ordered["good"] > before)]
    return tuple(int(n) for n in kept["number"])


def tuning_state(workspace: Workspace, run_id: str) -> TuningState:
    """Read how far a search is and what came of it.

    Raises
    ------
    NotFoundError
        If there is no such run.
    BadInputError
        If it is no search.
    """
    run = runs.get_run(workspace, run_id)
    if run.kind != KIND:
        raise BadInputError(f"Run '{run_id}' is no search", given=run.kind)
    folder = workspace.runs / run_id
    told = read_json_or(folder / TRIALS, {})
    return TuningState(
        run=run,
        searched=_searched(read_json_or(folder / CONFIG, {}).get("searched", [])),
        tuning=from_mapping(TuningParams, run.params["tuning"]),
        trials=_table(told.get("trials", [])),
        importance=told.get("importance", {}),
        log="\n".join(map(brief, runs.read_log(workspace, run_id).splitlines()[-_LOG_LINES:])),
    )


def _searched(told: Sequence[Mapping[str, Any]]) -> dict[str, Searched]:
    found = {}
    for one in told:
        ours = {name: one[name] for name in ("label", "unit", "own")}
        rest = {name: value for name, value in one.items() if name not in ours}
        dimension = Dimension(**rest | {"choices": tuple(rest["choices"])})
        found[dimension.name] = Searched(dimension=dimension, **ours)
    return found


def _table(trials: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    rows = [{name: trial.get(name) for name in _COLUMNS} for trial in trials]
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    numbers = ["score", "value", "n_parameters", "latency_ms", "epochs", "seconds"]
    table[numbers] = table[numbers].astype(float)
    table["by_epoch"] = [scores or [] for scores in table["by_epoch"]]
    return table


def searches_of(workspace: Workspace, dataset: Dataset) -> tuple[Run, ...]:
    """All searches on a dataset, the newest first."""
    return tuple(
        run
        for run in runs.list_runs(workspace)
        if run.kind == KIND and run.params.get("dataset") == dataset.name
    )
