"""Batches for training: rows drawn, augmented, with their answers and weights.

What an epoch draws follows from the seed and the epoch's number alone, so that a training that
is taken up again after a kill sees what it would have seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.classifiers.augmentation import augments, draw_views, resample
from astro_core.classifiers.settings import TrainingParams
from astro_core.classifiers.targets import Targets
from astro_core.datasets.balance import BalanceParams, BalancePlan, plan_balance

if TYPE_CHECKING:
    import tensorflow as tf

Batch = tuple[Any, dict[str, NDArray[np.float32]], dict[str, NDArray[np.float32]]]


@dataclass(frozen=True, kw_only=True)
class TrainingSet:
    """Images with their answers.

    Attributes
    ----------
    pixels : array of uint8, shape (n_objects, size, size, 3)
        May be memory-mapped.
    targets : tuple of Targets
        One for each head, with a row per image.
    rows : array of int
        Images that are used.
    """

    pixels: NDArray[np.uint8]
    targets: tuple[Targets, ...]
    rows: NDArray[np.intp]

    @property
    def size(self) -> int:
        """Side of the images in px."""
        return int(self.pixels.shape[1])


LARGEST_BATCH, BATCH_BYTES = 128, 2**26  # where nothing is learned


def whole_batch(size: int) -> int:
    """Images of a side in px that are asked about at a time: as many as a cache likes."""
    return max(1, min(LARGEST_BATCH, BATCH_BYTES // (size * size * 3 * 4)))


def as_input(pixels: NDArray[np.uint8], *, grey: bool) -> NDArray[np.float32]:
    """Return pixels from 0 to 255 as the network takes them, in one channel if grey."""
    if grey:
        return pixels.mean(axis=-1, keepdims=True, dtype=np.float32)
    return pixels.astype(np.float32)


@dataclass(frozen=True)
class _Plan:
    """What is drawn of each class in every epoch, and what a draw counts for each head."""

    classes: tuple[NDArray[np.intp], ...]
    copies: tuple[int, ...]
    weights: dict[str, NDArray[np.float32]]


class Feeder:
    """Draws the batches of every epoch of one training.

    Parameters
    ----------
    training : TrainingSet
    params : TrainingParams
        Its batch size, balance, augmentation and seed are used.
    """

    def __init__(self, training: TrainingSet, params: TrainingParams) -> None:
        self._training = training
        self._params = params
        self._plan = _balanced(training, params)
        self.n_drawn = sum(len(c) for c in self._plan.classes) + sum(self._plan.copies)
        self.steps = max(1, -(-self.n_drawn // params.batch_size))

    def epoch(self, number: int) -> Iterator[Batch]:
        """Yield the batches of one epoch."""
        rng = np.random.default_rng([self._params.seed, number])
        rows = self._drawn(rng)
        for start in range(0, len(rows), self._params.batch_size):
            yield self._batch(np.sort(rows[start : start + self._params.batch_size]), rng)

    def _drawn(self, rng: np.random.Generator) -> NDArray[np.intp]:
        parts = list(self._plan.classes)
        for rows, copies in zip(self._plan.classes, self._plan.copies, strict=True):
            if copies:
                parts.append(rng.choice(rows, copies))
        return rng.permutation(np.concatenate(parts))

    def _batch(self, rows: NDArray[np.intp], rng: np.random.Generator) -> Batch:
        training = self._training
        images = as_input(training.pixels[rows], grey=self._params.grey)
        mirrored = np.zeros(len(rows), dtype=bool)
        if augments(self._params):
            views = draw_views(self._params, len(rows), training.size, rng)
            images, mirrored = resample(images, views), views.mirrored
        answers, weights = {}, {}
        for target in training.targets:
            answers[target.head.name] = target.drawn(rows, mirrored)
            counts = self._plan.weights[target.head.name][rows]
            weights[target.head.name] = counts * target.known[rows].astype(np.float32)
        return images, answers, weights

    def dataset(self, first_epoch: int) -> tf.data.Dataset:
        """Return all batches from one epoch on, without end, made while the network learns."""
        import tensorflow as tf

        def batches() -> Iterator[Batch]:
            number = first_epoch
            while True:
                yield from self.epoch(number)
                number += 1

        channels = 1 if self._params.grey else 3
        size = self._training.size
        targets = self._training.targets
        signature = (
            tf.TensorSpec((None, size, size, channels), tf.float32),
            {t.head.name: tf.TensorSpec((None, t.width), tf.float32) for t in targets},
            {t.head.name: tf.TensorSpec((None,), tf.float32) for t in targets},
        )
        return tf.data.Dataset.from_generator(batches, output_signature=signature).prefetch(2)


def _balanced(training: TrainingSet, params: TrainingParams) -> _Plan:
    """Balance by the classes of the first head; where weights do it, each head has its own."""
    rows, targets = training.rows, training.targets
    weights = {t.head.name: np.ones(len(training.pixels), dtype=np.float32) for t in targets}
    if targets[0].head.kind == "votes" or params.balance == "none":
        return _Plan((rows,), (0,), weights)
    weighted = targets if params.balance == "weights" else targets[:1]
    for target in weighted:
        if target.head.kind != "votes":
            members = _members(target, rows)
            for member, weight in zip(
                members, _planned(target, members, params).weights, strict=True
            ):
                weights[target.head.name][member] = weight
    members = _members(targets[0], rows)
    plan = _planned(targets[0], members, params)
    rng = np.random.default_rng([params.seed, 2**31])
    kept = [
        m if n == len(m) else np.sort(rng.choice(m, n, replace=False))
        for m, n in zip(members, plan.n_distinct, strict=True)
    ]
    kept.append(rows[~targets[0].known[rows]])  # without a class, for the other heads
    return _Plan(tuple(kept), (*map(int, plan.n_copies), 0), weights)


def _members(target: Targets, rows: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Rows of each class of a head."""
    classes = np.where(target.known, target.truth.argmax(axis=1), -1)[rows]
    return [rows[classes == c] for c in range(len(target.head.outputs))]


def _planned(
    target: Targets, members: list[NDArray[np.intp]], params: TrainingParams
) -> BalancePlan:
    names = target.head.outputs
    counts = {name: len(m) for name, m in zip(names, members, strict=True)}
    return plan_balance(counts, params.balance, _balance_params(params))


def _balance_params(params: TrainingParams) -> BalanceParams:
    if not params.balance_to:
        return BalanceParams()
    return BalanceParams(limit=params.balance_to, target=params.balance_to)
