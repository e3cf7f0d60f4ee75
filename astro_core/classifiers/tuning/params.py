"""How a search goes on, and what it makes as good as it can."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from astro_core.classifiers.targets import Targets
from astro_core.domain import Head
from astro_core.errors import BadInputError
from astro_core.evaluation.report import report
from astro_core.evaluation.votes import mean_votes, vote_report
from astro_core.params import param

RMSE = "rmse"
OBJECTIVES = ("balanced_accuracy", "macro_f1", "accuracy", RMSE)
COSTS = ("none", "parameters", "latency")
COST_UNIT = {"parameters": 1000.0, "latency": 1.0}  # a model of this size costs nothing


@dataclass(frozen=True, kw_only=True)
class TuningParams:
    """How a search goes on."""

    trials: int = param(
        20, label="Trials", minimum=1, maximum=1000, help="How many settings are tried."
    )
    objective: str = param(
        "balanced_accuracy", label="Aim", choices=OBJECTIVES,
        help="Score on the validation galaxies that is made as good as it can be.",
    )  # fmt: skip
    cost: str = param(
        "none", label="Cost", choices=COSTS,
        help="What else counts: the number of parameters, or the time for one image here.",
    )  # fmt: skip
    trade: str = param(
        "front", label="Trade", choices=("front", "penalty"),
        help="Front seeks all best compromises of score and cost; penalty takes the cost from "
        "the score.",
    )  # fmt: skip
    penalty: float = param(
        0.01, label="Penalty", minimum=0.0, maximum=1.0,
        help="Score that each doubling of the cost takes away.",
    )  # fmt: skip
    pruner: str = param(
        "median", label="Stop early", choices=("median", "hyperband", "none"),
        help="Ends trials that do worse than the median of the others at the same epoch, or by "
        "Hyperband; a front of compromises ends none.",
    )  # fmt: skip
    warmup: int = param(
        3, label="Not before", minimum=1, maximum=1000, unit="epochs",
        help="Epochs that every trial gets.",
    )  # fmt: skip
    random_trials: int = param(
        8, label="At random", minimum=1, maximum=1000,
        help="Trials drawn at random before the search learns from them.",
    )  # fmt: skip
    seed: int = param(0, label="Seed", minimum=0, maximum=2**31 - 1, help="Same seed, same trials.")

    @property
    def front(self) -> bool:
        """Whether score and cost are two aims."""
        return self.cost != "none" and self.trade == "front"

    def value(self, score: float, cost: float) -> float:
        """Return what is made large: the score, less the penalty; an error counts negative."""
        value = -score if self.objective == RMSE else score
        if self.cost == "none" or self.trade == "front":
            return value
        return value - self.penalty * math.log2(max(cost, 1e-6) / COST_UNIT[self.cost])


def judged_head(heads: tuple[Head, ...], objective: str) -> Head:
    """Return the head that an aim judges.

    Raises
    ------
    BadInputError
        If the aim is about classes and there are only votes, or the other way round.
    """
    votes = objective == RMSE
    found = [head for head in heads if (head.kind == "votes") == votes]
    if not found:
        raise BadInputError(
            f"There is nothing to take '{objective}' of",
            expected=", ".join(OBJECTIVES[:-1]) if votes else f"{RMSE}, as it learns votes",
            given=objective,
        )
    return found[0]


def natural_objective(heads: tuple[Head, ...]) -> str:
    """Return the aim where none was asked for: balanced accuracy, or the error of votes."""
    return RMSE if all(head.kind == "votes" for head in heads) else OBJECTIVES[0]


def score(
    objective: str, answers: Mapping[str, NDArray[np.float32]], target: Targets, rows: NDArray
) -> float:
    """Judge the answers of one head for some galaxies.

    Parameters
    ----------
    answers : Mapping
        By head, array of shape (n_rows, n_outputs).
    rows : array of int, shape (n_rows,)
        Where these galaxies are in `target`.
    """
    given, truth = np.asarray(answers[target.head.name], dtype=float), target.told[rows]
    if objective == RMSE:
        return vote_report(given, truth, target.head, mean_votes(truth)).rmse
    told = report(given, truth.argmax(axis=1), target.head.outputs)
    return float(getattr(told, objective))
