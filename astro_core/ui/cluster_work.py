"""Long work of the Cluster page: started here or elsewhere, found again, followed to its end."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from astro_core import runs
from astro_core.domain import Run
from astro_core.errors import TuningForkError
from astro_core.params import to_mapping
from astro_core.ui import cluster_state as state
from astro_core.ui import frame, run_status
from astro_core.ui.cluster_state import Shown
from astro_core.workflows.cluster import submit_clustering
from astro_core.workflows.features import FeaturePlan, submit_features
from astro_core.workspace import Workspace

THEN = "then"  # in the address: the run whose features are to be grouped when it is done
FEATURE_KINDS = ("features", "features-objects")
_SEEN = "cluster:seen"  # runs that were seen going on here, whose end is worth telling


def _newest(workspace: Workspace, fits: Callable[[Run], bool]) -> Run | None:
    return next((run for run in runs.list_runs(workspace) if fits(run)), None)


def _seen() -> list[str]:
    found: list[str] = st.session_state.setdefault(_SEEN, [])
    return found


def compute_features(shown: Shown, plan: FeaturePlan, *, then_group: bool) -> None:
    """Start computing features; the page follows them from its next run on."""
    run = submit_features(
        shown.workspace, plan.dataset.name, plan.spec.name, to_mapping(plan.params),
        sample=plan.sample, seed=plan.seed,
    )  # fmt: skip
    _seen().append(run.run_id)
    if then_group:
        st.query_params[THEN] = run.run_id


def features_run(shown: Shown) -> Run | None:
    """The newest run of features for this dataset that goes on, or whose end is awaited here."""
    awaited = (*_seen(), st.query_params.get(THEN))

    def fits(run: Run) -> bool:
        mine = run.kind in FEATURE_KINDS and run.params.get("dataset") == shown.dataset.name
        return mine and (not run.finished or run.run_id in awaited)

    return _newest(shown.workspace, fits)


def follow_features(shown: Shown) -> bool:
    """Show features that are being computed, and go on to grouping where that was asked for.

    Returns
    -------
    bool
        Whether they are being computed still.
    """
    run = features_run(shown)
    if run is None:
        return False
    if not run.finished:
        if run.run_id not in _seen():
            _seen().append(run.run_id)
        run_status.follow(shown.workspace, run.run_id)
        return True
    if run.run_id in _seen():
        _seen().remove(run.run_id)
    if run.state == "done" and run.result.get("key"):
        _take(shown, run)
    st.query_params.pop(THEN, None)
    run_status.outcome(run)
    return False


def _take(shown: Shown, run: Run) -> None:
    """Use features that were just computed; group them where that was asked for."""
    key = str(run.result["key"])
    asked = st.query_params.pop(THEN, None)
    state.use_features(key)
    if asked == run.run_id:
        with frame.in_words():
            submit_clustering(shown.workspace, key, shown.method, shown.params)
    st.toast("The features are there.", icon=":material/check:")
    st.rerun()


def group_now(shown: Shown) -> None:
    """Start grouping what the page asks for."""
    try:
        run = submit_clustering(
            shown.workspace, shown.features_key, shown.method, dict(shown.params)
        )
    except TuningForkError as error:
        st.session_state[f"{shown.key}:refused"] = str(error)
        return
    st.session_state.pop(f"{shown.key}:refused", None)
    _seen().append(run.run_id)


def grouping_run(shown: Shown) -> Run | None:
    """The newest run that groups exactly what the page asks for."""

    def fits(run: Run) -> bool:
        return (
            run.kind == "cluster"
            and run.params.get("features") == shown.features_key
            and run.params.get("method") == shown.method
            and dict(run.params.get("params", {})) == dict(shown.params)
        )

    return _newest(shown.workspace, fits)


def follow_grouping(shown: Shown, *, telling: bool) -> None:
    """Where there are no groups yet for what is asked: what is going on, or what to do.

    Parameters
    ----------
    telling : bool
        Whether to say so when nothing is going on.
    """
    if refused := st.session_state.pop(f"{shown.key}:refused", ""):
        frame.problem(refused)
    run = grouping_run(shown)
    if run is not None and run.state in ("queued", "running", "failed"):
        run_status.follow(shown.workspace, run.run_id)
    elif telling:
        st.info("These settings have not been tried yet: **Group** makes the groups.")
