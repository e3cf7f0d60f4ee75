"""How often the answers were right, class by class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.errors import BadInputError

Floats = NDArray[np.float64]
Classes = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Report:
    """Scores of a classifier.

    Attributes
    ----------
    n : int
        Objects that have a label.
    by_class : DataFrame
        Precision, recall, f1 and support of each class; NaN where nothing can be said.
    confusion : array of int, shape (n_classes, n_classes)
        Row the label, column the answer.
    balanced_accuracy, macro_f1 : float
        Means over the classes that have objects.
    """

    class_names: tuple[str, ...]
    n: int
    accuracy: float
    balanced_accuracy: float
    macro_f1: float
    by_class: pd.DataFrame
    confusion: NDArray[np.int64]


def check(probabilities: Floats, truth: Classes, n_classes: int) -> None:
    """Refuse arrays that do not belong together.

    Raises
    ------
    BadInputError
        If shapes differ, a number is missing, a class is unknown, or nothing is there.
    """
    if probabilities.ndim != 2 or probabilities.shape != (len(truth), n_classes):
        raise BadInputError(
            "Probabilities do not belong to these labels",
            expected=f"an array of shape ({len(truth)}, {n_classes})",
            given=f"an array of shape {probabilities.shape}",
        )
    if not len(truth):
        raise BadInputError("There is no labelled galaxy to judge by", todo="Choose another split")
    if not np.isfinite(probabilities).all():
        raise BadInputError("Some probabilities are not numbers")
    if truth.min() < 0 or truth.max() >= n_classes:
        raise BadInputError(
            "A label is none of the classes", expected=f"0 to {n_classes - 1}", given=str(truth)
        )


def report(probabilities: Floats, truth: Classes, class_names: tuple[str, ...]) -> Report:
    """Judge probabilities by labels; the answer is the most probable class.

    Parameters
    ----------
    probabilities : array, shape (n, n_classes)
    truth : array of int, shape (n,)

    Raises
    ------
    BadInputError
        As `check` does.
    """
    check(probabilities, truth, len(class_names))
    return report_answers(probabilities.argmax(axis=1), truth, class_names)


def report_answers(answers: Classes, truth: Classes, class_names: tuple[str, ...]) -> Report:
    """Judge answers, given as class numbers, by labels."""
    k = len(class_names)
    confusion = np.bincount(truth * k + answers, minlength=k * k).reshape(k, k).astype(np.int64)
    right = np.diag(confusion).astype(float)
    support, given = confusion.sum(axis=1), confusion.sum(axis=0)
    recall = _ratio(right, support)
    precision = _ratio(right, given)
    f1 = _ratio(2 * right, support + given)
    present = support > 0
    table = pd.DataFrame(
        {"precision": precision, "recall": recall, "f1": f1, "support": support},
        index=pd.Index(class_names, name="class"),
    )
    return Report(
        class_names=class_names,
        n=len(truth),
        accuracy=float(right.sum() / len(truth)),
        balanced_accuracy=float(recall[present].mean()),
        macro_f1=float(f1[present].mean()),
        by_class=table,
        confusion=confusion,
    )


def _ratio(above: Floats, below: Floats) -> Floats:
    out: Floats = np.full(len(above), np.nan)
    np.divide(above, below, out=out, where=below > 0)
    return out
