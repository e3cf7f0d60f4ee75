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
    rmse : float
        Over all galaxies and answers at once, the formula of the Galaxy Zoo challenge.
    rmse_of_mean : float
        The same for predicting the mean fraction of each answer every time.
    by_answer : DataFrame
        rmse, rmse_of_mean, bias (predicted minus voted) of each answer, and its question.
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
    mean : array, shape (n_answers,)
        Mean fraction of each answer in the training part.

    Raises
    ------
    BadInputError
        If the shapes differ, a number is missing, or nothing is there.
    """
    if values.shape != truth.shape or truth.shape[1:] != (len(head.outputs),) or not len(truth):
        raise BadInputError(
            "Predicted fractions do not belong to these votes",
            expected=f"arrays of shape (n, {len(head.outputs)}) with n above 0",
            given=f"{values.shape} and {truth.shape}",
        )
    if not (np.isfinite(values).all() and np.isfinite(truth).all()):
        raise BadInputError("Some vote fractions are not numbers")
    squares, baseline = (values - truth) ** 2, (mean[None, :] - truth) ** 2
    question = np.zeros(len(head.outputs), dtype=int)
    for number, places in enumerate(head.questions):
        question[list(places)] = number
    table = pd.DataFrame(
        {
            "question": question,
            "rmse": np.sqrt(squares.mean(axis=0)),
            "rmse_of_mean": np.sqrt(baseline.mean(axis=0)),
            "bias": (values - truth).mean(axis=0),
        },
        index=pd.Index(head.outputs, name="answer"),
    )
    return VoteReport(
        n=len(truth),
        rmse=float(np.sqrt(squares.mean())),
        rmse_of_mean=float(np.sqrt(baseline.mean())),
        by_answer=table,
    )
