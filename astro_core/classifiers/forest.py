"""A random forest on pixels, grown a few trees at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astro_core.classifiers.feeding import Feeder, TrainingSet, as_input
from astro_core.classifiers.registry import MODELS, ModelSpec
from astro_core.classifiers.settings import TrainingParams
from astro_core.domain import Head, Progress, no_progress
from astro_core.errors import BadInputError
from astro_core.params import param

if TYPE_CHECKING:
    from sklearn.ensemble import RandomForestClassifier

STEP = 4  # trees between two reports
_TINY = 1e-7


@dataclass(frozen=True, kw_only=True)
class ForestParams:
    """How a forest is grown."""

    n_estimators: int = param(
        200, label="Trees", minimum=1, maximum=5000, help="More are steadier and slower."
    )
    criterion: str = param(
        "entropy", label="Criterion", choices=("entropy", "gini"),
        help="What a split is to make smaller.",
    )  # fmt: skip
    max_features: str = param(
        "sqrt", label="Pixels per split", choices=("sqrt", "log2", "all"),
        help="How many pixels, drawn at random, each split chooses from.",
    )  # fmt: skip
    max_depth: int = param(
        0, label="Depth", minimum=0, maximum=1000,
        help="Splits from root to leaf at most; 0 splits until every leaf has one class.",
    )  # fmt: skip


@dataclass(frozen=True)
class Forest:
    """A grown forest that answers as a network does."""

    grown: RandomForestClassifier
    head: Head

    def predict_on_batch(self, images: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
        """Return the share of votes of each class, shape (n, n_units), by the head's name."""
        values = _shares(self.grown.estimators_, images)
        return {self.head.name: values[:, 1:] if self.head.kind == "binary" else values}


def _shares(trees: list[Any], images: NDArray[np.float32]) -> NDArray[np.float64]:
    flat = np.ascontiguousarray(images, dtype=np.float32).reshape(len(images), -1)
    total: NDArray[np.float64] = np.mean([tree.tree_.predict(flat) for tree in trees], axis=0)
    return total


def fit_forest(
    training: TrainingSet,
    validation: TrainingSet,
    params: TrainingParams,
    forest: ForestParams,
    progress: Progress = no_progress,
    on_step: Callable[[list[dict[str, float]]], None] = lambda _: None,
    *,
    folder: Path | None = None,  # noqa: ARG001 - nothing of a forest is kept halfway
) -> tuple[Forest, tuple[dict[str, float], ...]]:
    """Grow a forest (Breiman 2001, Machine Learning 45, 5) on what one epoch would draw.

    It cannot be taken up again: an interrupted one is grown anew, and comes out the same.

    Parameters
    ----------
    progress : Progress
        Called every few trees; may raise `Cancelled`.
    on_step : callable
        Called every few trees with the history so far; "epoch" counts the trees.

    Raises
    ------
    BadInputError
        If there is no galaxy to validate on, or none of some class to learn from.
    """
    head = training.targets[0].head
    images, classes, weights = _drawn(training, params)
    held = validation.rows[validation.targets[0].known[validation.rows]]
    if not len(held):
        raise BadInputError("There is no galaxy with an answer in the validation part")
    asked = as_input(np.asarray(validation.pixels[held]), grey=params.grey)
    truth = validation.targets[0].truth[held].argmax(axis=1)
    history: list[dict[str, float]] = []
    votes = np.zeros((len(held), len(head.outputs)))
    progress(0, forest.n_estimators, "Growing trees")
    begun = time.monotonic()
    for grown in _grow(images, classes, weights, forest, params.seed):
        new = grown.estimators_[int(history[-1]["epoch"]) if history else 0 :]
        votes += _shares(new, asked) * len(new)
        n = len(grown.estimators_)
        history.append(
            _scores(votes / n, truth) | {"epoch": n, "seconds": time.monotonic() - begun}
        )
        on_step(history)
        progress(n, forest.n_estimators, f"{n} of {forest.n_estimators} trees")
        begun = time.monotonic()
    return Forest(grown, head), tuple(history)


def _drawn(
    training: TrainingSet, params: TrainingParams
) -> tuple[NDArray[np.float32], NDArray[np.intp], NDArray[np.float32]]:
    """Flat images, classes and weights of one epoch: balanced and augmented as networks get it."""
    target = training.targets[0]
    parts = []
    for images, answers, counts in Feeder(training, params).epoch(0):
        flat = np.asarray(images).reshape(len(images), -1)
        parts.append((flat, answers[target.head.name], counts[target.head.name]))
    images, answers, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
    one = target.head.kind == "binary"
    classes = (answers[:, 0] > 0.5).astype(np.intp) if one else answers.argmax(axis=1)
    used = weights > 0
    missing = np.setdiff1d(np.arange(len(target.head.outputs)), classes[used])
    if len(missing):
        raise BadInputError(
            f"There is no galaxy of class '{target.head.outputs[missing[0]]}' to learn from",
            todo="Give the dataset another split, or label more galaxies",
        )
    return images[used], classes[used], weights[used]


def _grow(
    images: NDArray[np.float32],
    classes: NDArray[np.intp],
    weights: NDArray[np.float32],
    forest: ForestParams,
    seed: int,
) -> Iterator[RandomForestClassifier]:
    from sklearn.ensemble import RandomForestClassifier

    grown = RandomForestClassifier(
        criterion=forest.criterion,
        max_features=None if forest.max_features == "all" else forest.max_features,
        max_depth=forest.max_depth or None,
        random_state=seed,
        warm_start=True,
        n_jobs=-1,
    )
    for n in range(STEP, forest.n_estimators + STEP, STEP):
        grown.set_params(n_estimators=min(n, forest.n_estimators))
        yield grown.fit(images, classes, weights)


def _scores(votes: NDArray[np.float64], truth: NDArray[np.intp]) -> dict[str, float]:
    chosen = votes[np.arange(len(truth)), truth]
    return {
        "val_accuracy": float((votes.argmax(axis=1) == truth).mean()),
        "val_loss": float(-np.log(np.maximum(chosen, _TINY)).mean()),
    }


MODELS.add(
    ModelSpec(
        name="forest",
        label="Random forest on pixels",
        params=ForestParams,
        fit=fit_forest,
        embedding="",
        last_conv="",
        kind="forest",
        obeys=(
            "labels", "taxonomy", "crop_px", "size_px", "grey", "balance", "balance_to",
            "rotation_deg", "shift", "shear_deg", "zoom", "flip", "dihedral", "views",
            "train_share", "seed",
        ),
        reference="Breiman 2001 (Machine Learning 45, 5)",
    )
)  # fmt: skip
