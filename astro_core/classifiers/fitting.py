"""Train a network: from settings and images to weights and a history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from astro_core.classifiers.checkpoint import Checkpoint
from astro_core.classifiers.feeding import Feeder, TrainingSet, whole_batch
from astro_core.classifiers.losses import loss_for, measure_for, optimiser_for
from astro_core.classifiers.seeding import seed_weights
from astro_core.classifiers.settings import TrainingParams
from astro_core.domain import Head, Progress, no_progress
from astro_core.errors import BadInputError

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from astro_core.classifiers.watching import Measure

MOST_KEPT = 2**29  # bytes of validation images held in memory


class Batches(Protocol):
    """What a network learns from."""

    @property
    def steps(self) -> int:
        """Batches of an epoch."""

    def dataset(self, first_epoch: int) -> tf.data.Dataset:
        """Return all batches from one epoch on, without end."""


@dataclass(frozen=True)
class Fitted:
    """A trained network and how it got there: one dictionary of numbers for each epoch."""

    model: keras.Model
    history: tuple[dict[str, float], ...]


def fit(
    build: Any,
    training: TrainingSet,
    validation: TrainingSet,
    params: TrainingParams,
    folder: Path,
    progress: Progress = no_progress,
    on_epoch: Callable[[list[dict[str, float]]], None] = lambda _: None,
    measure: Measure | None = None,
) -> Fitted:
    """Train a network, or go on with a training that was interrupted.

    Parameters
    ----------
    build : callable
        Gives the network; its first weights are drawn from the seed.
    training, validation : TrainingSet
        Validation images are never augmented or resampled.
    folder : Path
        Where it stands is kept here after each epoch.
    progress : Progress
        Called after every batch; may raise `Cancelled`.
    on_epoch : callable
        Called after every epoch with the history so far.
    measure : callable, optional
        Given the network after every epoch, with the weights that would be kept; the numbers it
        returns join the history.

    Raises
    ------
    BadInputError
        If there is nothing to train or validate on, two settings exclude each other, or the
        loss is not a number any more.
    Cancelled
        If `progress` raises it; what was reached can be taken up again.
    """
    _check(training, "training")
    _check(validation, "validation")
    if params.schedule == "cosine" and params.slow_after:
        raise BadInputError(
            "A cosine schedule and slowing down when the loss stalls exclude each other",
            todo="Set Slow after to 0, or choose the constant schedule",
        )
    feeder = Feeder(training, params)
    model = build()
    seed_weights(model, params.seed)
    compile_for(model, tuple(t.head for t in training.targets), params, feeder.steps)
    return learn(
        model, feeder, lambda: _all_of(validation, params), params, folder,
        progress, on_epoch, measure,
    )  # fmt: skip


def learn(
    model: keras.Model,
    feeder: Batches,
    validation: Callable[[], tf.data.Dataset],
    params: TrainingParams,
    folder: Path,
    progress: Progress = no_progress,
    on_epoch: Callable[[list[dict[str, float]]], None] = lambda _: None,
    measure: Measure | None = None,
) -> Fitted:
    """Teach a compiled network from where it stood to the last epoch, as `fit` does.

    Parameters
    ----------
    validation : callable
        Gives what is looked at after every epoch; not asked where nothing is left to learn.
    """
    from astro_core.classifiers.watching import Watch

    checkpoint = Checkpoint(folder)
    checkpoint.restore(model)
    watch = Watch(checkpoint, params, feeder.steps, progress, on_epoch, measure)
    watch.set_model(model)
    if watch.first_epoch < params.epochs and not watch.stopped:
        model.fit(
            feeder.dataset(watch.first_epoch),
            steps_per_epoch=feeder.steps,
            initial_epoch=watch.first_epoch,
            epochs=params.epochs,
            validation_data=validation(),
            callbacks=[watch],
            shuffle=False,  # the feeder does
            verbose=0,
        )
    watch.finish()
    return Fitted(model=model, history=tuple(watch.history))


def _check(part: TrainingSet, name: str) -> None:
    known = any(target.known[part.rows].any() for target in part.targets)
    if not len(part.rows) or not known:
        raise BadInputError(
            f"There is no galaxy with an answer in the {name} part",
            todo="Give the dataset another split, or label more galaxies",
        )


def compile_for(
    model: keras.Model, heads: tuple[Head, ...], params: TrainingParams, steps: int
) -> None:
    """Give a network its optimiser, losses and measures; `steps` is how many an epoch has."""
    weights = {head.name: params.vote_weight if head.kind == "votes" else 1.0 for head in heads}
    model.compile(
        optimizer=optimiser_for(params, steps * params.epochs),
        loss={head.name: loss_for(head, params) for head in heads},
        loss_weights=weights if len(heads) > 1 else None,
        weighted_metrics={head.name: [measure_for(head)] for head in heads},
    )


def _all_of(part: TrainingSet, params: TrainingParams) -> Any:
    """Every image of a part once, as it is, in batches."""
    import tensorflow as tf

    batch = whole_batch(part.size)
    feeder = Feeder(part, TrainingParams(batch_size=batch, grey=params.grey, seed=params.seed))
    once = feeder.dataset(0).take(feeder.steps)
    if feeder.steps * batch * part.size**2 * 3 * 4 < MOST_KEPT:
        once = once.cache()
    return once.apply(tf.data.experimental.assert_cardinality(feeder.steps))
