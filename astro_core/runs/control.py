"""Submit runs, follow them, end them; for pages and the command line."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from astro_core.domain import Progress, Run, no_progress
from astro_core.errors import BadInputError, ConflictError, NotFoundError
from astro_core.runs.context import map_here
from astro_core.runs.folder import RunFolder, run_ids
from astro_core.runs.kinds import RUN_KINDS, find_kind
from astro_core.runs.locate import ensure_engine
from astro_core.runs.perform import perform
from astro_core.runs.processes import lives, this_process
from astro_core.runs.recover import read_run
from astro_core.runs.remote import remote
from astro_core.workspace import Workspace, publish

POLL_S = 0.1
ENSURE_EVERY_S = 5.0


def submit(
    workspace: Workspace,
    kind: str,
    params: Mapping[str, Any],
    *,
    title: str,
    after: Sequence[str] = (),
) -> str:
    """Have the engine do a run, starting the engine if there is none; does not wait.

    Parameters
    ----------
    kind : str
        Name in the registry of run kinds.
    params : Mapping
        Plain JSON values; paths absolute, as the engine works elsewhere.
    title : str
        What a list of runs shows.
    after : sequence of str
        Runs that have to be done before it begins; it fails if one of them does not end well.

    Returns
    -------
    str
        The run's id.

    Raises
    ------
    BadInputError
        If the settings name a scheduler that cannot be spoken to.
    """
    remote()  # refuses settings that cannot be
    known = RUN_KINDS.get(kind) if kind in RUN_KINDS else None
    store = RunFolder.create(
        workspace,
        kind=kind,
        params=params,
        title=title,
        quick=known is not None and known.quick,
        holds_worker=known is not None and known.holds_worker,
        resumes=known is not None and known.resumes,
        after=after,
    )
    ensure_engine(workspace)
    return store.run_id


def execute(
    workspace: Workspace,
    kind: str,
    params: Mapping[str, Any],
    *,
    title: str,
    on_progress: Progress | None = None,
) -> Run:
    """Do a run in this process, one thing after the other, and return how it ended.

    Parameters
    ----------
    on_progress : Progress, optional
        Called with every report; may raise `Cancelled`.
    """
    find_kind(kind)
    owner = this_process()
    store = RunFolder.create(workspace, kind=kind, params=params, title=title, owner=owner)
    perform(store, mapper=map_here, listener=on_progress or no_progress)
    return store.read()


def get_run(workspace: Workspace, run_id: str) -> Run:
    """Return what is known of a run.

    Raises
    ------
    NotFoundError
        If there is no such run.
    """
    return read_run(RunFolder(workspace, run_id))


def get_done(workspace: Workspace, run_id: str, kinds: Collection[str], called: str) -> Run:
    """Return a run that ended well.

    Parameters
    ----------
    kinds : collection of str
        What it may be.
    called : str
        What such a run is in words: "training".

    Raises
    ------
    NotFoundError
        If there is no such run.
    BadInputError
        If it is of another kind, or not done.
    """
    run = get_run(workspace, run_id)
    if run.kind not in kinds or run.state != "done":
        given = f"{run.kind}, {run.state}"
        raise BadInputError(f"Run '{run_id}' is no finished {called}", given=given)
    return run


def list_runs(workspace: Workspace) -> tuple[Run, ...]:
    """All runs, the newest first."""
    found = []
    for run_id in run_ids(workspace):
        try:
            found.append(get_run(workspace, run_id))
        except NotFoundError:  # deleted while we looked
            continue
    return tuple(sorted(found, key=lambda run: run.created_at, reverse=True))


def find_same(
    workspace: Workspace,
    kind: str,
    params: Mapping[str, Any],
    *,
    states: Collection[str] = ("queued", "running", "done"),
) -> Run | None:
    """Return the newest run that does exactly this, or None; failed and cancelled ones do not."""
    for run in list_runs(workspace):
        if run.kind == kind and run.params == params and run.state in states:
            return run
    return None


def submit_once(workspace: Workspace, kind: str, params: Mapping[str, Any], *, title: str) -> str:
    """Do as `submit`, unless a run does or has done exactly this; returns the id of either."""
    same = find_same(workspace, kind, params)
    return same.run_id if same is not None else submit(workspace, kind, params, title=title)


def wait(
    workspace: Workspace, run_id: str, on_progress: Callable[[Run], None] | None = None
) -> Run:
    """Wait until a run has ended, calling `on_progress` whenever something changed."""
    last = None
    ensured_at = time.monotonic()
    while True:
        run = get_run(workspace, run_id)
        if run != last and on_progress is not None:
            on_progress(run)
        if run.finished:
            return run
        last = run
        if run.state == "queued" and time.monotonic() - ensured_at > ENSURE_EVERY_S:
            ensure_engine(workspace)
            ensured_at = time.monotonic()
        time.sleep(POLL_S)


def cancel(workspace: Workspace, run_id: str) -> None:
    """Ask a run to stop; one that does not listen is ended by force after ten seconds.

    Nothing happens to a run that has ended.
    """
    store = RunFolder(workspace, run_id)
    if read_run(store).finished:
        return
    store.request_cancel()
    if not lives(store.state()["owner"]):
        ensure_engine(workspace)


def resume(workspace: Workspace, run_id: str) -> None:
    """Take up a run that failed or was cancelled where it stood, in its own folder.

    Raises
    ------
    ConflictError
        If it is going on, is done, or is of a kind that starts from the beginning.
    """
    store = RunFolder(workspace, run_id)
    run = read_run(store)
    if run.state not in ("failed", "cancelled"):
        raise ConflictError(f"Run '{run_id}' is not to be resumed", given=run.state)
    if not find_kind(run.kind).resumes:
        raise ConflictError(
            f"Run '{run_id}' keeps nothing to go on with", todo="Start it again instead"
        )
    store.ask_again()
    ensure_engine(workspace)


def delete_run(workspace: Workspace, run_id: str) -> None:
    """Delete a run that has ended, with its folder.

    Raises
    ------
    ConflictError
        If it has not ended.
    """
    store = RunFolder(workspace, run_id)
    if not read_run(store).finished:
        raise ConflictError(f"Run '{run_id}' has not ended", todo="Cancel it first")
    grave = workspace.scratch_folder("deleted")
    publish(store.path, grave / "run")
    shutil.rmtree(grave, ignore_errors=True)


def read_log(workspace: Workspace, run_id: str) -> str:
    """Return the log of a run, empty if it wrote none.

    Raises
    ------
    NotFoundError
        If there is no such run.
    """
    return RunFolder(workspace, run_id).read_log()
