"""Train a detector: from pictures with boxes to weights and a history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.classifiers.fitting import Fitted, learn
from astro_core.classifiers.losses import optimiser_for
from astro_core.classifiers.seeding import seed_weights
from astro_core.classifiers.settings import TrainingParams
from astro_core.detection import ARCHITECTURES
from astro_core.detection.architectures import BOX, SCORE, Architecture
from astro_core.detection.matching import targets
from astro_core.detection.views import Scenes, draw_window
from astro_core.domain import Progress, no_progress
from astro_core.params import param

if TYPE_CHECKING:
    import tensorflow as tf

_BOX_WEIGHT = 2.0
_FOCUS, _GALAXY_WEIGHT = 2.0, 0.4  # gamma and alpha of the focal loss
_VALIDATION = 2**31  # number of an epoch that never is

Batch = tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]]


@dataclass(frozen=True, kw_only=True)
class FinderTraining:
    """How the detector is trained."""

    architecture: str = param(
        "ssd", label="Architecture", choices=ARCHITECTURES.names(),
        help="The network: the single-shot detector that is shipped, or one to compare it with.",
    )  # fmt: skip
    size_px: int = param(
        64, label="Window", choices=(64, 96, 128, 160, 192), unit="px",
        help="Side of the windows that the network looks at.",
    )  # fmt: skip
    windows: int = param(
        2048, label="Windows", minimum=8, maximum=1_000_000, help="Windows drawn in each epoch."
    )
    crowded: float = param(
        0.3, label="Crowded", minimum=0.0, maximum=1.0,
        help="Share of the windows that are of the pictures with many galaxies.",
    )  # fmt: skip
    epochs: int = param(14, label="Epochs", minimum=1, maximum=2000, help="How often.")
    batch_size: int = param(
        16, label="Batch size", minimum=1, maximum=1024, help="Windows per step."
    )
    learning_rate: float | None = param(
        None, label="Learning rate", minimum=1e-6, maximum=1.0,
        help="Size of the largest steps; none takes what suits the architecture.",
    )  # fmt: skip
    seed: int = param(
        0, label="Seed", minimum=0, maximum=2**31 - 1, help="Same seed, same training."
    )

    @property
    def steps(self) -> int:
        """Batches of an epoch."""
        return max(1, self.windows // self.batch_size)

    @property
    def network(self) -> Architecture:
        """What is trained."""
        return ARCHITECTURES.get(self.architecture)

    @property
    def common(self) -> TrainingParams:
        """The settings that it shares with every other training."""
        return TrainingParams(
            epochs=self.epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate or self.network.learning_rate,
            optimiser="adamw",
            weight_decay=1e-4,
            schedule="cosine",
            average=0.99,
            seed=self.seed,
        )


class WindowFeeder:
    """Draws the windows of every epoch of one training; the seed and the epoch decide.

    Parameters
    ----------
    scenes : tuple of Scenes
        Pictures of many galaxies make up the share `crowded` of the windows.
    """

    def __init__(self, scenes: tuple[Scenes, ...], params: FinderTraining) -> None:
        self._params = params
        self._anchors = params.network.anchors(params.size_px)
        self._kinds = [
            [(s, i) for s in scenes for i, b in enumerate(s.boxes) if (len(b) > 1) == crowded]
            for crowded in (False, True)
        ]

    @property
    def steps(self) -> int:
        """Batches of an epoch."""
        return self._params.steps

    def epoch(self, number: int) -> Iterator[Batch]:
        """Yield the batches of one epoch."""
        rng = np.random.default_rng([self._params.seed, number])
        for _ in range(self._params.steps):
            yield self._batch(rng)

    def _batch(self, rng: np.random.Generator) -> Batch:
        size, n = self._params.size_px, self._params.batch_size
        images = np.empty((n, size, size, 3), dtype=np.float32)
        answers = []
        for k in range(n):
            scenes, place = self._drawn(rng)
            images[k], marked = draw_window(scenes, place, size, rng)
            answers.append(targets(marked, self._anchors))
        told = np.stack(answers)
        return images, {SCORE: told[..., :1], BOX: told}

    def _drawn(self, rng: np.random.Generator) -> tuple[Scenes, int]:
        plain, crowded = self._kinds
        from_ = crowded if not plain or (crowded and rng.random() < self._params.crowded) else plain
        return from_[int(rng.integers(len(from_)))]

    def dataset(self, first_epoch: int) -> tf.data.Dataset:
        """Return all batches from one epoch on, without end, made while the network learns."""
        import tensorflow as tf

        def batches() -> Iterator[Batch]:
            number = first_epoch
            while True:
                yield from self.epoch(number)
                number += 1

        size = self._params.size_px
        signature = (
            tf.TensorSpec((None, size, size, 3), tf.float32),
            {
                name: tf.TensorSpec((None, None, n), tf.float32)
                for name, n in ((SCORE, 1), (BOX, 5))
            },
        )
        return tf.data.Dataset.from_generator(batches, output_signature=signature).prefetch(2)


def _kept_aside(scenes: tuple[Scenes, ...], params: FinderTraining) -> tf.data.Dataset:
    """The same windows after every epoch, an eighth of what an epoch has."""
    import tensorflow as tf

    steps = max(1, params.steps // 8)
    drawn = WindowFeeder(scenes, params).dataset(_VALIDATION).take(steps).cache()
    return drawn.apply(tf.data.experimental.assert_cardinality(steps))


def score_loss(told: Any, given: Any) -> Any:
    """Focal loss (Lin et al. 2017, ICCV, arXiv:1708.02002) of all anchors, per galaxy in a batch.

    Parameters
    ----------
    told : array, shape (n, n_anchors, 1)
        1, 0 or -1: a galaxy, nothing, unsure.
    given : array, shape (n, n_anchors, 1)
        Log odds.
    """
    import keras

    galaxy = keras.ops.cast(told > 0, "float32")
    each = keras.losses.binary_focal_crossentropy(
        galaxy,
        given,
        apply_class_balancing=True,
        alpha=_GALAXY_WEIGHT,
        gamma=_FOCUS,
        from_logits=True,
    )
    counts = keras.ops.cast(told[..., 0] >= 0, "float32")
    return keras.ops.sum(each * counts) / keras.ops.maximum(keras.ops.sum(galaxy), 1.0)


def box_loss(told: Any, given: Any) -> Any:
    """Complete-IoU loss (Zheng et al. 2020, AAAI, arXiv:1911.08287) per anchor on a galaxy.

    Parameters
    ----------
    told : array, shape (n, n_anchors, 5)
        1 where there is a galaxy, and its corners in px.
    given : array, shape (n, n_anchors, 4)
    """
    import keras

    galaxy = keras.ops.cast(told[..., 0] > 0, "float32")
    alike = keras.utils.bounding_boxes.compute_ciou(told[..., 1:], given, "xyxy")
    return keras.ops.sum((1.0 - alike) * galaxy) / keras.ops.maximum(keras.ops.sum(galaxy), 1.0)


def fit_finder(
    training: tuple[Scenes, ...],
    validation: tuple[Scenes, ...],
    params: FinderTraining,
    folder: Path,
    progress: Progress = no_progress,
    on_epoch: Callable[[list[dict[str, float]]], None] = lambda _: None,
) -> Fitted:
    """Train the detector, or go on with a training that was interrupted.

    Parameters
    ----------
    folder : Path
        Where it stands is kept here after each epoch.
    progress : Progress
        Called after every batch; may raise `Cancelled`.
    on_epoch : callable
        Called after every epoch with the history so far.
    """
    model = params.network.build(params.size_px)
    seed_weights(model, params.seed)
    model.compile(
        optimizer=optimiser_for(params.common, params.steps * params.epochs),
        loss={SCORE: score_loss, BOX: box_loss},
        loss_weights={SCORE: 1.0, BOX: _BOX_WEIGHT},
    )
    return learn(
        model, WindowFeeder(training, params), lambda: _kept_aside(validation, params),
        params.common, folder, progress, on_epoch,
    )  # fmt: skip
