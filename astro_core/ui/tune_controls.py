"""The row above Search: which search is shown, the settings that stay, and the button."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from astro_core.classifiers.registry import RECIPES
from astro_core.domain import Run
from astro_core.params import to_mapping
from astro_core.ui import frame, score_words, train_settings, train_state, tune_state
from astro_core.ui.address import hold, taken
from astro_core.ui.train_mode import WIDTHS, switch
from astro_core.ui.train_state import NEW
from astro_core.ui.tune_state import Search
from astro_core.ui.words import plain
from astro_core.workflows.tune import submit_tuning


def row(search: Search) -> None:
    """Draw the row, and say what could not be used or done."""
    mode, which, more, button = st.columns(WIDTHS, vertical_alignment="bottom", gap="small")
    with mode:
        switch()
    with which:
        _which(search)
    if search.run_id:
        button.button(
            "New", key=f"{search.key}:new", icon=":material/add:", width="stretch",
            on_click=tune_state.look_at, args=(NEW,), help="Prepare another search",
        )  # fmt: skip
    else:
        with more.popover("What stays", width="stretch", icon=":material/tune:",
                          help="Settings that are the same in every trial"):  # fmt: skip
            train_settings.everything(search.train)
        button.button(
            "Search", key=f"{search.key}:go", type="primary", width="stretch",
            disabled=bool(search.problem), help=plain(search.problem) or None,
            icon=":material/manage_search:", on_click=_start, args=(search,),
        )  # fmt: skip
    for problem in search.problems:
        st.warning(plain(problem), icon=":material/link_off:")
    if refused := tune_state.refused(search):
        frame.problem(refused)


def _which(search: Search) -> None:
    by_id = titles(search.searches)
    key = f"{search.key}:which"
    hold(key, search.run_id or NEW)
    options = [NEW, *by_id]
    st.selectbox(
        "Search", options, key=key,
        format_func=lambda name: by_id.get(name, "New search"),
        on_change=taken(key, options, tune_state.look_at),
    )  # fmt: skip


def titles(searches: Sequence[Run]) -> dict[str, str]:
    """Each search in one line: recipe, what it found, when, what was searched."""
    return {run.run_id: _title(run) for run in searches}


def aim_words(objective: str) -> str:
    """What an aim is called within a sentence."""
    label = score_words.SCORES[objective][0]
    return label if label.isupper() else label.lower()


def _title(run: Run) -> str:
    name = str(run.params["recipe"])
    label = RECIPES.get(name).label if name in RECIPES else name
    best = run.result.get("best")
    said = run.state if run.finished else "going on"
    if best:
        aim = aim_words(run.result["objective"])
        said = f"{aim} {score_words.number(best['value'])} in {run.result['n_trials']} trials"
    when = f"{datetime.fromisoformat(run.created_at):%d %b %H:%M} UTC"
    names = (re.split("[.=]", text)[0].replace("_", " ") for text in run.params["space"])
    return f"{label} · {said} · {when} · {', '.join(dict.fromkeys(names))}"


def _start(search: Search) -> None:
    """Start the search that the page asks for, and look at it."""

    def start() -> None:
        plan = search.train.plan
        run_id = submit_tuning(
            search.train.workspace, search.train.dataset.name, plan.recipe.name,
            staying(search), space=[d.text for d in search.dimensions],
            tuning=to_mapping(search.tuning),
        )  # fmt: skip
        tune_state.look_at(run_id)

    tune_state.try_to(search, start)


def staying(search: Search) -> dict[str, object]:
    """The settings that stay: those that are not the recipe's own and are not searched."""
    searched = {dimension.name for dimension in search.dimensions}
    own = train_state.own_settings(search.train.plan)
    return {name: value for name, value in own.items() if name not in searched}
