"""How much each member of an ensemble counts, found on galaxies it was not trained on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_LEAST = 1e-7  # a member that is sure and wrong is not beyond forgiveness
_STEPS, _STILL = 20_000, 1e-10


def mixing_shares(answers: NDArray[np.floating], truth: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return the shares whose mixture of the members' probabilities has the least log loss.

    The loss is convex over all shares that add up to one; expectation maximisation goes down to
    its lowest point (Dempster, Laird & Rubin 1977, JRSS B 39, 1).

    Parameters
    ----------
    answers : array, shape (n_members, n_objects, n_classes)
    truth : array of int, shape (n_objects,)

    Returns
    -------
    array, shape (n_members,)
        None below zero, in sum one.
    """
    given = chosen(answers, truth)
    shares = np.full(len(given), 1 / len(given))
    for _ in range(_STEPS):
        better = shares * (given / (shares @ given)).mean(axis=1)
        still = np.abs(better - shares).max() < _STILL
        shares = better / better.sum()
        if still:
            break
    return shares


def chosen(answers: NDArray[np.floating], truth: NDArray[np.integer]) -> NDArray[np.float64]:
    """Probability of the right class by each member, shape (n_members, n_objects)."""
    right = answers[:, np.arange(len(truth)), truth].astype(np.float64)
    return np.maximum(right, _LEAST)


def log_loss(answers: NDArray[np.floating], truth: NDArray[np.integer]) -> float:
    """Mean of minus the logarithm of the right class's probability, shape (n, n_classes) given."""
    return float(-np.log(chosen(answers[None], truth)).mean())
