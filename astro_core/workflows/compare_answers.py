"""Two or more trainings side by side on exactly the same galaxies, paired."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from astro_core.errors import BadInputError
from astro_core.evaluation.comparison import (
    PairedTest,
    bootstrap_rmse,
    bootstrap_scores,
    holm,
    mcnemar,
)
from astro_core.evaluation.report import report_answers
from astro_core.workflows.answer_files import UNSEEN, heads_of, judged_run, predictions
from astro_core.workflows.training_answers import class_names
from astro_core.workspace import Workspace

CLASS_SCORES = ("balanced_accuracy", "accuracy", "macro_f1")
VOTE_SCORES = ("rmse",)
_TRUE = "true_"


@dataclass(frozen=True, kw_only=True, eq=False)
class SameGalaxies:
    """Trainings compared with one of them, on the galaxies that all of them were judged by.

    Attributes
    ----------
    n : int
        Galaxies.
    left_out : int
        Galaxies that only some were judged by, or whose label changed between trainings.
    against : str
        Run that the others are compared with.
    scores : DataFrame
        A row for each run (index), a column for each score.
    differences : dict of str to (dict of str to PairedTest)
        By score and run: the run minus `against`, by the paired bootstrap; p as it is.
    discordant : DataFrame
        A row for each other run: only_this, only_against (galaxies that only one got right), p of
        the exact McNemar test and p_holm, raised for the number of comparisons. Empty for votes.
    """

    n: int
    left_out: int
    against: str
    scores: pd.DataFrame
    differences: dict[str, dict[str, PairedTest]]
    discordant: pd.DataFrame

    def p_holm(self, score: str) -> dict[str, float]:
        """The bootstrap's p of each other run, raised for the number of comparisons."""
        tests = self.differences[score]
        return dict(zip(tests, holm([one.p for one in tests.values()]), strict=True))


def compare_answers(
    workspace: Workspace, run_ids: Sequence[str], *, against: str, part: str = "test"
) -> SameGalaxies:
    """Compare finished trainings, or runs of folds, with one of them.

    Of a run of folds the answers are those of the model that had not seen the galaxy. Galaxies
    count only where every run holds them in the same part: nobody learned from them.

    Parameters
    ----------
    run_ids : sequence of str
        Two or more.
    against : str
        One of them.
    part : "test" or "validation"

    Raises
    ------
    NotFoundError
        If there is no such run.
    BadInputError
        If there are fewer than two, some left no answers or answered a galaxy twice, some
        learned classes and others votes, or they were judged by no galaxy in common.
    """
    ids = list(dict.fromkeys(run_ids))
    if len(ids) < 2 or against not in ids:
        raise BadInputError("A comparison needs two trainings or more", todo="Choose another one")
    tables = {one: _judged_by(workspace, one, part) for one in ids}
    common = functools.reduce(lambda a, b: a.intersection(b), (t.index for t in tables.values()))
    every = functools.reduce(lambda a, b: a.union(b), (t.index for t in tables.values()))
    common = common.sort_values()
    tables = {one: table.loc[common] for one, table in tables.items()}
    classes = {one: _classes(workspace, one, table) for one, table in tables.items()}
    if all(classes.values()):
        return _by_class(tables, classes, against, len(every))
    if all(_voted(table) for table in tables.values()):
        return _by_votes(tables, against, len(every))
    raise BadInputError(
        "Some of these trainings learned classes and others vote fractions",
        todo="Compare trainings that learned the same",
    )


def _judged_by(workspace: Workspace, run_id: str, part: str) -> pd.DataFrame:
    judged_run(workspace, run_id)
    table = predictions(workspace, run_id, UNSEEN if part == "test" else part)
    if not table["object_id"].is_unique:
        raise BadInputError(f"Run '{run_id}' answered some galaxy twice", todo="Train it again")
    return table.set_index("object_id")


def _classes(workspace: Workspace, run_id: str, table: pd.DataFrame) -> tuple[str, ...]:
    """Classes of the first head that has some; a model judged elsewhere left answers of all."""
    heads = heads_of(workspace, run_id)
    first = next((head.outputs for head in heads if head.kind != "votes"), ())
    return first if heads else class_names(table)


def _voted(table: pd.DataFrame) -> list[str]:
    """Answers whose predicted fraction is there beside what people voted."""
    names = (n.removeprefix(_TRUE) for n in table.columns if n.startswith(_TRUE))
    return [name for name in names if name in table]


def _by_class(
    tables: dict[str, pd.DataFrame], told: dict[str, tuple[str, ...]], against: str, n_every: int
) -> SameGalaxies:
    reference = tables[against]
    classes = tuple(dict.fromkeys(name for names in told.values() for name in names))
    index = pd.Index(classes)
    labels = reference["label"]
    same = [(table["label"] == labels).to_numpy() for table in tables.values()]
    agreed = np.all([labels.isin(classes).to_numpy(), *same], axis=0)
    truth = index.get_indexer(labels[agreed])
    _some(len(truth))
    given = {one: _answers(table[agreed], told[one], index) for one, table in tables.items()}
    reports = {one: report_answers(a, truth, classes) for one, a in given.items()}
    others = [one for one in tables if one != against]
    found = {
        one: bootstrap_scores(truth, given[one], given[against], len(classes)) for one in others
    }
    return SameGalaxies(
        n=len(truth),
        left_out=n_every - len(truth),
        against=against,
        scores=pd.DataFrame(
            {name: {one: getattr(r, name) for one, r in reports.items()} for name in CLASS_SCORES}
        ).loc[list(tables)],
        differences={name: {one: found[one][name] for one in others} for name in CLASS_SCORES},
        discordant=_discordant(truth, given, against),
    )


def _answers(table: pd.DataFrame, names: tuple[str, ...], index: pd.Index) -> np.ndarray:
    best = table[[f"p_{name}" for name in names]].to_numpy().argmax(axis=1)
    found: np.ndarray = index.get_indexer(np.array(names, dtype=object)[best])
    return found


def _discordant(truth: np.ndarray, given: dict[str, np.ndarray], against: str) -> pd.DataFrame:
    right = given[against] == truth
    tests = {o: mcnemar(a == truth, right) for o, a in given.items() if o != against}
    table = pd.DataFrame(
        {
            "only_this": {one: test.only_first for one, test in tests.items()},
            "only_against": {one: test.only_second for one, test in tests.items()},
            "p": {one: test.p for one, test in tests.items()},
        }
    )
    table["p_holm"] = holm(table["p"].tolist())
    return table


def _by_votes(tables: dict[str, pd.DataFrame], against: str, n_every: int) -> SameGalaxies:
    votes = [_voted(table) for table in tables.values()]
    shared = [name for name in votes[0] if all(name in its for its in votes)]
    columns = [f"{_TRUE}{name}" for name in shared]
    voted = tables[against][columns].to_numpy(dtype=float)
    known = np.isfinite(voted).any(axis=1)
    _some(int(known.sum()) if shared else 0)
    truth = voted[known]
    values = {one: table.loc[known, shared].to_numpy(dtype=float) for one, table in tables.items()}
    others = [one for one in tables if one != against]
    rmse = {one: float(np.sqrt(np.nanmean((v - truth) ** 2))) for one, v in values.items()}
    tests = {one: bootstrap_rmse(values[one], values[against], truth) for one in others}
    return SameGalaxies(
        n=len(truth),
        left_out=n_every - len(truth),
        against=against,
        scores=pd.DataFrame({"rmse": rmse}).loc[list(tables)],
        differences={"rmse": tests},
        discordant=pd.DataFrame(),
    )


def _some(n: int) -> None:
    if not n:
        raise BadInputError(
            "These trainings were judged by no galaxy in common",
            todo="Choose trainings with the same split, or runs of folds on the same folds",
        )
