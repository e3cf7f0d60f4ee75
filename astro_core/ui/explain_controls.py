"""The row above Explain: which model is asked, about which galaxy, and the way to the next."""

from __future__ import annotations

import random

import streamlit as st

from astro_core.classifiers.registry import RECIPES
from astro_core.ui import explain_state as state
from astro_core.ui.address import hold, keep, taken
from astro_core.ui.explain_state import Shown
from astro_core.ui.train_controls import titles
from astro_core.ui.words import plain, readable
from astro_core.workflows.explain_lists import EVERY, FOUND, UNCERTAIN, WRONG
from astro_core.workflows.models import Model
from astro_core.workflows.training_state import trainings_of

LISTS = {FOUND: "Found", WRONG: "Mistakes", UNCERTAIN: "Least certain", EVERY: "Every galaxy"}
ERRORS = "Largest errors"  # what mistakes are called where votes are predicted


def row(shown: Shown) -> None:
    """Draw the row."""
    which, through, find, steps = st.columns(
        [3.2, 1.7, 1.3, 1.8], vertical_alignment="bottom", gap="small"
    )
    with which:
        _which(shown)
    with through:
        _through(shown)
    with find:
        _find(shown)
    with steps:
        _steps(shown)
    for problem in shown.problems:
        st.warning(plain(problem), icon=":material/link_off:")


def _which(shown: Shown) -> None:
    by_name = model_titles(shown)
    key = f"{shown.key}:which"
    hold(key, shown.model.name if shown.model else None)
    st.selectbox(
        "Model", list(by_name), key=key, format_func=by_name.__getitem__,
        on_change=taken(key, by_name, state.ask),
    )  # fmt: skip


def model_titles(shown: Shown) -> dict[str, str]:
    """Each model in one line; one that learned from other galaxies says which."""
    trained = titles(trainings_of(shown.workspace, shown.dataset))
    return {model.name: trained.get(model.name) or title_of(model) for model in shown.models}


def title_of(model: Model) -> str:
    """A model in one line: its recipe, what it learned from, its name."""
    assert model.info is not None
    name = str(model.info.training.get("recipe", ""))
    label = RECIPES.get(name).label if name in RECIPES else model.info.kind
    learned = f"learned from {model.info.dataset}" if model.info.dataset else ""
    return " · ".join(part for part in (label, learned, model.name) if part)


def _through(shown: Shown) -> None:
    names = [name for name in LISTS if name in shown.lists or name == EVERY]
    votes = shown.head is not None and shown.head.kind == "votes"

    def said(name: str) -> str:
        label = ERRORS if votes and name == WRONG else LISTS[name]
        n = shown.dataset.n_objects if name == EVERY else len(shown.lists[name])
        return f"{label} ({n:,})"

    key = f"{shown.key}:through"
    hold(key, shown.walk)
    part = {"test": "the test part", "validation": "the validation part"}.get(shown.part, "all")
    st.selectbox(
        "Galaxies", names, key=key, format_func=said,
        help=f"Mistakes and least certain answers are those of {part}." if shown.part else None,
        on_change=lambda: state.walk_through(st.session_state[key]),
    )  # fmt: skip


def _find(shown: Shown) -> None:
    key = f"{shown.key}:find"
    hold(key, st.query_params.get("find", ""))
    st.text_input(
        "Find", key=key, placeholder="part of an id", max_chars=100,
        on_change=lambda: state.find(st.session_state[key]),
    )  # fmt: skip


def _steps(shown: Shown) -> None:
    at, n = shown.place, shown.n_walk
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        for label, step, shortcut, icon in (
            ("Previous", -1, "P", ":material/chevron_left:"),
            ("Next", 1, "N", ":material/chevron_right:"),
        ):
            to = step if at is None else at + step
            to = max(to, 0) if at is None else to
            there = 0 <= to < n
            st.button(
                "", key=f"{shown.key}:{label}", icon=icon, disabled=not there, help=label,
                shortcut=shortcut, on_click=state.look_at,
                args=(shown.at(to),) if there else (),
            )  # fmt: skip
        st.button(
            "", key=f"{shown.key}:random", icon=":material/shuffle:", help="One at random",
            on_click=_at_random, args=(shown,), disabled=n < 2,
        )  # fmt: skip


def _at_random(shown: Shown) -> None:
    """Another galaxy of the list; which one is of no consequence, so there is no seed."""
    others = [i for i in random.sample(range(shown.n_walk), 2) if i != shown.place]
    state.look_at(shown.at(others[0]))


def heads(shown: Shown) -> None:
    """Choose the question, where a model answers several."""
    names = [head.name for head in shown.info.heads]
    if len(names) < 2:
        return
    key = f"{shown.key}:head"
    hold(key, shown.asked[1].name)
    st.segmented_control(
        "Question", names, key=key, required=True, format_func=readable,
        label_visibility="collapsed", on_change=lambda: _other_head(st.session_state[key], names),
    )  # fmt: skip


def _other_head(name: str, names: list[str]) -> None:
    st.query_params.pop("class", None)
    keep("head", name, names[0])
