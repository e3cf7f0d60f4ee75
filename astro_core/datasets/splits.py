"""Training, validation and test parts: each class spread alike, groups never torn."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from astro_core.domain import SPLITS
from astro_core.errors import BadInputError

DEFAULT_FRACTIONS = (0.70, 0.15, 0.15)
_FILL_ORDER = (0, 2, 1)  # a class too small for three parts: train first, then test
_UNLABELLED = ""


def stratified_split(
    labels: Sequence[str | None],
    groups: Sequence[str] | None = None,
    fractions: Sequence[float] = DEFAULT_FRACTIONS,
    seed: int = 0,
    given: Sequence[str | None] | None = None,
) -> NDArray[np.object_]:
    """Assign every object to train, validation or test.

    Whole groups are dealt class by class, rarest class first and largest group first, each to
    the part that lacks most of its share. Unlabelled objects are dealt as one more class. A
    class of one group goes to training, one of two to training and test; from three on every
    part gets some.

    Parameters
    ----------
    labels : sequence of str or None, length n
    groups : sequence of str, length n, optional
        Objects with one group stay together; a group's class is its commonest label. Without
        it every object is its own group.
    fractions : sequence of 3 float
        Shares of train, validation and test, summing to 1.
    seed : int
        The same seed gives the same split of the same objects, in whatever order they come
        where groups name them.
    given : sequence of str or None, length n, optional
        Splits that are fixed already. A group that they tear apart goes to test as a whole if
        any of it was there, else to validation: nothing tested on is ever trained on.

    Returns
    -------
    array of str, shape (n,)

    Raises
    ------
    BadInputError
        If the fractions are not three shares of one.
    """
    shares = _check_fractions(fractions)
    names = groups if groups is not None else [f"{i:012d}" for i in range(len(labels))]
    objects = pd.DataFrame({"group": list(names), "label": list(labels)})
    objects["label"] = objects["label"].astype(object).fillna(_UNLABELLED)
    table = _groups(objects)
    fixed = _fixed(objects["group"], given)
    splits = np.array([SPLITS.index(fixed[g]) if g in fixed else -1 for g in table.index], int)
    sizes, classes = table["size"].to_numpy(), table["label"].to_numpy()
    rng = np.random.default_rng(seed)
    counts = table["label"].value_counts()
    for name in sorted(counts.index, key=lambda c: (counts[c], c)):
        rows = np.flatnonzero(classes == name)
        splits[rows] = _deal(sizes[rows], splits[rows], shares, rng)
    chosen = splits[table.index.get_indexer(pd.Index(objects["group"]))]
    return np.array([SPLITS[part] for part in chosen], dtype=object)


def stratified_folds(
    labels: Sequence[str | None],
    groups: Sequence[str],
    n_folds: int,
    seed: int = 0,
) -> NDArray[np.int64]:
    """Deal objects into folds of equal size with equal shares of every class.

    Whole groups are dealt class by class, rarest class first and largest group first, each to
    the fold that has least of the class, and of all.

    Parameters
    ----------
    labels : sequence of str or None, length n
        Unlabelled objects are dealt as one more class.
    groups : sequence of str, length n
        Objects with one group stay together; a group's class is its commonest label.
    seed : int
        The same seed gives the same folds of the same objects, in whatever order they come.

    Returns
    -------
    array of int, shape (n,)
        From 0 to n_folds - 1.

    Raises
    ------
    BadInputError
        If there are fewer than two folds, or fewer groups than folds.
    """
    objects = pd.DataFrame({"group": list(groups), "label": list(labels)})
    objects["label"] = objects["label"].astype(object).fillna(_UNLABELLED)
    table = _groups(objects)
    if not 2 <= n_folds <= len(table):
        raise BadInputError(
            "So many folds cannot be made",
            expected=f"2 to {len(table)}, the number of objects or groups of them",
            given=str(n_folds),
        )
    sizes, classes = table["size"].to_numpy(), table["label"].to_numpy()
    folds, total = np.zeros(len(table), dtype=np.int64), np.zeros(n_folds)
    rng = np.random.default_rng(seed)
    counts = table["label"].value_counts()
    for name in sorted(counts.index, key=lambda c: (counts[c], c)):
        rows = rng.permutation(np.flatnonzero(classes == name))
        have = np.zeros(n_folds)
        for row in rows[np.argsort(-sizes[rows], kind="stable")]:
            fold = int(np.lexsort((total, have))[0])
            folds[row] = fold
            have[fold] += sizes[row]
            total[fold] += sizes[row]
    found: NDArray[np.int64] = folds[table.index.get_indexer(pd.Index(objects["group"]))]
    return found


def _check_fractions(fractions: Sequence[float]) -> NDArray[np.float64]:
    shares = np.asarray(fractions, dtype=float)
    whole = shares.shape == (3,) and math.isclose(shares.sum(), 1, abs_tol=1e-6)
    if not whole or (shares < 0).any():
        raise BadInputError(
            "The shares of train, validation and test do not make one whole",
            expected="three numbers from 0 to 1 that sum to 1",
            given=", ".join(f"{f:g}" for f in fractions),
        )
    return shares


def _groups(objects: pd.DataFrame) -> pd.DataFrame:
    """One row per group, sorted by name: its size and its commonest label."""
    counts = objects.groupby(["group", "label"], sort=True).size().rename("n").reset_index()
    leading = counts.sort_values(["group", "n", "label"], ascending=[True, False, True])
    table = leading.drop_duplicates("group").set_index("group")[["label"]]
    table["size"] = counts.groupby("group")["n"].sum()
    return table.sort_index()


def _fixed(groups: pd.Series, given: Sequence[str | None] | None) -> dict[str, str]:
    if given is None:
        return {}
    known = pd.DataFrame({"group": groups.to_numpy(), "split": list(given)})
    known = known[known["split"].isin(SPLITS)]
    known = known.sort_values("split", key=lambda s: s.map(SPLITS.index), kind="stable")
    known = known.drop_duplicates("group", keep="last")
    return dict(zip(known["group"], known["split"], strict=True))


def _deal(
    sizes: NDArray[np.int64],
    splits: NDArray[np.int64],
    shares: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Deal the groups of one class; -1 in `splits` marks those that are free."""
    out = splits.copy()
    have = np.array([sizes[splits == part].sum() for part in range(3)], dtype=float)
    lack = sizes.sum() * shares - have
    free = rng.permutation(np.flatnonzero(splits < 0))
    free = free[np.argsort(-sizes[free], kind="stable")]
    empty = [p for p in _FILL_ORDER if shares[p] > 0 and have[p] == 0]
    reserved = len(free) - len(empty)
    for i, group in enumerate(free):
        short = len(empty) and i >= reserved
        part = empty[0] if short else int(np.argmax(lack))
        if part in empty:
            empty.remove(part)
        out[group] = part
        lack[part] -= sizes[group]
    return out
