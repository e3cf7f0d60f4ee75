"""The row above Train: which training is shown, all settings, and the button."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from astro_core.classifiers.registry import RECIPES
from astro_core.domain import Run
from astro_core.ui import frame, score_words, train_folds, train_settings
from astro_core.ui import train_state as state
from astro_core.ui.address import hold, taken
from astro_core.ui.train_mode import WIDTHS, switch
from astro_core.ui.train_state import NEW, Shown
from astro_core.ui.words import plain
from astro_core.workflows.training_compare import changed_words


def row(shown: Shown) -> None:
    """Draw the row."""
    mode, which, more, button = st.columns(WIDTHS, vertical_alignment="bottom", gap="small")
    with mode:
        switch()
    with which:
        _which(shown)
    if shown.run_id:
        button.button(
            "New", key=f"{shown.key}:new", icon=":material/add:", width="stretch",
            on_click=state.look_at, args=(NEW,), help="Prepare another training",
        )  # fmt: skip
        return
    with more.popover("All settings", width="stretch", icon=":material/tune:"):
        train_settings.everything(shown)
    problem = state.offer(shown.dataset, shown.plan.recipe.target, shown.plan.training).problem
    if train_folds.asked():  # folds have their own parts; what is missing is said when asked
        problem = ""
    button.button(
        "Train", key=f"{shown.key}:go", type="primary", width="stretch", disabled=bool(problem),
        icon=":material/model_training:", help=plain(problem) or None,
        on_click=train_settings.train, args=(shown,),
    )  # fmt: skip


def _which(shown: Shown) -> None:
    by_id = titles(shown.trainings)
    key = f"{shown.key}:which"
    hold(key, shown.run_id or NEW)
    options = [NEW, *by_id]
    st.selectbox(
        "Training", options, key=key,
        format_func=lambda name: by_id.get(name, "New training"),
        on_change=taken(key, options, state.look_at),
    )  # fmt: skip


def titles(trainings: Sequence[Run]) -> dict[str, str]:
    """Each training in one line; with its id where two read alike, or one hides the other."""
    said = {run.run_id: title(run) for run in trainings}
    often = Counter(said.values())
    return {i: f"{words} · {i}" if often[words] > 1 else words for i, words in said.items()}


def title(run: Run) -> str:
    """A training in one line: recipe, how it ended, when, what was changed."""
    name = str(run.params["recipe"])
    changed = changed_words(run)
    said = score_words.leading(run.result.get("scores", {}), "test")
    said = said or (run.state if run.finished else "going on")
    when = f"{datetime.fromisoformat(run.created_at):%d %b %H:%M} UTC"
    label = RECIPES.get(name).label if name in RECIPES else name
    return " · ".join(part for part in (label, said, when, changed) if part)


def told(shown: Shown) -> None:
    """Say what could not be used of the address, and why a training could not begin."""
    for problem in shown.problems:
        st.warning(plain(problem), icon=":material/link_off:")
    if refused := st.session_state.pop(f"{shown.key}:refused", ""):
        frame.problem(refused)
