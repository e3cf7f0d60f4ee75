"""What Evaluate shows, held in the address: whose answers, which of them, and what judges them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import streamlit as st

from astro_core import runs
from astro_core.domain import Dataset, Head, Run
from astro_core.errors import BadInputError, TuningForkError
from astro_core.params import digest
from astro_core.ui.address import parameter
from astro_core.ui.class_look import ClassLook
from astro_core.workflows.answer_files import ALL, FOLDS, JUDGE, UNSEEN, heads_of, judged_runs
from astro_core.workspace import Workspace

PARTS = {"test": "Test", "validation": "Validation", ALL: "All"}
PARTS_FOLDS = {"test": "Held-out folds"}
PARTS_ELSEWHERE = {"test": "Test", UNSEEN: "All unseen", ALL: "All"}
RUN, HEAD, PART = "run", "head", "part"


@dataclass(frozen=True, kw_only=True)
class Shown(ClassLook):
    """One visit of the page.

    Attributes
    ----------
    trainings : tuple of Run
        Finished ones of this dataset, and models that were judged by it, the newest first.
    run_id : str
        The one that is looked at; empty without any.
    part : str
        What it is judged by, one of `parts`.
    head : str
        Which answers of a model that gives several; empty where it left no model.
    heads : tuple of Head
    waiting : Run or None
        A judgement that was asked for and has not ended well yet.
    problems : tuple of str
        What in the address could not be used.
    key : str
        Begins the keys of widgets; it changes with the dataset, the training and the head.
    """

    workspace: Workspace
    dataset: Dataset
    trainings: tuple[Run, ...]
    run_id: str
    part: str
    head: str
    heads: tuple[Head, ...]
    waiting: Run | None
    problems: tuple[str, ...]
    key: str

    @cached_property
    def run(self) -> Run:
        """The training, or the judgement."""
        return next(run for run in self.trainings if run.run_id == self.run_id)

    @property
    def elsewhere(self) -> bool:
        """Whether the model was trained on another dataset."""
        return self.run.kind == JUDGE

    @property
    def parts(self) -> dict[str, str]:
        """What it can be judged by."""
        return _parts(self.run)

    @property
    def model(self) -> str:
        """What commands call the model: its name, or the run that trained it."""
        return str(self.run.params["model"]) if self.elsewhere else self.run_id

    @property
    def origin(self) -> dict[str, Any]:
        """Where selections made here come from."""
        return {"kind": "evaluate page", "run": self.run_id, "part": self.part}


def read(workspace: Workspace, dataset: Dataset) -> Shown:
    """Read the address; without a training in it, the newest."""
    problems: list[str] = []
    trainings = judged_runs(workspace, dataset)
    waiting = _waiting(workspace, dataset)
    run_id = _run(trainings, problems, asked=waiting is None)
    heads = _heads(workspace, run_id) if run_id else ()
    names = [head.name for head in heads]
    head = parameter(HEAD, names, names[0] if names else "")
    parts = next((_parts(run) for run in trainings if run.run_id == run_id), PARTS)
    token = digest([str(dataset.folder), dataset.fingerprint, run_id, head], length=6)
    return Shown(
        workspace=workspace,
        dataset=dataset,
        trainings=trainings,
        run_id=run_id,
        part=parameter(PART, parts, "test"),
        head=head,
        heads=heads,
        waiting=waiting,
        problems=tuple(problems),
        key=f"evaluate:{token}",
    )


def _heads(workspace: Workspace, run_id: str) -> tuple[Head, ...]:
    try:
        return heads_of(workspace, run_id)
    except BadInputError:  # its description is broken, which is said in the place of its answers
        return ()


def _parts(run: Run) -> dict[str, str]:
    return {JUDGE: PARTS_ELSEWHERE, FOLDS: PARTS_FOLDS}.get(run.kind, PARTS)


def _waiting(workspace: Workspace, dataset: Dataset) -> Run | None:
    """The judgement that the address asks for, while it is not done."""
    try:
        run = runs.get_run(workspace, st.query_params.get(RUN, ""))
    except TuningForkError:
        return None
    mine = run.kind == JUDGE and run.params.get("dataset") == dataset.name
    return run if mine and run.state != "done" else None


def _run(trainings: Sequence[Run], problems: list[str], *, asked: bool) -> str:
    ids = [run.run_id for run in trainings]
    wanted = st.query_params.get(RUN, "") if asked else ""
    if wanted in ids:
        return wanted
    if wanted:
        problems.append("The address names no finished training of this dataset; see the newest.")
    return ids[0] if ids else ""


def look_at(run_id: str) -> None:
    """Judge another training."""
    for name in ("label", "answer", "of", HEAD):
        st.query_params.pop(name, None)
    st.query_params[RUN] = run_id
