"""Vote fractions of those who were asked, and of everybody."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Head


def shares(head: Head, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Divide answers by the sum of their question; 0 where that is 0."""
    out = np.zeros_like(values)
    for places in map(list, head.questions):
        total = values[:, places].sum(axis=1, keepdims=True)
        out[:, places] = values[:, places] / np.where(total > 0, total, 1)
    return out


def along_tree(head: Head, conditional: NDArray[np.float32]) -> NDArray[np.float32]:
    """Multiply shares of those asked down the tree into shares of everybody.

    Parameters
    ----------
    head : Head
        Its `reached_by` says what leads to each question.
    conditional : array, shape (n, n_outputs)
    """
    out = conditional.copy()
    for number in head.in_order():
        leads = list(head.reached_by[number])
        if leads:
            out[:, list(head.questions[number])] *= out[:, leads].sum(axis=1, keepdims=True)
    return out


def fractions(head: Head, raw: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn what a network gives for votes into fractions as the dataset has them."""
    if not head.concentrations:
        return raw
    found = shares(head, raw)
    return along_tree(head, found) if head.reached_by else found
