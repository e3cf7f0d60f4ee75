"""How good a trained model is, from the predictions that its run left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from astro_core import runs
from astro_core.classifiers.bundle_info import read_info
from astro_core.domain import Head
from astro_core.errors import BadInputError
from astro_core.evaluation.calibration import Calibration, calibration, undefined
from astro_core.evaluation.report import Report, report
from astro_core.evaluation.votes import VoteReport, vote_report
from astro_core.workflows.train import KIND
from astro_core.workspace import Workspace

ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What is known of a model on some galaxies.

    Attributes
    ----------
    split : str
        The part that was judged by; "all" holds galaxies it was trained on too.
    classes : Report or None
    trust : Calibration or None
        For classes.
    undefined : float
        Share of galaxies whose top probability is below 0.75; for classes.
    votes : VoteReport or None
        For vote fractions.
    """

    run_id: str
    split: str
    head: Head
    classes: Report | None = None
    trust: Calibration | None = None
    undefined: float = 0.0
    votes: VoteReport | None = None

    def scores(self) -> dict[str, Any]:
        """Return the figures that the command line prints."""
        if self.votes is not None:
            return {
                "n": self.votes.n,
                "rmse": self.votes.rmse,
                "rmse_of_mean": self.votes.rmse_of_mean,
            }
        assert self.classes is not None
        assert self.trust is not None
        return {
            "n": self.classes.n,
            "accuracy": self.classes.accuracy,
            "balanced_accuracy": self.classes.balanced_accuracy,
            "macro_f1": self.classes.macro_f1,
            "ece": self.trust.ece,
            "ece_by_chance": self.trust.chance,
            "undefined": self.undefined,
        }


def evaluate(
    workspace: Workspace, run_id: str, *, split: str = "test", head: str | None = None
) -> Evaluation:
    """Judge a finished training by the galaxies of one part.

    Parameters
    ----------
    split : str
        A part, or "all" of them.
    head : str, optional
        Name of the head that is judged; the first by default.

    Raises
    ------
    NotFoundError
        If there is no such run, or its model has no such head.
    BadInputError
        If it is no finished training, or the part has no galaxy with an answer.
    """
    run = runs.get_run(workspace, run_id)
    if run.kind != KIND or run.state != "done":
        raise BadInputError(
            f"Run '{run_id}' is no finished training", given=f"{run.kind}, {run.state}"
        )
    folder = workspace.runs / run_id
    info = read_info(folder / "bundle")
    table = pd.read_parquet(folder / "predictions.parquet")
    return _judge(run_id, split, info.head(head) if head else info.heads[0], table)


def _judge(run_id: str, split: str, head: Head, table: pd.DataFrame) -> Evaluation:
    chosen = np.ones(len(table), dtype=bool) if split == ALL else table["part"].eq(split)
    if head.kind == "votes":
        truth = table[[f"true_{name}" for name in head.outputs]].to_numpy(dtype=float)
        known = np.isfinite(truth).all(axis=1)
        mean = truth[known & table["part"].eq("train")].mean(axis=0)
        rows = chosen & known
        values = table.loc[rows, list(head.outputs)].to_numpy(dtype=float)
        told = vote_report(values, truth[rows], head, mean)
        return Evaluation(run_id=run_id, split=split, head=head, votes=told)
    place = pd.Index(head.outputs).get_indexer(pd.Index(table["label"], dtype=object))
    rows = chosen & (place >= 0)
    p = table.loc[rows, [f"p_{name}" for name in head.outputs]].to_numpy(dtype=float)
    return Evaluation(
        run_id=run_id,
        split=split,
        head=head,
        classes=report(p, place[rows], head.outputs),
        trust=calibration(p, place[rows]),
        undefined=float(undefined(p).mean()),
    )
