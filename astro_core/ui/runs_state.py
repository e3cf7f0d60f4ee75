"""What Runs shows, held in the address: which runs, and the one that is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from astro_core import runs
from astro_core.domain import Run
from astro_core.errors import NotFoundError
from astro_core.runs.kinds import RUN_KINDS, find_kind
from astro_core.workspace import Workspace

ALL = "all"
GOING = "going"
STATES = {
    ALL: "All",
    GOING: "Going on",
    "done": "Done",
    "failed": "Failed",
    "cancelled": "Cancelled",
}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One visit of the page.

    Attributes
    ----------
    every : tuple of Run
        All there are, the newest first.
    listed : tuple of Run
        Those of the kind and state that the address asks for.
    picked : Run or None
        The one that is looked at.
    """

    workspace: Workspace
    every: tuple[Run, ...]
    listed: tuple[Run, ...]
    kind: str
    state: str
    picked: Run | None


def read(workspace: Workspace) -> Shown:
    """Read the address and the runs."""
    every = runs.list_runs(workspace)
    runs.look_after(workspace, every)
    kinds = {run.kind for run in every}
    kind = st.query_params.get("kind", ALL)
    kind = kind if kind in kinds else ALL
    state = st.query_params.get("state", ALL)
    state = state if state in STATES else ALL
    asked = st.query_params.get("run", "")
    return Shown(
        workspace=workspace,
        every=every,
        listed=tuple(r for r in every if kind in (ALL, r.kind) and fits(r, state)),
        kind=kind,
        state=state,
        picked=next((run for run in every if run.run_id == asked), None),
    )


def fits(run: Run, state: str) -> bool:
    """Whether a run is in one of the states of the filter."""
    return state == ALL or (not run.finished if state == GOING else run.state == state)


def kind_label(kind: str) -> str:
    """What a kind of run does, for a person; a kind that is gone keeps its name."""
    try:
        return find_kind(kind).label
    except NotFoundError:
        return kind


def resumes(run: Run) -> bool:
    """Whether a run stopped and kept what it had reached."""
    stopped = run.state in ("failed", "cancelled")
    return stopped and run.kind in RUN_KINDS and RUN_KINDS.get(run.kind).resumes


def going(every: Sequence[Run]) -> bool:
    """Whether any run has not ended."""
    return any(not run.finished for run in every)
