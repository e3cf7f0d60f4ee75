"""How many groups: one number of groups after another, as a run, and what each came to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from astro_core import runs
from astro_core.domain import Run
from astro_core.figures import scan as figures
from astro_core.ui import charts, cluster_pick, frame, run_status
from astro_core.ui import cluster_state as state
from astro_core.ui.cluster_state import Shown
from astro_core.workflows import cluster

if TYPE_CHECKING:
    from astro_core.figures.theme import Figure

FROM, TO, STEP = 2, 24, 2
MOST_GROUPS = 200
MOST_STEPS = 40
_VIEW = "scan"
Draw = Callable[..., "Figure"]


def panel(shown: Shown) -> None:
    """Elbow and silhouette of k-means over the number of groups."""
    curves(shown, (figures.elbow, figures.silhouette_scan))


@st.fragment
def curves(shown: Shown, draw: Sequence[Draw]) -> None:
    """Ask for the numbers of groups, follow the run, draw its curves; a click takes a number.

    Parameters
    ----------
    draw : sequence of callable
        Figures of the table that the run makes, drawn side by side.
    """
    with frame.in_words():
        *fields, button = st.columns([1, 1, 1, 2, 2], vertical_alignment="bottom")
        ks = _numbers(shown, fields)
        if not ks:
            return
        settings = {k: v for k, v in shown.params.items() if k != "n_clusters"}
        asked = (shown.features_key, shown.method, ks, settings)
        found = cluster.open_scan(shown.workspace, *asked)
        if found is not None:
            _draw(shown, found, draw)
            return
        run = _run(shown, ks, settings)
        going = run is not None and not run.finished
        if button.button(
            f"Try {len(ks)} numbers", key=f"{shown.key}:{_VIEW}:go", type="primary",
            icon=":material/query_stats:", width="stretch", disabled=going,
        ):  # fmt: skip
            cluster.submit_scan(shown.workspace, *asked)
            st.rerun(scope="fragment")
        if run is not None:
            run_status.follow(shown.workspace, run.run_id)
        else:
            st.info("Groups once for each number and shows where more groups stop paying.")


def _numbers(shown: Shown, boxes: Sequence[Any]) -> list[int]:
    """The numbers of groups to try, as the fields say."""
    asked = []
    for box, name, value, low in zip(
        boxes, ("From", "To", "Step"), (FROM, TO, STEP), (2, 3, 1), strict=False
    ):
        key = f"{shown.key}:{_VIEW}:{name}"
        st.session_state.setdefault(key, value)
        asked.append(int(box.number_input(name, low, MOST_GROUPS, key=key)))
    first, last, step = asked
    ks = list(range(first, last + 1, step))
    if first >= last:
        st.warning("The first number of groups must be below the last one.")
        return []
    if len(ks) > MOST_STEPS:
        st.warning(f"That is {len(ks)} fits; choose a larger step for at most {MOST_STEPS}.")
        return []
    return ks


def _run(shown: Shown, ks: Sequence[int], settings: Mapping[str, Any]) -> Run | None:
    """The newest run that tries exactly these numbers, started here or elsewhere."""
    wanted = {"features": shown.features_key, "method": shown.method, "ks": list(ks)}
    for run in runs.list_runs(shown.workspace):
        given = dict(run.params)
        same = all(given.get(name) == value for name, value in wanted.items())
        if run.kind == "cluster-scan" and same and settings.items() <= given["params"].items():
            return None if run.state == "done" else run
    return None


def _draw(shown: Shown, found: pd.DataFrame, draw: Sequence[Draw]) -> None:
    key = f"{shown.key}:{_VIEW}"
    for place, (box, make) in enumerate(zip(st.columns(len(draw)), draw, strict=True)):
        with box:
            charts.show(
                make(found, current=_current(shown)), key=f"{key}:{place}", alt=_alt(found),
                selectable=True, modes=("points",),
                on_pick=cluster_pick.keeper(shown, _VIEW, cluster_pick.first),
            )  # fmt: skip
    picked = cluster_pick.kept(shown, _VIEW)
    with st.container(horizontal=True, vertical_alignment="center"):
        if picked is not None and st.button(
            f"Make {int(picked)} groups", key=f"{key}:use", type="primary",
            disabled=_current(shown) == int(picked),
        ):  # fmt: skip
            state.ask(shown, params={**shown.params, "n_clusters": int(picked)})
            st.rerun()
        if picked is None:
            st.caption("Click a point to make that many groups.")
    with st.expander("Numbers"):
        st.dataframe(found, hide_index=True, key=f"{key}:table")


def _current(shown: Shown) -> int | None:
    return None if shown.result is None else shown.result.n_clusters


def _alt(found: pd.DataFrame) -> str:
    first = found.columns[0]
    parts = [
        f"{column} from {found[column].iloc[0]:.4g} to {found[column].iloc[-1]:.4g}"
        for column in found.columns[1:]
        if pd.api.types.is_numeric_dtype(found[column])
    ]
    return f"{first} from {found[first].iloc[0]} to {found[first].iloc[-1]}: " + ", ".join(parts)
