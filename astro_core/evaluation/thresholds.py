"""What becomes of the scores when answers that are not sure enough go to a person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.errors import BadInputError
from astro_core.evaluation.calibration import undefined
from astro_core.evaluation.report import Classes, Floats, check

STEPS = np.linspace(0.0, 1.0, 201)


@dataclass(frozen=True, kw_only=True)
class TradeOff:
    """What a threshold, or a band of two, costs and brings.

    Attributes
    ----------
    undefined : array of bool, shape (n,)
        Galaxies that go to a person.
    n_right : int
        Of the others, those whose answer is their label.
    """

    undefined: NDArray[np.bool_]
    n_right: int

    @property
    def n(self) -> int:
        """Number of galaxies."""
        return len(self.undefined)

    @property
    def n_undefined(self) -> int:
        """How many go to a person."""
        return int(self.undefined.sum())

    @property
    def n_defined(self) -> int:
        """How many keep an answer."""
        return self.n - self.n_undefined


def at_threshold(probabilities: Floats, truth: Classes, below: float) -> TradeOff:
    """Leave answers undefined whose probability is below a threshold.

    Parameters
    ----------
    probabilities : array, shape (n, n_classes)
    truth : array of int, shape (n,)
    """
    check(probabilities, truth, probabilities.shape[1])
    left = undefined(probabilities, below)
    right = probabilities.argmax(axis=1) == truth
    return TradeOff(undefined=left, n_right=int((right & ~left).sum()))


def in_band(probabilities: Floats, truth: Classes, low: float, high: float) -> TradeOff:
    """Leave galaxies undefined whose probability of the second class lies within a band.

    From `high` on the answer is the second class, up to `low` the first; the band need not lie
    around one half.

    Parameters
    ----------
    probabilities : array, shape (n, 2)
    truth : array of int, shape (n,)

    Raises
    ------
    BadInputError
        If there are not two classes, or the band ends before it begins.
    """
    check(probabilities, truth, 2)
    if not low <= high:
        raise BadInputError("A band has to end where it begins or above", given=f"{low} to {high}")
    second = probabilities[:, 1]
    answer = second >= high
    left = (second > low) & ~answer
    return TradeOff(undefined=left, n_right=int(((answer == truth) & ~left).sum()))


def threshold_table(probabilities: Floats, truth: Classes) -> pd.DataFrame:
    """Say what each threshold on the top probability costs and brings.

    Returns
    -------
    DataFrame
        threshold, defined (share of galaxies that keep an answer), accuracy of those, and
        macro precision, recall and f1, where an undefined galaxy counts as not found.
    """
    k = probabilities.shape[1]
    check(probabilities, truth, k)
    answer = probabilities.argmax(axis=1)
    place = _steps_up_to(probabilities.max(axis=1))
    given = _kept(place, answer, k)
    hits = _kept(place[answer == truth], truth[answer == truth], k)
    support = np.bincount(truth, minlength=k)
    n_given = given.sum(axis=1)
    there = support > 0
    return pd.DataFrame(
        {
            "threshold": STEPS,
            "defined": n_given / len(truth),
            "accuracy": _share(hits.sum(axis=1), n_given),
            "precision": _mean(_share(hits, given)),
            "recall": (hits[:, there] / support[there]).mean(axis=1),
            "f1": (2 * hits[:, there] / (support + given)[:, there]).mean(axis=1),
        }
    )


def band_table(probabilities: Floats, truth: Classes) -> pd.DataFrame:
    """Say what each end of a band costs and brings, for two classes.

    Returns
    -------
    DataFrame
        threshold on the probability of the second class; precision_1, recall_1, f1_1 of the
        second class, answered from the threshold on; precision_0, recall_0, f1_0 of the first,
        answered up to it; below, the share of galaxies with a lower probability.
    """
    check(probabilities, truth, 2)
    second = probabilities[:, 1]
    columns: dict[str, Floats] = {"threshold": STEPS}
    for k, scores, turned in ((1, second, False), (0, 1 - second, True)):
        place = _steps_up_to(scores)
        given = _kept(place, np.zeros(len(place), dtype=np.intp), 1)[:, 0]
        mine = place[truth == k]
        hits = _kept(mine, np.zeros(len(mine), dtype=np.intp), 1)[:, 0]
        values = {
            f"precision_{k}": _share(hits, given),
            f"recall_{k}": _share(hits, np.full(len(hits), len(mine))),
            f"f1_{k}": _share(2 * hits, given + len(mine)),
        }
        columns |= {name: v[::-1] if turned else v for name, v in values.items()}
        if not turned:
            columns["below"] = 1 - given / len(truth)
    return pd.DataFrame(columns)


def _steps_up_to(values: Floats) -> Classes:
    """The last step that each value reaches."""
    reached: Classes = np.searchsorted(STEPS, values + 1e-9, side="right") - 1
    return reached


def _kept(place: Classes, what: Classes, k: int) -> NDArray[np.int64]:
    """Count, for each step, the galaxies of each of `k` kinds that reach it."""
    counts = np.bincount(place * k + what, minlength=len(STEPS) * k).reshape(-1, k)
    kept: NDArray[np.int64] = counts[::-1].cumsum(axis=0)[::-1]
    return kept


def _share(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below > 0)


def _mean(values: Floats) -> Floats:
    """Mean of each row over what is known; NaN where nothing is."""
    known = np.isfinite(values)
    return _share(np.where(known, values, 0.0).sum(axis=1), known.sum(axis=1))
