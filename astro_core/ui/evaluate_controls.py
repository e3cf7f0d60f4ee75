"""The row above Evaluate: whose answers, what judges them, and what can be taken along."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Literal

import streamlit as st

from astro_core.classifiers.registry import RECIPES
from astro_core.domain import Run
from astro_core.ui import evaluate_export, frame, run_status, score_words, train_controls
from astro_core.ui import evaluate_state as state
from astro_core.ui.address import keep, taken
from astro_core.ui.evaluate_state import Shown
from astro_core.ui.words import plain
from astro_core.workflows.answer_files import ALL, JUDGE, about
from astro_core.workflows.judge_model import judgeable, judged_words, submit_judging
from astro_core.workflows.label_training import votes_words

WARNINGS = {
    "validation": "Validation decided which epoch was best: its scores flatter a little.",
    ALL: "All holds the galaxies that it was trained on: these scores flatter.",
}
HEADS = {"classes": "Classes", "binary": "Classes", "votes": "Votes"}


def row(shown: Shown) -> None:
    """Draw the row, and what has to be known of the choice."""
    several = len(shown.heads) > 1
    widths = [3.1, *([1.15] if several else []), 1.75, 0.75, 0.75]
    which, *head, part, other, taken = st.columns(widths, vertical_alignment="bottom", gap="small")
    with which:
        _which(shown)
    if head:
        with head[0]:
            _head(shown)
    with part:
        _part(shown)
    box = other.popover(
        "Judge", width="stretch", icon=":material/gavel:", key=f"{shown.key}:judging",
        on_change="rerun", help="Judge a model that was trained on something else",
    )  # fmt: skip
    if box.open:  # looks into every model
        with box:
            another(shown)
    export = taken.popover("Export", width="stretch", icon=":material/download:")
    with export, frame.in_words():
        evaluate_export.panel(shown)
    for problem in shown.problems:
        st.warning(plain(problem), icon=":material/link_off:")
    if said := " ".join(notes(shown)):
        st.caption(plain(said))


def notes(shown: Shown) -> list[str]:
    """What has to be known before the scores are believed."""
    said = []
    if shown.elsewhere:
        said = judged_words(shown.run.result, shown.part)
    elif shown.part in WARNINGS:
        said = [WARNINGS[shown.part]]
    if shown.heads and (weights := about(shown.workspace, shown.run_id).weights_from) != "scratch":
        said.append(f"Its first weights came from {weights}.")
    if not shown.elsewhere and (told := shown.run.result.get("labels")):
        said.append(
            f"It learned from, and is judged by, what people said: {votes_words(told)} "
            f"({told['labels']})."
        )
    return said


def _which(shown: Shown) -> None:
    by_id = titles(shown.trainings)
    key = f"{shown.key}:which"
    st.session_state[key] = shown.run_id
    st.selectbox(
        "Training", list(by_id), key=key, format_func=by_id.__getitem__,
        on_change=taken(key, by_id, state.look_at),
    )  # fmt: skip


def titles(found: tuple[Run, ...]) -> dict[str, str]:
    """Each training or judgement in one line; with its id where two read alike."""
    said = train_controls.titles([run for run in found if run.kind != JUDGE])
    said |= {run.run_id: judged_title(run) for run in found if run.kind == JUDGE}
    often = Counter(said.values())
    alike = {run_id for run_id, words in said.items() if often[words] > 1}
    return {
        run.run_id: f"{said[run.run_id]} · {run.run_id}" if run.run_id in alike
        else said[run.run_id]
        for run in found
    }  # fmt: skip


def judged_title(run: Run) -> str:
    """A judgement in one line: recipe and model, and when."""
    recipe, model = str(run.params.get("recipe", "")), str(run.params["model"])
    label = f"{RECIPES.get(recipe).label}, trained elsewhere" if recipe in RECIPES else ""
    when = f"{datetime.fromisoformat(run.created_at):%d %b %H:%M} UTC"
    said = score_words.leading(run.result.get("scores", {}), "test")
    return " · ".join(part for part in (label, f"model {model}", said, when) if part)


def _head(shown: Shown) -> None:
    key = f"{shown.key}:head"
    names = {head.name: HEADS[head.kind] for head in shown.heads}
    st.session_state[key] = shown.head
    st.segmented_control(
        "Answers", list(names), key=key, required=True, format_func=names.__getitem__,
        on_change=lambda: keep(state.HEAD, st.session_state[key], next(iter(names))),
    )  # fmt: skip


def _part(shown: Shown) -> None:
    key = f"{shown.key}:part"
    st.session_state[key] = shown.part
    st.segmented_control(
        "Judged by", list(shown.parts), key=key, required=True,
        format_func=shown.parts.__getitem__,
        on_change=lambda: keep(state.PART, st.session_state[key], "test"),
    )  # fmt: skip


def another(shown: Shown, *, first: bool = False) -> None:
    """Choose a model that was trained on something else, and have it judged by this dataset."""
    models = judgeable(shown.workspace, shown.dataset)
    if not models:
        st.caption(
            "Here a model that was trained on another dataset, or imported, can be judged by this "
            "one. There is none that answers something people said here."
        )
        return
    st.caption(
        f"A model that was trained on something else can be judged by {plain(shown.dataset.name)}: "
        "classes are matched by name, and galaxies that it learned from are left out."
    )
    model = st.selectbox("Model", list(models), format_func=models.__getitem__,
                         key=f"{shown.key}:other")  # fmt: skip
    kind: Literal["primary", "secondary"] = "secondary" if first else "primary"
    if st.button("Judge it", type=kind, key=f"{shown.key}:judge"):
        with frame.in_words():
            state.look_at(submit_judging(shown.workspace, str(model), shown.dataset.name))
            st.rerun()


def first(shown: Shown) -> None:
    """Before anything was judged: a judgement that is under way, or one that could be."""
    waiting(shown)
    if shown.waiting is None and judgeable(shown.workspace, shown.dataset):
        with st.container(border=True):
            another(shown, first=True)


def waiting(shown: Shown) -> None:
    """Follow a judgement that was asked for."""
    if shown.waiting is not None:
        run_status.follow(shown.workspace, shown.waiting.run_id)
