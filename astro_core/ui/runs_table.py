"""All runs in a table: what, how it stands, when, how long, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from astro_core import runs
from astro_core.domain import Run
from astro_core.params import digest
from astro_core.ui import run_status, score_words
from astro_core.ui import runs_state as state
from astro_core.ui.address import keep
from astro_core.ui.run_status import elapsed_s
from astro_core.ui.runs_state import ALL, STATES, Shown
from astro_core.ui.words import duration, objects, ordinal
from astro_core.workflows.first_weights import FROM_SCRATCH, first_words

ROW_PX, HEAD_PX = 33, 36
_WIDTHS_PX = {"Run": 275, "Kind": 90, "State": 105, "Took": 95}
_MOST_ROWS = {False: 14, True: 6}  # whether a run is looked at below
_SIGNS = {"queued": "○", "running": "◐", "done": "●", "failed": "✕", "cancelled": "□"}


def filters(shown: Shown) -> None:
    """Choose state and kind; each says how many there are."""
    of_kind = [r for r in shown.every if shown.kind in (ALL, r.kind)]
    counts = {name: sum(state.fits(r, name) for r in of_kind) for name in STATES}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _chosen(
            "State", "state", shown.state,
            [name for name in STATES if counts[name] or name in (ALL, shown.state)],
            lambda name: f"{STATES[name]} {counts[name]:,}",
        )  # fmt: skip
        st.space("stretch")
        kinds = [ALL, *sorted({run.kind for run in shown.every}, key=state.kind_label)]
        key = "runs:kind"
        st.session_state[key] = shown.kind
        st.selectbox(
            "Kind", kinds, key=key, width=200, label_visibility="collapsed",
            format_func=lambda k: "All kinds" if k == ALL else state.kind_label(k),
            on_change=lambda: keep("kind", st.session_state[key], ALL),
        )  # fmt: skip


def _chosen(label: str, name: str, value: str, options: list[str], words: Any) -> None:
    key = f"runs:{name}"
    st.session_state[key] = value
    st.segmented_control(
        label, options, key=key, required=True, format_func=words, label_visibility="collapsed",
        on_change=lambda: keep(name, st.session_state[key], ALL),
    )  # fmt: skip


def table(shown: Shown) -> None:
    """Draw the table; picking a row puts the run into the address."""
    ids = [run.run_id for run in shown.listed]
    key = f"runs:table:{digest(ids, length=8)}"  # other rows, no selection of the old ones
    rows = min(len(ids), _MOST_ROWS[shown.picked is not None])

    places = runs.places(shown.workspace, shown.every)

    def picked() -> None:
        chosen = st.session_state[key].selection.rows
        if chosen:
            st.query_params["run"] = ids[chosen[0]]
        else:
            st.query_params.pop("run", None)

    rows_of = [row(run, places.get(run.run_id, 0)) for run in shown.listed]
    st.dataframe(
        pd.DataFrame(rows_of), key=key, hide_index=True,
        on_select=picked, selection_mode="single-row", height=HEAD_PX + ROW_PX * max(rows, 1),
        column_config={
            **{n: st.column_config.TextColumn(width=px) for n, px in _WIDTHS_PX.items()},
            "Started": st.column_config.TextColumn(help="UTC", width=105),
            "Result": st.column_config.TextColumn(width="large"),
        },
    )  # fmt: skip


def row(run: Run, place: int = 0) -> dict[str, str]:
    """One run as a row of the table; `place` in line, where it waits in one."""
    begun = run.started_at or run.created_at
    return {
        "Run": run.title,
        "Kind": state.kind_label(run.kind),
        "State": f"{_SIGNS[run.state]} {_how_far(run, place)}",
        "Started": f"{datetime.fromisoformat(begun):%d %b %H:%M}",
        "Took": duration(elapsed_s(run)) if run.started_at or run.spent_s else "",
        "Result": result_words(run),
    }


def _how_far(run: Run, place: int) -> str:
    if run.state == "queued" and place > 1:
        return f"queued, {ordinal(place)}"
    if run.state == "running" and run.total:
        return f"running {min(run.done / run.total, 1):.0%}"
    return run.state


def result_words(run: Run) -> str:
    """What came of a run, in words; what it is doing while it goes on."""
    if not run.finished:
        return run_status.progress_text(run, elapsed_s(run))
    if run.state == "failed":
        return run.error
    if run.state == "cancelled":
        kept = "what it reached is kept" if state.resumes(run) else "nothing was changed"
        return f"cancelled; {kept}"
    said = score_words.leading(run.result.get("scores", {}), "test")
    n = run.result.get("n_objects")
    if said and first_words(run) == FROM_SCRATCH:
        said += f" · {FROM_SCRATCH}"
    return said or (objects(n) if isinstance(n, int) else "") or run.message or "done"
