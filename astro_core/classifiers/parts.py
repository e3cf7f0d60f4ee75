"""Which galaxies a training learns from, is chosen by, is calibrated on, and is judged by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from astro_core.datasets.splits import stratified_split

PARTS = ("train", "validation", "calibration", "test")
CALIBRATION_SHARE = 0.1  # of what would be trained on


def make_parts(
    labels: Sequence[str | None],
    groups: Sequence[str],
    given: Sequence[str | None],
    *,
    seed: int,
) -> NDArray[np.object_]:
    """Deal galaxies into four parts.

    The dataset's own split decides where it says something. A tenth of what it gives for
    training is set aside for calibration: nothing is stopped, chosen or tuned on it.

    Parameters
    ----------
    labels, groups, given : sequence, length n
        Class, group that is never torn apart, and split of each galaxy.

    Returns
    -------
    array of str, shape (n,)
        Each one of `PARTS`.
    """
    splits = stratified_split(labels, groups, seed=seed, given=given)
    train = np.flatnonzero(splits == "train")
    aside = stratified_split(
        [labels[i] for i in train],
        [groups[i] for i in train],
        (1 - CALIBRATION_SHARE, 0.0, CALIBRATION_SHARE),
        seed=seed,
    )
    parts = splits.copy()
    parts[train[aside == "test"]] = "calibration"
    return parts
