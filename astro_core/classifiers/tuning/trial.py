"""Train a model with the settings of one trial and judge it on the validation galaxies."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.classifiers.feeding import TrainingSet
from astro_core.classifiers.predicting import predict
from astro_core.classifiers.registry import ModelSpec
from astro_core.classifiers.settings import TrainingParams
from astro_core.classifiers.tuning.params import TuningParams, judged_head, score
from astro_core.domain import Head, Progress, no_progress

MEASURED = "val_aim"  # the aim after each epoch, in the history
Report = Callable[[list[float]], bool]
_CALLS = 40


class StoppedEarly(Exception):  # noqa: N818 - it is what a search asked for, not an error
    """Raised inside a training that does worse than the others."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What one trial trains, and where.

    Attributes
    ----------
    spec : ModelSpec
    training, validation : TrainingSet
        The same galaxies in every trial.
    params : TrainingParams
    network : dataclass
        Settings of the model.
    tuning : TuningParams
    folder : Path
        Where a network keeps how far it is.
    """

    spec: ModelSpec
    training: TrainingSet
    validation: TrainingSet
    params: TrainingParams
    network: Any
    tuning: TuningParams
    folder: Path

    @property
    def heads(self) -> tuple[Head, ...]:
        """What is learned."""
        return tuple(target.head for target in self.training.targets)


@dataclass
class Found:
    """What is known of a trial so far; filled while it goes on.

    Attributes
    ----------
    score : float or None
        The aim on validation, of the weights that a training would keep.
    by_epoch : list of float
        The aim after each epoch.
    n_parameters : int
        Numbers that were learned; of a forest, its nodes.
    latency_ms : float
        Time for one image on this machine, see `shortest_ms`.
    """

    score: float | None = None
    by_epoch: list[float] = field(default_factory=list)
    n_parameters: int = 0
    latency_ms: float = 0.0
    epochs: int = 0
    seconds: float = 0.0

    def cost(self, tuning: TuningParams) -> float:
        """Return what the search counts as the cost; 0 where nothing does."""
        costs = {"parameters": float(self.n_parameters), "latency": self.latency_ms}
        return costs.get(tuning.cost, 0.0)


def attempt(
    asked: Attempt,
    found: Found,
    *,
    progress: Progress = no_progress,
    report: Report = lambda _: False,
) -> None:
    """Train, and fill `found` with what came of it.

    Parameters
    ----------
    progress : Progress
        Called after every batch; may raise `Cancelled`, after which the same call goes on.
    report : callable
        Given what is made large, after each epoch so far; True ends the trial.

    Raises
    ------
    StoppedEarly
        When `report` asks for it.
    BadInputError
        As a training does: images too small for the network, a loss that is no number.
    """
    judged = _Judge(asked, found, report)
    try:
        if asked.spec.fit is not None:
            model, history = asked.spec.fit(
                asked.training, asked.validation, asked.params, asked.network, progress
            )
            found.epochs, found.seconds = len(history), _seconds(history)
        else:
            model = _network(asked, judged, progress)
        judged.weigh(model)
        found.score = judged.score(model)
    finally:
        _forget(asked.spec)


def _network(asked: Attempt, judged: _Judge, progress: Progress) -> Any:
    from astro_core.classifiers.fitting import fit

    params = asked.params
    shape = (params.size_px, params.size_px, 1 if params.grey else 3)
    assert asked.spec.build is not None
    build = partial(asked.spec.build, shape, asked.heads, asked.network)
    sets = (asked.training, asked.validation)
    fitted = fit(
        build, *sets, params, asked.folder, progress, judged.after_epoch, judged.measure
    )  # fmt: skip
    return fitted.model


class _Judge:
    """Takes the aim of a model on the validation galaxies."""

    def __init__(self, asked: Attempt, found: Found, report: Report) -> None:
        self._asked, self._found, self._report = asked, found, report
        head = judged_head(asked.heads, asked.tuning.objective)
        sets = asked.validation
        self._target = next(t for t in sets.targets if t.head == head)
        self._rows = sets.rows[self._target.known[sets.rows]]
        self._pixels = np.ascontiguousarray(sets.pixels[self._rows])

    def score(self, model: Any, *, views: int | None = None) -> float:
        """The aim, with the views that the recipe predicts with unless told otherwise."""
        params = self._asked.params
        answers = predict(
            model, self._pixels, self._asked.heads, grey=params.grey,
            views=params.views if views is None else views,
        )  # fmt: skip
        return score(self._asked.tuning.objective, answers, self._target, self._rows)

    def weigh(self, model: Any) -> None:
        """Note how large and how fast a model is."""
        found, params = self._found, self._asked.params
        grown = getattr(model, "grown", None)
        found.n_parameters = (
            sum(tree.tree_.node_count for tree in grown.estimators_)
            if grown is not None
            else int(model.count_params())
        )
        shape = (1, params.size_px, params.size_px, 1 if params.grey else 3)
        found.latency_ms = shortest_ms(model, np.zeros(shape, dtype=np.float32))

    def measure(self, model: Any) -> Mapping[str, float]:
        """What joins the history after an epoch."""
        if not self._found.n_parameters:
            self.weigh(model)
        return {MEASURED: self.score(model, views=1)}

    def after_epoch(self, history: list[dict[str, float]]) -> None:
        found, tuning = self._found, self._asked.tuning
        found.by_epoch = [entry[MEASURED] for entry in history if MEASURED in entry]
        found.epochs, found.seconds = len(history), _seconds(history)
        cost = found.cost(tuning)
        if self._report([tuning.value(s, cost) for s in found.by_epoch]):
            raise StoppedEarly


def shortest_ms(model: Any, image: NDArray[np.float32]) -> float:
    """Shortest of many times for one image, in milliseconds: other work disturbs it least."""
    seconds = []
    for _ in range(_CALLS):
        begun = time.perf_counter()
        model.predict_on_batch(image)
        seconds.append(time.perf_counter() - begun)
    return min(seconds) * 1e3


def _seconds(history: Any) -> float:
    """Seconds of all epochs, those before an interruption included."""
    return float(sum(entry.get("seconds", 0.0) for entry in history))


def _forget(spec: ModelSpec) -> None:
    """Free what Keras keeps of a network, or a hundred trials would fill the memory."""
    if spec.build is not None:
        import keras

        keras.backend.clear_session(free_memory=True)
