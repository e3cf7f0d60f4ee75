"""What Evaluate shows, held in the address: a finished training, and a part to judge it by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from astro_core.domain import Dataset, Run
from astro_core.params import digest
from astro_core.ui.address import parameter
from astro_core.ui.class_look import ClassLook
from astro_core.workflows.answer_files import ALL
from astro_core.workflows.evaluation_views import judged_trainings
from astro_core.workspace import Workspace

PARTS = {"test": "Test", "validation": "Validation", ALL: "All"}


@dataclass(frozen=True, kw_only=True)
class Shown(ClassLook):
    """One visit of the page.

    Attributes
    ----------
    trainings : tuple of Run
        Finished ones of this dataset, the newest first.
    run_id : str
        The one that is judged; empty without any.
    part : str
        One of `PARTS`.
    problems : tuple of str
        What in the address could not be used.
    key : str
        Begins the keys of widgets; it changes with the dataset and the training.
    """

    workspace: Workspace
    dataset: Dataset
    trainings: tuple[Run, ...]
    run_id: str
    part: str
    problems: tuple[str, ...]
    key: str

    @property
    def origin(self) -> dict[str, Any]:
        """Where selections made here come from."""
        return {"kind": "evaluate page", "run": self.run_id, "part": self.part}


def read(workspace: Workspace, dataset: Dataset) -> Shown:
    """Read the address; without a training in it, the newest."""
    problems: list[str] = []
    trainings = judged_trainings(workspace, dataset)
    run_id = _run(trainings, problems)
    token = digest([str(dataset.folder), dataset.fingerprint, run_id], length=6)
    return Shown(
        workspace=workspace,
        dataset=dataset,
        trainings=trainings,
        run_id=run_id,
        part=parameter("part", PARTS, "test"),
        problems=tuple(problems),
        key=f"evaluate:{token}",
    )


def _run(trainings: Sequence[Run], problems: list[str]) -> str:
    ids = [run.run_id for run in trainings]
    asked = st.query_params.get("run", "")
    if asked in ids:
        return asked
    if asked:
        problems.append("The address names no finished training of this dataset; see the newest.")
    return ids[0] if ids else ""


def look_at(run_id: str) -> None:
    """Judge another training."""
    for name in ("label", "answer", "of"):
        st.query_params.pop(name, None)
    st.query_params["run"] = run_id
