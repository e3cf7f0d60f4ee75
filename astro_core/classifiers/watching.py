"""What happens between the batches and epochs of a training, as a Keras callback."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import keras

from astro_core.classifiers.checkpoint import Checkpoint
from astro_core.classifiers.settings import TrainingParams
from astro_core.domain import Progress
from astro_core.errors import BadInputError

Measure = Callable[[keras.Model], Mapping[str, float]]
_FACTOR = 0.3  # of the learning rate, when the validation loss stalls
_SMALLEST_RATE = 1e-6


class Watch(keras.callbacks.Callback):
    """Reports, saves every epoch, averages weights, slows down and stops.

    Parameters
    ----------
    checkpoint : Checkpoint
    params : TrainingParams
    steps : int
        Batches of an epoch.
    progress : Progress
        Called after every batch with the batches done in all epochs; may raise `Cancelled`.
    on_epoch : callable
        Called after every epoch with the history so far.
    measure : callable, optional
        Given the model after every epoch; what it returns joins the history.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        params: TrainingParams,
        steps: int,
        progress: Progress,
        on_epoch: Callable[[list[dict[str, float]]], None],
        measure: Measure | None = None,
    ) -> None:
        super().__init__()
        self._checkpoint = checkpoint
        self._params = params
        self._steps = steps
        self._progress = progress
        self._on_epoch = on_epoch
        self._measure = measure
        self._average = checkpoint.average()
        self._own: list[Any] = []
        state = checkpoint.state()
        self.history: list[dict[str, float]] = list(state.get("history", ()))
        self._waited = int(state.get("waited", 0))
        self._stalled = int(state.get("stalled", 0))
        self._best = float(state["best"]) if "best" in state else math.inf
        self._begun = self._begun_cpu = 0.0

    @property
    def first_epoch(self) -> int:
        """The epoch to go on with."""
        return len(self.history)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 - Keras's
        """Give dropout the numbers of this epoch, whether or not it was interrupted."""
        self._begun, self._begun_cpu = time.monotonic(), time.process_time()
        for place, layer in enumerate(self.model._flatten_layers()):
            generator = getattr(layer, "seed_generator", None)
            if generator is not None:
                generator.state.assign([self._params.seed + place, epoch])

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Report, average, and refuse to go on with a loss that is no number."""
        if not math.isfinite((logs or {}).get("loss", 0.0)):
            raise BadInputError(
                "The loss is not a number any more",
                todo="Lower the learning rate, or look whether images or votes are broken",
            )
        if self._params.average:
            self._mix(self.first_epoch * self._steps + batch)
        epoch = self.first_epoch + 1
        self._progress(
            self.first_epoch * self._steps + batch + 1,
            self._params.epochs * self._steps,
            f"Epoch {epoch} of {self._params.epochs}",
        )

    def _mix(self, step: int) -> None:
        """Move the average a little; less of the past counts at the beginning."""
        momentum = min(self._params.average, (1 + step) / (10 + step))
        weights = self.model.trainable_variables
        if not self._average:
            self._average = [w.numpy() for w in weights]
            return
        pairs = zip(self._average, weights, strict=True)
        self._average = [mean + (1 - momentum) * (w.numpy() - mean) for mean, w in pairs]

    def on_test_begin(self, logs: Any = None) -> None:  # noqa: ARG002 - Keras's
        """Validate what will be kept: the averaged weights."""
        if self._average:
            self._own = [w.numpy() for w in self.model.trainable_variables]
            self._assign(self._average)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Note how the epoch went, keep the best, and save where we stand."""
        entry = {name: float(value) for name, value in (logs or {}).items()}
        entry |= {"epoch": epoch + 1, "seconds": time.monotonic() - self._begun}
        entry["cpu_seconds"] = time.process_time() - self._begun_cpu
        if self._measure is not None:
            entry |= self._measure(self.model)
        self.history.append(entry)
        loss = entry.get("val_loss", entry["loss"])
        better = loss < self._best
        if better:
            self._best = loss
            if self._params.stop_after:
                self._checkpoint.keep_best(self.model)
        self._give_back()
        self._waited = 0 if better else self._waited + 1
        self._stalled = 0 if better else self._stalled + 1
        self._slow_down()
        self._checkpoint.save(self.model, self._state(), self._average)
        self._on_epoch(self.history)
        if self._params.stop_after and self._waited >= self._params.stop_after:
            self.model.stop_training = True

    def _state(self) -> dict[str, Any]:
        return {
            "epoch": len(self.history),
            "history": self.history,
            "waited": self._waited,
            "stalled": self._stalled,
            "best": self._best,
        }

    @property
    def stopped(self) -> bool:
        """Whether it had stopped of itself before it was taken up again."""
        return bool(self._params.stop_after and self._waited >= self._params.stop_after)

    def _slow_down(self) -> None:
        if not self._params.slow_after or self._stalled < self._params.slow_after:
            return
        rate = self.model.optimizer.learning_rate
        rate.assign(max(float(rate.numpy()) * _FACTOR, _SMALLEST_RATE))
        self._stalled = 0

    def finish(self) -> None:
        """Leave the model with the weights that are kept: the best, the averaged or the last."""
        if self._params.stop_after:
            self._checkpoint.load_best(self.model)
        elif self._average:
            self._assign(self._average)

    def _give_back(self) -> None:
        if self._own:
            self._assign(self._own)
            self._own = []

    def _assign(self, values: list[Any]) -> None:
        for weight, value in zip(self.model.trainable_variables, values, strict=True):
            weight.assign(value)
