"""How good a trained model is, from the predictions that a run left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from astro_core.domain import Head
from astro_core.evaluation.calibration import Calibration, calibration, undefined
from astro_core.evaluation.report import Report, report
from astro_core.evaluation.votes import VoteReport
from astro_core.workflows.answer_files import ALL, about, judged_run
from astro_core.workflows.evaluation_views import judged, judged_votes
from astro_core.workspace import Workspace

__all__ = ["ALL", "Evaluation", "evaluate"]


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
    """Judge a finished training, or a model by another dataset, by the galaxies of one part.

    Parameters
    ----------
    run_id : str
        Of a training, or of a judgement (`workflows.judge_model`).
    split : str
        A part, "all" of them, or "unseen": all that the model did not learn from.
    head : str, optional
        Name of the head that is judged; the first by default.

    Raises
    ------
    NotFoundError
        If there is no such run, or its model has no such head.
    BadInputError
        If it is neither, or not done, or the part has no galaxy with an answer.
    """
    judged_run(workspace, run_id)
    asked = about(workspace, run_id)
    found_head = asked.head(head) if head else asked.heads[0]
    if found_head.kind == "votes":
        votes = judged_votes(workspace, run_id, split, found_head.name).report
        return Evaluation(run_id=run_id, split=split, head=found_head, votes=votes)
    found = judged(workspace, run_id, split, found_head.name)
    assert found is not None
    given = (found.probabilities, found.truth)
    return Evaluation(
        run_id=run_id,
        split=split,
        head=found_head,
        classes=report(*given, found.classes),
        trust=calibration(*given),
        undefined=float(undefined(found.probabilities).mean()),
    )
