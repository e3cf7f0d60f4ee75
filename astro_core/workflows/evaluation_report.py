"""One page about how far a model can be trusted, to print or to hand on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from astro_core import runs
from astro_core.classifiers.bundle_info import BundleInfo
from astro_core.datasets.store import open_dataset
from astro_core.domain import Dataset, Head, Run
from astro_core.errors import BadInputError, NotFoundError
from astro_core.workflows.answer_files import ALL as EVERY
from astro_core.workflows.answer_files import JUDGE, about, judged_run, predictions
from astro_core.workflows.judge_model import judged_words
from astro_core.workflows.training_state import TrainingState, training_state
from astro_core.workspace import Workspace, file_for

PART_WORDS = {
    "test": "the test part",
    "validation": "the validation part, which decided which epoch was best: it flatters a little",
    "calibration": "the calibration part",
    "train": "the galaxies that it was trained on: this flatters",
    "unseen": "all galaxies that it did not learn from",
    EVERY: "all galaxies, also those that it was trained on: this flatters",
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a report is about.

    Attributes
    ----------
    part : str
        What the model is judged by.
    counts : DataFrame
        Galaxies of each class (rows) and part (columns).
    training : TrainingState or None
        Of the run that trained it, if that is here.
    notes : list of str
        What has to be known before the scores are believed.
    """

    workspace: Workspace
    run: Run
    info: BundleInfo
    head: Head
    dataset: Dataset
    part: str
    counts: pd.DataFrame
    training: TrainingState | None
    notes: list[str]
    made_at: str

    @property
    def model(self) -> str:
        """Name of the model, or id of the run that trained it."""
        return str(self.run.params["model"]) if self.run.kind == JUDGE else self.run.run_id


def gather(workspace: Workspace, run_id: str, part: str, head: str = "") -> Told:
    """Read what a report needs.

    Raises
    ------
    NotFoundError
        If the run, its model, its dataset or the head is not there.
    BadInputError
        If the run left no answers.
    """
    run = judged_run(workspace, run_id)
    info = about(workspace, run_id)
    table = predictions(workspace, run_id, EVERY)
    labels = table["label"].where(table["label"].notna(), "no label").astype(str)
    return Told(
        workspace=workspace,
        run=run,
        info=info,
        head=info.head(head) if head else info.heads[0],
        dataset=open_dataset(workspace, str(run.params["dataset"])),
        part=part,
        counts=pd.crosstab(labels, table["part"]),
        training=_training(workspace, run),
        notes=judged_words(run.result, part) if run.kind == JUDGE else [],
        made_at=datetime.now(UTC).isoformat(timespec="minutes"),
    )


def _training(workspace: Workspace, run: Run) -> TrainingState | None:
    name = str(run.params["model"]) if run.kind == JUDGE else run.run_id
    try:
        return training_state(workspace, runs.get_run(workspace, name).run_id)
    except (NotFoundError, BadInputError):
        return None


def report_page(workspace: Workspace, run_id: str, part: str = "test", head: str = "") -> str:
    """Write the page as HTML with its style, figures and images inside.

    Parameters
    ----------
    part : str
        A part, "unseen" or "all".
    head : str
        Which answers of a model that gives several; empty for the first.

    Raises
    ------
    NotFoundError, BadInputError
        As `gather`; also if the part has no galaxy to judge by.
    """
    from astro_core.workflows.evaluation_report_page import page

    return page(gather(workspace, run_id, part, head))


def write_report(
    workspace: Workspace, run_id: str, out: Path, *, part: str = "test", head: str = ""
) -> None:
    """Write the page into a file, whole or not at all.

    Raises
    ------
    BadInputError
        Also if the file cannot be written.
    """
    text = report_page(workspace, run_id, part, head)
    with file_for(out) as half:
        half.write_text(text, encoding="utf-8")
