"""The row above Catalogue: which survey is looked at, or what is asked of which galaxies."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from astro_core.domain import Run
from astro_core.ui import catalogue_state as state
from astro_core.ui.address import hold, keep, taken
from astro_core.ui.catalogue_state import NEW, SOURCES, Shown
from astro_core.ui.explain_controls import title_of
from astro_core.ui.words import plain, readable


def row(shown: Shown) -> None:
    """Draw the row."""
    if shown.run is not None:
        with st.container(width=560):
            _which(shown)
    else:
        pickers = (_which, _source, _model, _head)
        columns = st.columns([2.4, 2.3, 2.4, 1.3], vertical_alignment="bottom", gap="small")
        for column, draw in zip(columns, pickers, strict=True):
            with column:
                draw(shown)
    for problem in shown.problems:
        st.warning(plain(problem), icon=":material/link_off:")


def _which(shown: Shown) -> None:
    titles = {NEW: "A new one"} | {run.run_id: _title(run) for run in shown.done}
    key = "catalogue:which"
    hold(key, NEW if shown.run is None else shown.run.run_id)

    def chosen(run_id: str) -> None:
        st.query_params["run"] = run_id

    st.selectbox(
        "Survey", list(titles), key=key, format_func=titles.__getitem__,
        on_change=taken(key, titles, chosen),
    )  # fmt: skip


def _title(run: Run) -> str:
    made = datetime.fromisoformat(run.created_at)
    told = "" if run.state == "done" else f" · {run.state}"
    return f"{run.title.removeprefix('Classifying ')} · {made:%d %b %H:%M}{told}"


def _source(shown: Shown) -> None:
    key = "catalogue:of"
    hold(key, shown.source)
    st.segmented_control(
        "Galaxies", list(SOURCES), key=key, required=True, format_func=SOURCES.__getitem__,
        disabled=shown.dataset is None,
        on_change=lambda: keep("of", st.session_state[key], state.DATASET),
    )  # fmt: skip


def _model(shown: Shown) -> None:
    names = {m.name: title_of(m) if m.source == "run" else m.name for m in shown.models}
    key = "catalogue:model"
    hold(key, shown.model.name)

    def chosen(name: str) -> None:
        st.query_params.pop("head", None)
        st.query_params["model"] = name

    st.selectbox(
        "Model", list(names), key=key, format_func=names.__getitem__,
        on_change=taken(key, names, chosen),
    )  # fmt: skip


def _head(shown: Shown) -> None:
    names = [head.name for head in shown.info.heads]
    key = "catalogue:head"
    hold(key, shown.head.name)
    st.selectbox(
        "Question", names, key=key, format_func=readable, disabled=len(names) < 2,
        help="Which answers name the galaxies; the others are written as well.",
        on_change=taken(key, names, lambda name: keep("head", name, names[0])),
    )  # fmt: skip
