"""Runs that wait for a worker: who is next, and that somebody is there to begin them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from astro_core.domain import Run
from astro_core.errors import BadInputError, ConflictError, NotFoundError
from astro_core.runs.folder import RunFolder
from astro_core.runs.locate import ensure_engine
from astro_core.runs.recover import read_run
from astro_core.workspace import Workspace

PATIENCE_S = 5.0  # a run that waits longer may have lost its engine, or an engine is long to start
_ensured_at: dict[Path, float] = {}


def look_after(workspace: Workspace, every: Sequence[Run]) -> None:
    """See to it that runs which wait have an engine; those that were cut off go on by that.

    Pages call it as often as they like.
    """
    now = time.monotonic()
    waits = any(run.state == "queued" and _age_s(run) > PATIENCE_S for run in every)
    if waits and now - _ensured_at.get(workspace.root, -PATIENCE_S) >= PATIENCE_S:
        _ensured_at[workspace.root] = now
        ensure_engine(workspace)


def _age_s(run: Run) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(run.created_at)).total_seconds()


def places(workspace: Workspace, every: Sequence[Run]) -> dict[str, int]:
    """Tell the place in line of each run that waits, 1 for the next one.

    Runs that hold a worker throughout, such as trainings, stand in a line of their own. Quick
    runs do not wait in line.

    Parameters
    ----------
    every : sequence of Run
        All runs, or those of interest.
    """
    waiting = []
    for run in every:
        if run.state == "queued":
            try:
                store = RunFolder(workspace, run.run_id)
                manifest = store.manifest()
            except NotFoundError:  # deleted while we looked
                continue
            if not manifest["quick"]:
                waiting.append((store.order(), bool(manifest["holds_worker"])))
    found: dict[str, int] = {}
    behind: Counter[bool] = Counter()
    for (_, run_id), holds in sorted(waiting):
        behind[holds] += 1
        found[run_id] = behind[holds]
    return found


def to_be_done_first(store: RunFolder) -> Run | None:
    """Return a run that has to be done before this one begins; None where nothing is in its way.

    Raises
    ------
    NotFoundError
        If this run is not there any more.
    BadInputError
        If one that it waited for did not end well, or was deleted.
    """
    for run_id in store.manifest().get("after", ()):
        try:
            before = RunFolder(store.workspace, run_id).read()
        except NotFoundError:
            raise BadInputError(f"The run '{run_id}', for which this one waited, is gone") from None
        if not before.finished:
            return before
        if before.state != "done":
            raise BadInputError(
                f"'{before.title}', for which this one waited, did not end well", given=before.state
            )
    return None


def move_to_front(workspace: Workspace, run_id: str) -> None:
    """Have a run that waits begin before all others of its line.

    Raises
    ------
    NotFoundError
        If there is no such run.
    ConflictError
        If it does not wait.
    """
    store = RunFolder(workspace, run_id)
    run = read_run(store)
    if run.state != "queued":
        raise ConflictError(f"Run '{run_id}' does not wait in line", given=run.state)
    store.move_to_front()
