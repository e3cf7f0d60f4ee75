"""The figures of a search; a click on a trial looks at it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from astro_core.figures import tuning as figures
from astro_core.figures.tuning import Aim
from astro_core.figures.tuning_compromises import compromises as draw_compromises
from astro_core.figures.tuning_parallel import parallel
from astro_core.ui import charts
from astro_core.ui.address import keep, parameter
from astro_core.ui.tune_state import Search
from astro_core.ui.tune_trial import looked_at
from astro_core.workflows.tune_state import COSTS, TuningState

_COST_WORDS = {"parameters": "Parameters", "latency": "Time for an image"}


def _pick(picked: list[Any]) -> None:
    st.query_params["trial"] = str(int(picked[0]) + 1)


def _show(search: Search, state: TuningState, figure: Any, name: str, alt: str) -> None:
    token = f"{search.run_id}:{len(state.trials)}:{looked_at(state)}"
    charts.show(
        figure, key=f"{search.key}:{name}:{token}", alt=alt, selectable=True, modes=("points",),
        on_pick=_pick,
    )  # fmt: skip


def history(search: Search, state: TuningState, aim: Aim) -> None:
    """The score of every trial, and how it came about epoch by epoch."""
    shown, named = looked_at(state), state.labels
    figure = figures.history(
        state.trials, aim, named, shown=shown, asked=state.tuning.trials, own=state.own_words
    )  # fmt: skip
    _show(search, state, figure, "history", "Score of each trial in order")
    curves = figures.by_epoch(state.trials, aim, named, shown=shown)
    if curves is not None:
        _show(search, state, curves, "epochs", "Score of each trial after each epoch")
    st.caption("A click on a trial shows its settings beside.")


def settings(search: Search, state: TuningState, aim: Aim) -> None:
    """All settings at once, and which of them count."""
    figure = parallel(
        state.ended, state.dimensions, aim, state.labels, shown=looked_at(state)
    )  # fmt: skip
    _show(search, state, figure, "parallel", "Settings of all trials, an axis for each setting")
    if not state.importance:
        st.caption("Which settings count is told once six trials have come to their end.")
        return
    n = len(state.ended)
    bars = figures.importance(state.importance, aim, state.labels, n)
    charts.show(bars, key=f"{search.key}:importance:{n}", alt="Importance of each setting")
    st.caption(
        "Functional ANOVA (Hutter et al. 2014) of the trials that ended: a hint, and no more, "
        "from so few trials."
    )


def compromises(search: Search, state: TuningState, aim: Aim) -> None:
    """Score against size or speed."""
    key, first = f"{search.key}:cost-axis", "parameters"
    first = state.tuning.cost if state.tuning.cost in COSTS else first
    st.session_state[key] = parameter("cost", COSTS, first)
    st.segmented_control(
        "Cost", list(COSTS), key=key, required=True, label_visibility="collapsed",
        format_func=_COST_WORDS.__getitem__,
        on_change=lambda: keep("cost", st.session_state[key], first),
    )  # fmt: skip
    cost = COSTS[str(st.session_state[key])]
    figure = draw_compromises(
        state.ended, state.front(cost), aim, state.labels, cost=cost, shown=looked_at(state)
    )  # fmt: skip
    _show(search, state, figure, f"front-{cost}", f"Score against {cost}")
    if cost == "latency_ms":
        st.caption("Shortest of 40 times for one image, with Keras on this machine.")
