"""How many groups: one number of groups after another, as a run, and what each came to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

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
        ks = _numbers(shown)
        if not ks:
            return
        settings = {k: v for k, v in shown.params.items() if k != "n_clusters"}
        found = cluster.open_scan(shown.workspace, shown.features_key, shown.method, ks, settings)
        if found is None:
            _ask(shown, ks, settings)
        else:
            _draw(shown, found, draw)


def _numbers(shown: Shown) -> list[int]:
    """The numbers of groups to try, as the fields say."""
    boxes = st.columns([1, 1, 1, 3], vertical_alignment="bottom")
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
    boxes[3].caption(f"{len(ks)} numbers of groups, all else as above, seed included.")
    return ks


def _ask(shown: Shown, ks: Sequence[int], settings: dict[str, Any]) -> None:
    key = f"{shown.key}:{_VIEW}:run"
    run_id = st.session_state.get(key)
    run = run_status.follow(shown.workspace, run_id) if run_id else None
    if run is not None and not run.finished:
        return
    if st.button(
        f"Try {len(ks)} numbers of groups", key=f"{shown.key}:{_VIEW}:go", type="primary",
        icon=":material/query_stats:",
    ):  # fmt: skip
        made = cluster.submit_scan(shown.workspace, shown.features_key, shown.method, ks, settings)
        st.session_state[key] = made.run_id
        st.rerun()
    if run is None:
        st.caption("Fits the method once for each number of groups; you can go on meanwhile.")


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
