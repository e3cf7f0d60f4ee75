"""Which galaxies are worth a question to a model: its mistakes, what it was unsure of, all."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from astro_core.domain import Dataset, Head
from astro_core.errors import TuningForkError
from astro_core.workflows.browse import CatalogueView
from astro_core.workflows.evaluate import ALL
from astro_core.workflows.evaluation_views import Judged, judged, judged_trainings, judged_votes
from astro_core.workspace import Workspace

WRONG, UNCERTAIN, EVERY, FOUND = "wrong", "uncertain", "all", "found"
MOST = 300  # of the least certain, and of the largest errors
_PARTS = ("test", "validation", ALL)  # the first with a galaxy is taken


def judged_lists(
    workspace: Workspace, dataset: Dataset, run_id: str, head: Head
) -> tuple[str, dict[str, NDArray[Any]]]:
    """Galaxies by what a training said of them.

    Returns
    -------
    part : str
        "test" where that has galaxies; "" for a model that did not learn from this dataset.
    lists : dict of str to array of str
        `WRONG`, the most confident mistake or the largest error first; for classes `UNCERTAIN`,
        the least certain first.
    """
    if run_id not in [run.run_id for run in judged_trainings(workspace, dataset)]:
        return "", {}
    for part in _PARTS:
        lists = _of_part(workspace, run_id, part, head)
        if lists:
            return part, lists
    return "", {}


def _of_part(workspace: Workspace, run_id: str, part: str, head: Head) -> dict[str, NDArray[Any]]:
    try:
        if head.kind == "votes":
            return _errors(workspace, run_id, part, head)
        found = judged(workspace, run_id, part, head.name)
    except TuningForkError:
        return {}  # nothing to judge by in this part
    return _mistakes(found) if found is not None and found.n else {}


def _mistakes(found: Judged) -> dict[str, NDArray[Any]]:
    top = found.probabilities.max(axis=1)
    wrong = np.flatnonzero(found.probabilities.argmax(axis=1) != found.truth)
    ordered = wrong[np.argsort(-top[wrong], kind="stable")]
    return {
        WRONG: found.object_ids[ordered],
        UNCERTAIN: found.object_ids[np.argsort(top, kind="stable")[:MOST]],
    }


def _errors(workspace: Workspace, run_id: str, part: str, head: Head) -> dict[str, NDArray[Any]]:
    found = judged_votes(workspace, run_id, part, head.name)
    errors = np.nanmean((found.predicted - found.truth) ** 2, axis=1)
    return {WRONG: found.object_ids[np.argsort(-errors, kind="stable")[:MOST]]}


def ids_with(view: CatalogueView, text: str) -> NDArray[np.int64]:
    """Rows of the objects whose id holds a text, the one that is called so first.

    Upper and lower case are the same.
    """
    import pyarrow.compute as pc

    wanted = text.strip()
    if not wanted:
        return np.zeros(0, dtype=np.int64)
    hits = pc.match_substring(view.arrow("object_id"), wanted, ignore_case=True)
    rows = np.flatnonzero(hits.to_numpy(zero_copy_only=False)).astype(np.int64)
    exact = view.rows_of([wanted])
    if exact[0] >= 0:
        rows = np.concatenate([exact, rows[rows != exact[0]]])
    return rows
