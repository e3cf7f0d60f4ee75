"""What training makes small, for each kind of head."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from astro_core.classifiers.settings import TrainingParams
from astro_core.classifiers.vote_losses import absolute, dirichlet_multinomial, squared
from astro_core.domain import Head


def loss_for(head: Head, params: TrainingParams) -> str | Callable[..., Any] | Any:
    """Return the loss of a head: cross-entropy for classes; for votes what was chosen."""
    import keras

    if head.kind == "classes":
        return keras.losses.CategoricalCrossentropy(label_smoothing=params.label_smoothing)
    if head.kind == "binary":
        return keras.losses.BinaryCrossentropy(label_smoothing=params.label_smoothing)
    return dirichlet_multinomial(head) if head.concentrations else squared


def measure_for(head: Head) -> str | Callable[..., Any]:
    """Return what is reported beside the loss: accuracy, or the mean absolute error of votes."""
    if head.kind != "votes":
        return "accuracy"

    def mae(told: Any, given: Any) -> Any:
        return absolute(head, told, given)

    return mae


def optimiser_for(params: TrainingParams, steps: int) -> Any:
    """Return the optimiser; `steps` is how many it will take in all."""
    import keras

    rate: Any = params.learning_rate
    if params.schedule == "cosine":
        warm = min(steps // 20, 500)
        rate = keras.optimizers.schedules.CosineDecay(
            params.learning_rate / 10 if warm else params.learning_rate,
            decay_steps=max(1, steps - warm),
            warmup_target=params.learning_rate if warm else None,
            warmup_steps=warm,
        )
    kinds = {
        "adam": keras.optimizers.Adam,
        "adamax": keras.optimizers.Adamax,
        "adamw": keras.optimizers.AdamW,
        "sgd": keras.optimizers.SGD,
        "rmsprop": keras.optimizers.RMSprop,
    }
    more: dict[str, Any] = {"weight_decay": params.weight_decay or None}
    if params.optimiser == "adamw":
        more = {"weight_decay": params.weight_decay}
    if params.optimiser == "sgd":
        more |= {"momentum": 0.9, "nesterov": True}
    return kinds[params.optimiser](rate, **more)
