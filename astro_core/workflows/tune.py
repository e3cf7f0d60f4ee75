"""Search for the settings with which a recipe does best on the validation galaxies of a dataset."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from traceback import format_exception
from typing import TYPE_CHECKING, Any

import numpy as np

from astro_core import runs
from astro_core.classifiers.feeding import TrainingSet
from astro_core.classifiers.registry import MODELS
from astro_core.classifiers.tuning.params import RMSE
from astro_core.datasets.store import open_dataset
from astro_core.domain import Cancelled, Dataset
from astro_core.errors import BadInputError
from astro_core.runs import RUN_KINDS, RunContext, RunKind
from astro_core.runs.perform import in_words
from astro_core.workflows.first_weights import check_first_weights, fetch_first_weights
from astro_core.workflows.label_training import Taught, frozen
from astro_core.workflows.train import check_unchanged, open_pixels
from astro_core.workflows.training_plan import plan_training, training_data
from astro_core.workflows.tune_plan import TuningPlan, plan_tuning
from astro_core.workspace import Workspace, write_json

if TYPE_CHECKING:
    from astro_core.classifiers.tuning.study import Asked, Study
    from astro_core.classifiers.tuning.trial import Attempt, Found

KIND = "tune"
CONFIG, TRIALS = "config.json", "trials.json"
DONE, STOPPED, FAILED, RUNNING = "done", "stopped early", "failed", "running"


def submit_tuning(
    workspace: Workspace,
    dataset: str,
    recipe: str,
    settings: Mapping[str, Any],
    *,
    space: Sequence[str] = (),
    tuning: Mapping[str, Any] | None = None,
) -> str:
    """Have the settings of a recipe searched; returns the run's id.

    Parameters as for `plan_tuning`.

    Raises
    ------
    NotFoundError
        If there is no such dataset or recipe.
    BadInputError
        For a setting, range or aim that makes no sense, a dataset that lacks the answers, or
        pretrained weights that cannot be had.
    """
    plan = _read(open_dataset(workspace, dataset), recipe, settings, space, tuning or {})
    check_first_weights(plan.base)
    params = {
        "dataset": dataset,
        "recipe": recipe,
        "settings": dict(settings),
        "space": plan.space,
        "tuning": plan.to_json()["tuning"],
    }
    return runs.submit(workspace, KIND, params, title=f"Searching {recipe} on {dataset}")


def _read(
    dataset: Dataset,
    recipe: str,
    settings: Mapping[str, Any],
    space: Sequence[str],
    tuning: Mapping[str, Any],
    taught: Taught | None = None,
) -> TuningPlan:
    base = plan_training(recipe, settings)
    data = training_data(dataset, base, np.ones(dataset.n_objects, dtype=bool), taught)
    return plan_tuning(recipe, settings, space, tuning, data.heads)


def run_tuning(context: RunContext) -> dict[str, Any]:
    """Run kind "tune". Params: dataset, recipe, settings, space (list of str), tuning (mapping).

    A trial that was interrupted goes on where it was; those that ended stay.
    """
    from astro_core.classifiers.tuning.study import Study

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    asked = context.params
    dataset = open_dataset(context.workspace, asked["dataset"])
    check_unchanged(context.folder, dataset)
    recipe, settings = asked["recipe"], asked["settings"]
    taught = frozen(context.folder, dataset, plan_training(recipe, settings).training)
    plan = _read(dataset, recipe, settings, asked["space"], asked["tuning"], taught)
    write_json(context.folder / CONFIG, plan.to_json() | {"dataset": dataset.name})
    fetch_first_weights(context, plan.base)
    epochs = plan.base.training.epochs
    study = Study(context.folder, plan.dimensions, plan.tuning, epochs=epochs, first=plan.own)
    while (trial := study.ask()) is not None:
        _trial(context, dataset, plan, study, trial, taught)
    _write(context, study, study.importance())
    return _result(context, plan, study.trials())


def _trial(
    context: RunContext,
    dataset: Dataset,
    plan: TuningPlan,
    study: Study,
    asked: Asked,
    taught: Taught | None,
) -> None:
    """Make one trial; whatever fails in it is told, and the search goes on."""
    from astro_core.classifiers.tuning.trial import Found, StoppedEarly, attempt

    number, n_trials = asked.number + 1, plan.tuning.trials
    inner = context.inside(
        f"trial-{number}", asked.number, n_trials, f"Trial {number} of {n_trials}"
    )
    found, known = Found(), study.importance()
    _write(context, study, known)

    def after_epoch(values: list[float]) -> bool:
        study.note(by_epoch=found.by_epoch)
        _write(context, study, known)
        return study.report(values)

    end: Callable[[], None]
    try:
        wanted = _attempt(inner, dataset, plan, asked, taught)
        attempt(wanted, found, progress=inner.progress, report=after_epoch)
    except Cancelled:
        raise
    except StoppedEarly:
        end, said = study.stopped, f"stopped early after {found.epochs} epochs"
    except Exception as error:  # noqa: BLE001 - the edge of a trial: all that fails is told
        end, said = partial(study.failed, in_words(error)), "".join(format_exception(error))
    else:
        assert found.score is not None
        cost = found.cost(plan.tuning)
        end = partial(study.done, plan.tuning.value(found.score, cost), cost)
        said = f"{plan.tuning.objective} {found.score:.4f}"
    _note(study, found, plan, asked)
    end()
    context.log(f"Trial {number}: {said}")
    shutil.rmtree(inner.folder, ignore_errors=True)


def _attempt(
    context: RunContext, dataset: Dataset, plan: TuningPlan, asked: Asked, taught: Taught | None
) -> Attempt:
    from astro_core.classifiers.tuning.trial import Attempt

    trial = plan.trial(asked.values)
    stack = open_pixels(context, dataset, trial)
    data = training_data(dataset, trial, stack.ok, taught)
    sets = {
        part: TrainingSet(pixels=stack.pixels, targets=data.targets, rows=data.rows(part))
        for part in ("train", "validation")
    }
    return Attempt(
        spec=MODELS.get(trial.recipe.model),
        training=sets["train"],
        validation=sets["validation"],
        params=trial.training,
        network=trial.network,
        tuning=plan.tuning,
        folder=context.checkpoint,
    )


def _note(study: Study, found: Found, plan: TuningPlan, asked: Asked) -> None:
    value = None
    if found.score is not None:
        value = plan.tuning.value(found.score, found.cost(plan.tuning))
    study.note(
        score=found.score,
        value=value,
        by_epoch=found.by_epoch,
        n_parameters=found.n_parameters,
        latency_ms=found.latency_ms,
        epochs=found.epochs,
        seconds=found.seconds,
        own=dict(asked.values) == plan.own,
    )


def _write(context: RunContext, study: Study, importance: Mapping[str, float]) -> None:
    """Leave what pages read, which know nothing of Optuna."""
    told = {"trials": study.trials(), "importance": dict(importance)}
    write_json(context.folder / TRIALS, told)


def best_of(trials: Sequence[Mapping[str, Any]]) -> int | None:
    """Number of the best trial that ended; the smaller model of equal ones. None without any."""
    ended = [t for t in trials if t["state"] == DONE]
    if not ended:
        return None
    return int(max(ended, key=lambda t: (t["value"], -t["n_parameters"]))["number"])


def _result(
    context: RunContext, plan: TuningPlan, trials: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    number = best_of(trials)
    if number is None:
        reasons = [t["reason"] for t in trials if t.get("reason")]
        raise BadInputError(
            f"None of {len(trials)} trials came to an end",
            given=f"the last one said: {reasons[-1]}" if reasons else "no reason",
            todo="Narrow the ranges, or change the settings that stay",
        )
    best = trials[number]
    aim = plan.tuning.objective
    name = aim.upper() if aim == RMSE else aim.replace("_", " ")
    told = f"Best {name} {best['score']:.3f} on validation, trial {number + 1} of {len(trials)}"
    context.progress(len(trials), len(trials), told)
    states = Counter(str(t["state"]) for t in trials)
    return {
        "best": {
            "value": best["score"],
            "settings": plan.settings(best["settings"]),
            "trial": number + 1,
            "n_parameters": best["n_parameters"],
            "latency_ms": best["latency_ms"],
        },
        "objective": plan.tuning.objective,
        "n_trials": len(trials),
        "n_done": states[DONE],
        "n_stopped_early": states[STOPPED],
        "n_failed": states[FAILED],
    }


RUN_KINDS.add(
    RunKind(name=KIND, label="Search", function=run_tuning, holds_worker=True, resumes=True)
)
