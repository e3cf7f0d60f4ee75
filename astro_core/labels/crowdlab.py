"""CROWDLAB: people's answers and a model's probabilities together."""

from __future__ import annotations

import warnings
from typing import cast

import numpy as np
from numpy.typing import NDArray

from astro_core.errors import BadInputError
from astro_core.labels.votes import Votes

_LEAST = 1e-6  # probability of an answer that the model does not know


def crowdlab(votes: Votes) -> NDArray[np.float64]:
    """Weigh people by how often they agree with each other, and the model by how often with them.

    Goh, Tkachenko & Mueller 2022 (arXiv:2210.06812), as cleanlab does it. A reviewer's labels
    given to many galaxies in one go are those of a reviewer of their own. A galaxy that the model
    did not see is decided by people alone: all answers are as probable to the model.

    Returns
    -------
    array, shape (n_objects, n_answers)
        The quality of the answer that leads; the others share what is left.

    Raises
    ------
    BadInputError
        If there are no probabilities, or all answers are of one person.
    """
    from cleanlab.multiannotator import get_label_quality_multiannotator

    told, n_answers = votes.probabilities, len(votes.answers)
    if told is None:
        raise BadInputError(
            "CROWDLAB needs a model's probabilities", todo="Train a model, or combine otherwise"
        )
    rows = np.unique(votes.on)
    wide = _wide(votes, rows)
    if wide.shape[1] < 2:
        raise BadInputError("CROWDLAB needs the answers of two people or more", given="one")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's own, about rare answers
        found = get_label_quality_multiannotator(
            wide, _complete(told[rows]), verbose=False, return_detailed_quality=False,
            return_annotator_stats=False,
        )["label_quality"]  # fmt: skip
    best = found["consensus_label"].to_numpy(dtype=np.intp)
    quality = found["consensus_quality_score"].to_numpy(dtype=float)
    scores = np.zeros((len(votes.object_ids), n_answers))
    scores[rows] = ((1 - quality) / max(n_answers - 1, 1))[:, None]
    scores[rows, best] = np.maximum(quality, 1 / n_answers + _LEAST)
    return scores


def _wide(votes: Votes, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    """One row per galaxy that was answered, one column per reviewer; NaN for no answer."""
    who, column = np.unique(votes.by * 2 + votes.bulk, return_inverse=True)
    wide = np.full((len(rows), len(who)), np.nan)
    wide[np.searchsorted(rows, votes.on), column] = votes.said
    return wide


def _complete(told: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities of all answers that sum to one; even where the model did not see a galaxy."""
    seen = np.isfinite(told).all(axis=1) & (told.sum(axis=1) > 0)
    filled = np.where(seen[:, None], np.maximum(told, _LEAST), 1.0)
    return cast("NDArray[np.float64]", filled / filled.sum(axis=1, keepdims=True))
