"""Labels that are probably wrong, from what models said of galaxies they had never seen."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from astro_core.errors import BadInputError
from astro_core.evaluation.report import Classes, Floats, check

SUM_WITHIN = 1e-3  # rows of probabilities, as they are stored


def label_errors(
    probabilities: Floats, truth: Classes, class_names: tuple[str, ...]
) -> pd.DataFrame:
    """Find labels that are probably wrong, the most doubtful first.

    Confident learning (Northcutt, Jiang & Chuang 2021, JAIR 70, 1373), as cleanlab does it: how
    often a class is taken for another where the model is as sure as it usually is of that class
    says how many labels to doubt; those with the least probability of their own label are.

    Parameters
    ----------
    probabilities : array, shape (n, n_classes)
        Of galaxies that the model was not trained, stopped or calibrated on: a model remembers
        the labels it learned, right or wrong.
    truth : array of int, shape (n,)
        The labels.

    Returns
    -------
    DataFrame
        row (of the input), label, suggested, p_label, p_suggested.

    Raises
    ------
    BadInputError
        As `check` does, if probabilities do not sum to one, or all labels are one class.
    """
    from cleanlab.filter import find_label_issues

    check(probabilities, truth, len(class_names))
    if abs(probabilities.sum(axis=1) - 1).max() > SUM_WITHIN or probabilities.min() < 0:
        raise BadInputError("These are no probabilities of exclusive classes")
    present = np.unique(truth)
    if len(present) < 2:
        raise BadInputError(
            "Labels of one class only cannot be doubted", given=class_names[int(present[0])]
        )
    p = probabilities[:, present].astype(float) + 1e-12  # a class without labels suggests nothing
    p /= p.sum(axis=1, keepdims=True)
    given = np.searchsorted(present, truth)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of classes that are small
        rows = find_label_issues(given, p, return_indices_ranked_by="self_confidence", n_jobs=1)
    rows = np.asarray(rows, dtype=int)
    best = p[rows].argmax(axis=1)
    names = np.array(class_names, dtype=object)[present]
    return pd.DataFrame(
        {
            "row": rows,
            "label": names[given[rows]],
            "suggested": names[best],
            "p_label": p[rows, given[rows]],
            "p_suggested": p[rows, best],
        }
    )
