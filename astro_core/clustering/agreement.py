"""How well groups agree with classes that people gave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.errors import BadInputError


def _known(classes: Sequence[Any] | NDArray[Any]) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Which objects have a class, and the class of those as a number."""
    import pandas as pd

    codes, _ = pd.factorize(pd.Series(list(classes), dtype=object).replace("", None))
    known = codes >= 0
    return known, codes[known]


def agreement(
    labels: NDArray[Any], classes: Sequence[Any] | NDArray[Any]
) -> dict[str, float | int]:
    """Compare groups with classes.

    Objects without a class are left out. Noise counts as one more group: a method does not look
    better by calling what is difficult noise.

    Parameters
    ----------
    labels : array of int, shape (n,)
        -1 is noise.
    classes : sequence of str, length n
        None, NaN or empty where there is none; in the order of the labels.

    Returns
    -------
    dict
        Every measure of `MEASURES` that is about agreement, and ``n``, the objects with a class.
        The measures are NaN where n is 0.

    Raises
    ------
    BadInputError
        If there is not one class for each label.
    """
    labels = np.asarray(labels)
    if len(labels) != len(classes):
        raise BadInputError(
            "Groups and classes are not of the same objects",
            expected=f"{len(labels):,} classes",
            given=f"{len(classes):,}",
        )
    known, truth = _known(classes)
    groups = labels[known]
    n = int(known.sum())
    if n == 0:
        names = ["ari", "nmi", "ami", "homogeneity", "completeness", "v_measure", "purity"]
        return {**dict.fromkeys(names, float("nan")), "n": 0}
    return {**_measured(groups, truth), "n": n}


def _measured(groups: NDArray[Any], truth: NDArray[Any]) -> dict[str, float | int]:
    from sklearn import metrics

    table = metrics.cluster.contingency_matrix(truth, groups)
    homogeneity, completeness, v_measure = metrics.homogeneity_completeness_v_measure(truth, groups)
    return {
        "ari": float(metrics.adjusted_rand_score(truth, groups)),
        "nmi": float(metrics.normalized_mutual_info_score(truth, groups)),
        "ami": float(metrics.adjusted_mutual_info_score(truth, groups)),
        "homogeneity": float(homogeneity),
        "completeness": float(completeness),
        "v_measure": float(v_measure),
        "purity": float(table.max(axis=0).sum() / table.sum()),
    }
