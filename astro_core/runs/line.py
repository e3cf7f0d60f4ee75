"""Who is next: runs that wait for a worker, in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from astro_core.domain import Run
from astro_core.errors import ConflictError, NotFoundError
from astro_core.runs.folder import RunFolder
from astro_core.runs.recover import read_run
from astro_core.workspace import Workspace


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
