"""How odd each galaxy is among all the others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from astro_core.clustering.check import usable
from astro_core.domain import Features

TREES = 200


def anomaly_scores(features: Features, seed: int = 0) -> NDArray[np.float64]:
    """Score galaxies by how few random cuts of the features it takes to have each alone.

    The score of an isolation forest of 200 trees of 256 galaxies (Liu, Ting & Zhou 2008, ICDM,
    413): 2^(-mean depth / expected depth). Above 0.5 a galaxy is alone sooner than chance has it.

    Parameters
    ----------
    features : Features
    seed : int
        Same seed, same scores.

    Returns
    -------
    array of float64, shape (n_objects,)
        From 0 to 1, higher is odder; NaN for a galaxy with a feature that is not finite.

    Raises
    ------
    BadInputError
        If there is nothing to tell galaxies apart by.
    """
    from sklearn.ensemble import IsolationForest

    rows = usable(features)
    forest = IsolationForest(n_estimators=TREES, random_state=seed).fit(rows.values)
    found: NDArray[np.float64] = -forest.score_samples(rows.values).astype(np.float64)
    if not rows.dropped:
        return found
    scores = np.full(len(features.object_ids), np.nan)
    scores[np.isfinite(features.values).all(axis=1)] = found
    return scores
