"""Train whatever a model is: a network, which goes on from its checkpoint, or anything else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from astro_core.classifiers.feeding import TrainingSet
from astro_core.classifiers.registry import ModelSpec
from astro_core.classifiers.settings import TrainingParams
from astro_core.domain import Progress, no_progress

History = Sequence[dict[str, float]]


def train_model(
    spec: ModelSpec,
    network: Any,
    training: TrainingSet,
    validation: TrainingSet,
    params: TrainingParams,
    folder: Path,
    progress: Progress = no_progress,
    on_epoch: Callable[[list[dict[str, float]]], None] = lambda _: None,
) -> tuple[Any, History]:
    """Give a trained model and its history.

    Parameters
    ----------
    spec : ModelSpec
    network : dataclass
        The model's own settings.
    folder : Path
        Where it stands is kept here, so that it can be taken up again.
    progress : Progress
        Called after every step; may raise `Cancelled`.
    on_epoch : callable
        Called after every epoch with the history so far.

    Raises
    ------
    BadInputError
        See `fit`, and the model's own.
    """
    if spec.fit is not None:
        found: tuple[Any, History] = spec.fit(
            training, validation, params, network, progress, on_epoch, folder=folder
        )
        return found
    from astro_core.classifiers.fitting import fit

    assert spec.build is not None
    shape = (params.size_px, params.size_px, 1 if params.grey else 3)
    build = partial(spec.build, shape, tuple(t.head for t in training.targets), network)
    fitted = fit(build, training, validation, params, folder, progress, on_epoch)
    return fitted.model, fitted.history
