"""Long work on a page: a bar with count, rate, time left and Cancel, kept up to date."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

import streamlit as st

from astro_core import runs
from astro_core.domain import Run
from astro_core.errors import NotFoundError, TuningForkError
from astro_core.ui import frame
from astro_core.ui.words import disk, duration, plain, rate
from astro_core.workspace import Workspace

EVERY_S = 0.5
LONG_S = 20  # from here on it is worth saying that the page may be closed
_WATCHED = "run_status:watched"
_FOLLOWED = "run_status:followed"  # runs that others had done, and that were watched for it
_ASKED = "run_status:cancel:"  # and the run that was asked to stop here
SETTLED_S = 2.0  # a rate is not worth telling before


def follow(workspace: Workspace, run_id: str) -> Run | None:
    """Show a run and keep showing it until it has ended; then the page runs again.

    Parameters
    ----------
    run_id : str
        As `runs.submit` returned it.

    Returns
    -------
    Run or None
        What is known of it as the page is drawn; None if there is no such run any more.
    """
    run = _read(workspace, run_id)
    if run is None:
        st.caption("This run is not there any more.")
        return None
    every = None if run.finished else EVERY_S
    st.fragment(_show, run_every=every)(workspace, run_id, finished_before=run.finished)
    return run


def follow_all(workspace: Workspace, all_runs: Sequence[Run]) -> None:
    """Show every run that is going on, and how those ended that were seen going on here."""
    watched: list[str] = st.session_state.setdefault(_WATCHED, [])
    for run in reversed(all_runs):
        if not run.finished:
            if run.run_id not in watched:
                watched.append(run.run_id)
            follow(workspace, run.run_id)
        elif run.run_id in watched:
            _watch_what_follows(run, watched)
            said, button = st.columns([12, 1], vertical_alignment="center")
            with said:
                outcome(run)
            if button.button("", icon=":material/close:", key=f"seen:{run.run_id}", help="Seen"):
                watched.remove(run.run_id)
                st.rerun()


def _watch_what_follows(run: Run, watched: list[str]) -> None:
    """Watch once the run that a finished one had done; it may have ended in the meantime."""
    known: list[str] = st.session_state.setdefault(_FOLLOWED, [])
    follows = run.result.get("then")
    if follows and follows not in known:
        known.append(follows)
        watched.append(follows)


def _read(workspace: Workspace, run_id: str) -> Run | None:
    try:
        return runs.get_run(workspace, run_id)
    except NotFoundError:
        return None


def _show(workspace: Workspace, run_id: str, *, finished_before: bool) -> None:
    run = _read(workspace, run_id)
    if run is None or (run.finished and not finished_before):
        st.rerun()
    assert run is not None
    if run.finished:
        outcome(run)
    else:
        going(workspace, run)


def going(workspace: Workspace, run: Run, *, said: str = "", left: float | None = None) -> None:
    """Show a run that has not ended: how far it is, and Cancel; a lost engine is started again.

    Parameters
    ----------
    said : str
        How far it is, where the caller knows better than count, rate and time.
    left : float, optional
        Seconds left, likewise.
    """
    runs.look_after(workspace, [run])
    seconds = elapsed_s(run)
    with st.container(border=True, key=f"run-{run.run_id}"):
        title, button = st.columns([5, 1], vertical_alignment="center")
        title.markdown(f"**{plain(run.title)}**")
        asked = _ASKED + run.run_id
        stopping = bool(st.session_state.get(asked))
        label = "Stopping" if stopping else "Cancel"
        if button.button(label, key=f"cancel:{run.run_id}", width="stretch", disabled=stopping):
            runs.cancel(workspace, run.run_id)
            st.session_state[asked] = True
            st.rerun(scope="fragment")
        share = min(run.done / run.total, 1.0) if run.total else 0.0
        st.progress(share, text=plain(said or progress_text(run, seconds)))
        if run.state == "queued":
            _in_line(workspace, run)
        if seconds > LONG_S or (left or left_s(run, seconds) or 0) > LONG_S:
            st.caption("You may close this page; the work goes on, and Home shows how far it is.")


def resume(workspace: Workspace, run_id: str) -> None:
    """Take up a run where it stood, as `runs.resume` does; it can be cancelled again."""
    runs.resume(workspace, run_id)
    st.session_state.pop(_ASKED + run_id, None)


def stopped(workspace: Workspace, run: Run, kept: str, *, key: str) -> None:
    """Say how a run ended before it was done and what of it is kept, and let it be taken up."""
    outcome(run)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Resume", key=key, icon=":material/play_arrow:"):
            try:
                resume(workspace, run.run_id)
            except TuningForkError as error:
                frame.problem(error)
            else:
                st.rerun()
        st.caption(f"{kept}; resuming goes on after them.")


def outcome(run: Run) -> None:
    """Say how a run ended: done, cancelled, or failed and why."""
    title = plain(run.title)
    if run.state == "done":
        said = f": {plain(run.message)}" if run.message else ""
        st.success(
            f"{title} is done after {duration(elapsed_s(run))}{said}", icon=":material/check:"
        )
    elif run.state == "cancelled":
        st.info(f"{title} was cancelled. Nothing was changed.", icon=":material/block:")
    else:
        st.error(f"{title} failed. {plain(run.error)}", icon=":material/error:")


def elapsed_s(run: Run) -> float:
    """Seconds that the run has worked, in all its starts; 0 before the first."""
    if not run.started_at:
        return run.spent_s
    end = datetime.fromisoformat(run.ended_at) if run.ended_at else datetime.now(UTC)
    now = max((end - datetime.fromisoformat(run.started_at)).total_seconds(), 0.0)
    return run.spent_s + now


def left_s(run: Run, seconds: float) -> float | None:
    """Seconds left if it goes on as fast as so far; None while that cannot be told."""
    if not run.total or not run.done or seconds < SETTLED_S:
        return None
    return seconds * max(run.total - run.done, 0) / run.done


def progress_text(run: Run, seconds: float) -> str:
    """What it does, how much of it is done, how fast, and how long it will take."""
    if run.state == "queued":
        return run.message or "Waiting for its turn"
    parts = [run.message] if run.message else []
    if run.total:
        parts.append(f"{run.done:,} of {run.total:,}")
    left = left_s(run, seconds)
    if left is not None:
        parts += [f"{rate(run.done / seconds)} per second", f"about {duration(left)} left"]
    elif not run.total:
        parts.append(f"{duration(seconds)} so far")
    return " · ".join([*parts, *memory_words(run)])


def memory_words(run: Run) -> list[str]:
    """Memory of the process that does it, in a list; an empty one where that is not known."""
    return [f"{disk(run.memory_bytes)} of memory"] if run.memory_bytes else []


def _in_line(workspace: Workspace, run: Run) -> None:
    """Say how many go before a run that waits, and let it go first."""
    place = runs.places(workspace, runs.list_runs(workspace)).get(run.run_id, 1)
    if place < 2:
        return
    said, button = st.columns([5, 1], vertical_alignment="center")
    before = "1 other goes" if place == 2 else f"{place - 1} others go"
    said.caption(f"{before} before it.")
    if button.button("Go first", key=f"front:{run.run_id}", width="stretch"):
        with suppress(TuningForkError):  # it has begun in this very moment
            runs.move_to_front(workspace, run.run_id)
        st.rerun(scope="fragment")
