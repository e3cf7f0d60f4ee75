"""How good models became with the labels that people gave: one score, on the same test galaxies.

Scores that the trainings wrote when they ended are no good for this: where people's labels are the
truth, each was judged by what was said until then. Here all are judged again, by one truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from astro_core.classifiers.registry import RECIPES
from astro_core.classifiers.settings import CATALOGUE, TrainingParams
from astro_core.datasets.catalogue import read_catalogue
from astro_core.domain import Dataset, Run
from astro_core.errors import TuningForkError
from astro_core.evaluation.intervals import score_intervals
from astro_core.evaluation.report import report_answers
from astro_core.params import digest
from astro_core.workflows.label_training import teach
from astro_core.workflows.learning_curve import training_values
from astro_core.workflows.training_answers import PREDICTIONS, class_names
from astro_core.workflows.training_compare import changed_words
from astro_core.workflows.training_state import trainings_of
from astro_core.workspace import Workspace

PART = "test"
PEOPLE = "people"
_APART = ("labels", "seed")  # runs that differ in nothing else are of one chart
COLUMNS = (
    "run_id", "created_at", "votes", "votes_on_test", "n_galaxies", "seed",
    "score", "low", "high",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Spending:
    """Trainings of one recipe on more and more labels of people, judged alike.

    Attributes
    ----------
    labels : str
        How people's labels were combined.
    truth : "catalogue" or "people"
        Whose classes of the test galaxies they are judged by.
    n : int
        Test galaxies that all of them answered and that have a class.
    points : DataFrame
        One row per training, by votes: run_id, created_at, votes (outside the test split),
        votes_on_test, n_galaxies (labelled ones that were learned from), seed, score (balanced
        accuracy), low and high (95 per cent, bootstrap over the test galaxies).
    by_catalogue : float or None
        Score of the newest training that was taught by the catalogue and differs in nothing
        else, on the same galaxies.
    """

    recipe: str
    changed: str
    labels: str
    truth: str
    n: int
    points: pd.DataFrame
    by_catalogue: float | None


def spending(workspace: Workspace, dataset: Dataset) -> tuple[Spending, ...]:
    """Judge all trainings on people's labels again; recipes trained last come first."""
    groups: dict[tuple[str, str, str], list[Run]] = {}
    plain: dict[str, Run] = {}
    for run in trainings_of(workspace, dataset):
        if run.state != "done" or run.params.get("recipe") not in RECIPES:
            continue
        values = training_values(run.params["recipe"], run.params["settings"])
        same = digest({k: v for k, v in values.items() if k not in (*_APART, "taxonomy")})
        if "labels" in run.result:
            key = (same, str(values["labels"]), str(values["taxonomy"]))
            groups.setdefault(key, []).append(run)
        elif values["labels"] == CATALOGUE:
            plain.setdefault(same, run)
    found = (
        _judge(workspace, dataset, members, plain.get(same))
        for (same, _, _), members in groups.items()
    )
    return tuple(one for one in found if one is not None)


def _judge(
    workspace: Workspace, dataset: Dataset, members: Sequence[Run], plain: Run | None
) -> Spending | None:
    said = {run.run_id: _answers(workspace, run) for run in members}
    truth, whose = _truth(dataset, members[0])
    ids = truth.index
    for answers in said.values():
        ids = ids.intersection(answers.index)
    if not len(ids):
        return None
    truth = truth[ids]
    rows = [_row(run, said[run.run_id][ids], truth) for run in members]
    last = members[0]
    return Spending(
        recipe=str(last.params["recipe"]),
        changed=changed_words(_without(last)),
        labels=str(last.result["labels"]["labels"]),
        truth=whose,
        n=len(ids),
        points=pd.DataFrame(rows, columns=list(COLUMNS)).sort_values(["votes", "created_at"]),
        by_catalogue=_by_catalogue(workspace, plain, truth),
    )


def _without(run: Run) -> Run:
    """The run as if the settings in which the trainings of a chart differ were the recipe's."""
    settings = {k: v for k, v in run.params["settings"].items() if k not in (*_APART, "taxonomy")}
    return replace(run, params={**run.params, "settings": settings})


def _answers(workspace: Workspace, run: Run) -> pd.Series:
    """The most probable class of each galaxy of the test split, by object_id."""
    path = workspace.runs / run.run_id / PREDICTIONS
    if not path.is_file():
        return pd.Series(dtype=object)
    table = pd.read_parquet(path)
    table = table[table["part"] == PART]
    names = class_names(table)
    best = table[[f"p_{name}" for name in names]].to_numpy().argmax(axis=1)
    return pd.Series(np.array(names, dtype=object)[best], index=table["object_id"].to_numpy())


def _truth(dataset: Dataset, last: Run) -> tuple[pd.Series, str]:
    """Classes to judge by, by object_id: the catalogue's, or people's as they are now.

    People's where the catalogue does not know the classes that were learned.
    """
    told = last.result["labels"]
    catalogue = read_catalogue(dataset, ["object_id", "label"]).dropna(subset=["label"])
    came = catalogue.set_index("object_id")["label"].astype(object)
    own = told["taxonomy"] == dataset.taxonomy.name
    if own and len(set(came)) > 1:
        return came, CATALOGUE
    training = TrainingParams(labels=told["rule"], taxonomy=told["taxonomy"])
    try:
        taught = teach(dataset, training)
    except TuningForkError:
        return pd.Series(dtype=object), PEOPLE
    assert taught is not None
    named = taught.table.dropna(subset=["label"]).set_index("object_id")["label"]
    return named.astype(object), PEOPLE


def _row(run: Run, answers: pd.Series, truth: pd.Series) -> dict[str, Any]:
    score, confusion = _score(answers, truth)
    interval = score_intervals(confusion).balanced_accuracy
    votes = run.result["labels"]["votes_by_part"]
    return {
        "run_id": run.run_id,
        "created_at": run.created_at,
        "votes": sum(n for part, n in votes.items() if part != PART),
        "votes_on_test": votes.get(PART, 0),
        "n_galaxies": run.result["n_train"],
        "seed": training_values(run.params["recipe"], run.params["settings"])["seed"],
        "score": score,
        "low": interval.low,
        "high": interval.high,
    }


def _score(answers: pd.Series, truth: pd.Series) -> tuple[float, np.ndarray]:
    """Balanced accuracy and the confusion matrix; a class that a model never knew is missed."""
    names = pd.Index(sorted({*answers, *truth}))
    given, right = names.get_indexer(pd.Index(answers)), names.get_indexer(pd.Index(truth))
    told = report_answers(given, right, tuple(names))
    return told.balanced_accuracy, told.confusion


def _by_catalogue(workspace: Workspace, run: Run | None, truth: pd.Series) -> float | None:
    if run is None:
        return None
    answers = _answers(workspace, run)
    if not truth.index.isin(answers.index).all():
        return None
    return _score(answers[truth.index], truth)[0]
