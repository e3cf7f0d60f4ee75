"""A search on disk: it says what to try next, is told what came of it, and survives.

Optuna (Akiba et al. 2019, KDD) does the work: the tree-structured Parzen estimator (Bergstra et
al. 2011, NIPS) draws settings near those that did well. Its study lies in an SQLite file, so what
has been told outlives the process. Each trial draws from its own seed, so that an interrupted
search tries what it would have tried.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from astro_core.classifiers.tuning.params import TuningParams
from astro_core.classifiers.tuning.space import Dimension, Value

if TYPE_CHECKING:
    from optuna.study import Study as OptunaStudy
    from optuna.trial import FrozenTrial, Trial

FILE = "study.db"
LEAST_FOR_IMPORTANCE = 6  # finished trials
_NAME = "search"
_STATES = {"COMPLETE": "done", "PRUNED": "stopped early", "FAIL": "failed", "RUNNING": "running"}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One trial: its number, from 0, and what it is to try."""

    number: int
    values: Mapping[str, Value]


class Study:
    """The trials of one search in a folder.

    Parameters
    ----------
    folder : Path
        Nothing else may write to the study's file.
    epochs : int
        That a whole trial has.
    first : Mapping, optional
        Values that the first trial tries.
    """

    def __init__(
        self,
        folder: Path,
        dimensions: Sequence[Dimension],
        params: TuningParams,
        *,
        epochs: int,
        first: Mapping[str, Value] | None = None,
    ) -> None:
        self._dimensions = tuple(dimensions)
        self._params = params
        self._epochs = epochs
        self._study = _open(folder, params, epochs)
        self._trial: Trial | None = None
        if first and not self._study.trials:
            self._study.enqueue_trial(dict(first))

    def ask(self) -> Asked | None:
        """Return the trial that was interrupted, or a new one; None when all were made."""
        from optuna.trial import Trial, TrialState

        known = self._study.get_trials(deepcopy=False)
        begun = [t for t in known if t.state == TrialState.RUNNING]
        ended = [t for t in known if t.state.is_finished()]
        if len(ended) >= self._params.trials:
            return None
        number = begun[0].number if begun else len(ended)
        self._study.sampler = _sampler(self._params, number)
        self._trial = Trial(self._study, begun[0]._trial_id) if begun else self._study.ask()
        values = {d.name: _draw(self._trial, d) for d in self._dimensions}
        return Asked(number=number, values=values)

    def report(self, values: Sequence[float]) -> bool:
        """Note the value of the trial after each epoch so far; True asks to end it."""
        if self._params.front or self._params.pruner == "none":
            return False
        known = self._here.storage.get_trial(self._here._trial_id).intermediate_values
        for epoch, value in enumerate(values, start=1):
            if epoch not in known:
                self._here.report(value, epoch)
        unfinished = self._params.warmup <= len(values) < self._epochs
        return unfinished and self._here.should_prune()

    def note(self, **facts: Any) -> None:
        """Keep plain JSON values with the trial."""
        for name, value in facts.items():
            self._here.set_user_attr(name, value)

    def done(self, value: float, cost: float) -> None:
        """End the trial with what came of it."""
        self._study.tell(self._here, [value, cost] if self._params.front else value)

    def stopped(self) -> None:
        """End the trial before its time."""
        from optuna.trial import TrialState

        self._study.tell(self._here, state=TrialState.PRUNED)

    def failed(self, reason: str) -> None:
        """End the trial as one of which nothing came."""
        from optuna.trial import TrialState

        self.note(reason=reason)
        self._study.tell(self._here, state=TrialState.FAIL)

    @property
    def _here(self) -> Trial:
        assert self._trial is not None
        return self._trial

    def trials(self) -> list[dict[str, Any]]:
        """Return all trials as plain JSON values: number, state, values, and what was noted."""
        return [_plain(t) for t in self._study.trials if t.state.name in _STATES]

    def importance(self) -> dict[str, float]:
        """Return the share of the score's variance that each setting explains.

        Functional ANOVA (Hutter et al. 2014, ICML) on the trials that ended; empty for fewer
        than `LEAST_FOR_IMPORTANCE`, or where all scores are the same.
        """
        from optuna.importance import FanovaImportanceEvaluator, get_param_importances
        from optuna.trial import TrialState

        ended = [t for t in self._study.trials if t.state == TrialState.COMPLETE]
        values = {t.values[0] for t in ended}
        if len(ended) < LEAST_FOR_IMPORTANCE or len(values) < 2:
            return {}
        found = get_param_importances(
            self._study,
            evaluator=FanovaImportanceEvaluator(seed=self._params.seed),
            target=lambda trial: trial.values[0],
        )
        return {name: float(share) for name, share in found.items()}


def _open(folder: Path, params: TuningParams, epochs: int) -> OptunaStudy:
    import optuna
    from sqlalchemy import URL

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    url = URL.create("sqlite", database=str(folder / FILE)).render_as_string()
    directions = ["maximize", "minimize"] if params.front else ["maximize"]
    return optuna.create_study(
        storage=optuna.storages.RDBStorage(url),
        study_name=_NAME,  # the same everywhere: Hyperband deals trials by it
        directions=directions,
        pruner=_pruner(params, epochs),
        load_if_exists=True,
    )


def _pruner(params: TuningParams, epochs: int) -> Any:
    from optuna import pruners

    if params.front or params.pruner == "none":
        return pruners.NopPruner()
    if params.pruner == "hyperband":
        least = min(params.warmup, epochs)
        return pruners.HyperbandPruner(min_resource=least, max_resource=epochs)
    return pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=params.warmup - 1)


def _sampler(params: TuningParams, number: int) -> Any:
    from optuna.samplers import TPESampler

    seed = (params.seed * 10_007 + number) % (2**31 - 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some of what is asked here is called experimental
        return TPESampler(seed=seed, n_startup_trials=params.random_trials, multivariate=True)


def _draw(trial: Trial, dimension: Dimension) -> Value:
    name = dimension.name
    if dimension.choices:
        return trial.suggest_categorical(name, dimension.choices)
    low, high, log = dimension.low, dimension.high, dimension.log
    if dimension.whole:
        return trial.suggest_int(
            name, int(low), int(high), log=log, step=1 if log else dimension.step
        )
    return trial.suggest_float(name, low, high, log=log)


def _plain(trial: FrozenTrial) -> dict[str, Any]:
    seconds = trial.duration.total_seconds() if trial.duration is not None else None
    return {
        "number": trial.number,
        "state": _STATES[trial.state.name],
        "settings": dict(trial.params),
        "seconds": seconds,
        **trial.user_attrs,
    }
