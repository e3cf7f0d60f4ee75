"""Which galaxies a training learns from, is chosen by, is calibrated on, and is judged by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.datasets.splits import stratified_folds, stratified_split

PARTS = ("train", "validation", "calibration", "test")
CALIBRATION_SHARE = 0.1  # of what would be trained on
FOLD_SHARES = (0.765, 0.15, 0.085)  # train, validation, calibration on the training side of a fold
NO_FOLD = -1


def make_parts(
    labels: Sequence[str | None],
    groups: Sequence[str],
    given: Sequence[str | None],
    *,
    seed: int,
) -> NDArray[np.object_]:
    """Deal galaxies into four parts.

    The dataset's own split decides where it says something, and elsewhere a split that is the
    same for all trainings. A tenth of what is given for training is set aside for calibration:
    nothing is stopped, chosen or tuned on it.

    Parameters
    ----------
    labels, groups, given : sequence, length n
        Class in the catalogue, group that is never torn apart, and split of each galaxy.
    seed : int
        Draws the galaxies for calibration; what is tested on does not depend on it.

    Returns
    -------
    array of str, shape (n,)
        Each one of `PARTS`.
    """
    splits = stratified_split(labels, groups, given=given)
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


def make_folds(
    labels: Sequence[str | None],
    groups: Sequence[str],
    given: Sequence[str | None],
    n_folds: int,
    *,
    seed: int,
) -> NDArray[np.int64]:
    """Deal galaxies into folds; the dataset's own test galaxies stay out.

    Parameters
    ----------
    labels, groups, given : sequence, length n
        As for `make_parts`.

    Returns
    -------
    array of int, shape (n,)
        The fold of each galaxy, `NO_FOLD` for one that is in none.

    Raises
    ------
    BadInputError
        If so many folds cannot be made.
    """
    kept = {group for group, split in zip(groups, given, strict=True) if split == "test"}
    free = np.array([i for i, group in enumerate(groups) if group not in kept], dtype=int)
    folds = np.full(len(groups), NO_FOLD)
    folds[free] = stratified_folds(
        [labels[i] for i in free], [groups[i] for i in free], n_folds, seed
    )
    return folds


def fold_parts(
    folds: NDArray[np.int64],
    fold: int,
    labels: Sequence[str | None],
    groups: Sequence[str],
    *,
    seed: int,
) -> NDArray[np.object_]:
    """Deal galaxies into parts for one fold, which is tested on.

    Validation and calibration come from the training side, so that each fold has its own.

    Returns
    -------
    array of str, shape (n,)
        One of `PARTS`, or empty for a galaxy that is in no fold.
    """
    parts = np.full(len(folds), "", dtype=object)
    parts[folds == fold] = "test"
    side = np.flatnonzero((folds != fold) & (folds != NO_FOLD))
    dealt = stratified_split(
        [labels[i] for i in side], [groups[i] for i in side], FOLD_SHARES, seed=seed
    )
    parts[side] = np.where(dealt == "test", "calibration", dealt)
    return parts


def keep_share(
    parts: NDArray[np.object_],
    labels: Sequence[str | None],
    groups: Sequence[str],
    share: float,
    *,
    seed: int,
) -> NDArray[np.object_]:
    """Leave out all but a share of each class's training groups; a larger share holds a smaller.

    Returns
    -------
    array of str, shape (n,)
        As `parts`, empty where a galaxy is left out.
    """
    rows = np.flatnonzero(parts == "train")
    table = pd.DataFrame({"group": np.asarray(groups, dtype=object)[rows], "row": rows})
    table["label"] = pd.Series(labels, dtype=object).fillna("").to_numpy()[rows]
    first = table.sort_values("group", kind="stable").drop_duplicates("group")
    rng = np.random.default_rng(seed)
    kept: list[str] = []
    for _, members in first.groupby("label", sort=True):
        n = max(1, round(share * len(members)))
        kept += rng.permutation(members["group"].to_numpy())[:n].tolist()
    out = parts.copy()
    out[table.loc[~table["group"].isin(kept), "row"]] = ""
    return out
