"""How well vote fractions were predicted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from astro_core.domain import Head
from astro_core.errors import BadInputError
from astro_core.evaluation.report import Floats


@dataclass(frozen=True, kw_only=True)
class VoteReport:
    """Errors of predicted vote fractions.

    Attributes
    ----------
    n : int
        Galaxies with votes on some question.
    rmse : float
        Over all galaxies and answers at once, the formula of the Galaxy Zoo challenge; answers
        to a question that nobody was asked do not count.
    rmse_of_mean : float
        The same for predicting the mean fraction of each answer every time.
    by_answer : DataFrame
        n, rmse, rmse_of_mean, bias (predicted minus voted) of each answer, and its question.
    """

    n: int
    rmse: float
    rmse_of_mean: float
    by_answer: pd.DataFrame


def vote_report(values: Floats, truth: Floats, head: Head, mean: Floats) -> VoteReport:
    """Judge predicted fractions.

    Parameters
    ----------
    values, truth : array, shape (n, n_answers)
        NaN in `truth` where nobody was asked.
    mean : array, shape (n_answers,)
        Mean fraction of each answer in the training part.

    Raises
    ------
    BadInputError
        If the shapes differ, a prediction is no number, or no galaxy has votes.
    """
    shaped = values.shape == truth.shape and truth.shape[1:] == (len(head.outputs),)
    seen = np.isfinite(truth)
    if not shaped or not seen.any():
        raise BadInputError(
            "Predicted fractions do not belong to these votes",
            expected=f"arrays of shape (n, {len(head.outputs)}) and votes of some galaxy",
            given=f"{values.shape} and {truth.shape}, {seen.sum():,} fractions known",
            todo="Choose another part, or train on a dataset with votes",
        )
    if not np.isfinite(values).all():
        raise BadInputError("Some predicted vote fractions are not numbers")
    off = np.where(seen, values - truth, 0.0)
    from_mean = np.where(seen, np.nan_to_num(mean)[None, :] - truth, 0.0)
    question = np.zeros(len(head.outputs), dtype=int)
    for number, places in enumerate(head.questions):
        question[list(places)] = number
    table = pd.DataFrame(
        {
            "question": question,
            "n": seen.sum(axis=0),
            "rmse": np.sqrt(_mean(off**2, seen)),
            "rmse_of_mean": np.sqrt(_mean(from_mean**2, seen)),
            "bias": _mean(off, seen),
        },
        index=pd.Index(head.outputs, name="answer"),
    )
    return VoteReport(
        n=int(seen.any(axis=1).sum()),
        rmse=float(np.sqrt((off**2).sum() / seen.sum())),
        rmse_of_mean=float(np.sqrt((from_mean**2).sum() / seen.sum())),
        by_answer=table,
    )


def _mean(values: Floats, seen: np.ndarray) -> Floats:
    """Mean of each column over what is seen; NaN where nothing is."""
    n = seen.sum(axis=0)
    total: Floats = np.where(n > 0, values.sum(axis=0), np.nan) / np.maximum(n, 1)
    return total


def mean_votes(truth: Floats) -> Floats:
    """Mean fraction of each answer over the galaxies where it is known; NaN where it never is."""
    seen = np.isfinite(truth)
    return _mean(np.where(seen, truth, 0.0), seen)


def whole_questions(truth: Floats, head: Head) -> Floats:
    """Fractions with NaN for all answers of a question of which one is not known."""
    out = truth.copy()
    for places in head.questions:
        part = truth[:, list(places)]
        whole = np.isfinite(part).all(axis=1, keepdims=True)
        out[:, list(places)] = np.where(whole, part, np.nan)
    return out
