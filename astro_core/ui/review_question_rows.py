"""The questions of a decision tree, one at a time: its words, its answers, what follows."""

from __future__ import annotations

import streamlit as st

from astro_core.domain.taxonomy import KEYS
from astro_core.ui.address import hold, keep
from astro_core.ui.review_class_rows import row_buttons
from astro_core.ui.review_draft import Desk
from astro_core.ui.words import plain
from astro_core.workflows.taxonomy_draft import Draft, Row

_COLUMNS = [0.4, 3, 3.4, 1.35]
_END = "That is the end"


def question_rows(at: Desk) -> None:
    """Draw the list of questions, and the one that is chosen."""
    draft = at.draft()
    rows = draft.rows["questions"]
    if not rows:
        st.markdown("Without questions a galaxy gets one class. Questions can follow from answers.")
    listed, one = st.columns([1.1, 2], gap="large")
    with listed:
        chosen = _choose(at, draft) if rows else ""
        st.button(
            "Add a question", key=f"{at.key}:ask", icon=":material/add:",
            on_click=lambda: at.change(lambda d: _open(d.ask())),
        )  # fmt: skip
    if chosen:
        with one:
            _question(at, draft, draft.row("questions", chosen))


def _open(number: str) -> None:
    keep("question", number, "")


def _choose(at: Desk, draft: Draft) -> str:
    rows = draft.rows["questions"]
    numbers = [row["number"] for row in rows]
    key = f"{at.key}:question"
    asked = st.query_params.get("question", "")
    hold(key, asked if asked in numbers else numbers[0])
    names = {row["number"]: f"{i}. {_words(row)}" for i, row in enumerate(rows, 1)}
    st.radio(
        "Questions", numbers, key=key, format_func=lambda number: plain(names[number]),
        captions=[_after(draft, row, place) for place, row in enumerate(rows)],
        on_change=lambda: _open(st.session_state[key]),
    )  # fmt: skip
    return str(st.session_state[key])


def _words(row: Row) -> str:
    return row["text"] or "A new question"


def _after(draft: Draft, row: Row, place: int) -> str:
    if place == 0:
        return "asked first"
    asking = {a["question"] for a in draft.rows["answers"] if a["leads_to"] == row["number"]}
    places = [i for i, q in enumerate(draft.rows["questions"], 1) if q["number"] in asking]
    return "after " + " or ".join(map(str, places)) if places else "follows from no answer"


def _question(at: Desk, draft: Draft, row: Row) -> None:
    number = row["number"]
    words, act = st.columns(
        [sum(_COLUMNS) - _COLUMNS[-1], _COLUMNS[-1]], vertical_alignment="bottom"
    )
    words.text_input(
        "Question", max_chars=160, **at.shown("questions", number, "text", row["text"])
    )
    with act:
        row_buttons(at, "questions", number, "this question")
    for key, answer in zip(KEYS, draft.answers_to(number), strict=False):
        _answer(at, draft, number, key, answer)
    st.button(
        "Add an answer", key=f"{at.key}:{number}:add", icon=":material/add:",
        on_click=at.change, args=(lambda d: d.add("answers", question=number),),
    )  # fmt: skip
    if row["name"]:
        st.caption(f"In tables this question is called {plain(row['name'])}.")


def _answer(at: Desk, draft: Draft, question: str, key: str, row: Row) -> None:
    shown, words, then, act = st.columns(_COLUMNS, gap="small", vertical_alignment="center")
    called = row["text"] or "the new answer"
    shown.markdown(f"**{key.upper()}**")
    words.text_input(
        f"Words of {called}", max_chars=80, label_visibility="collapsed", placeholder="Answer",
        **at.shown("answers", row["number"], "text", row["text"]),
    )  # fmt: skip
    others = {
        r["number"]: f"then {place}: {_words(r)}"
        for place, r in enumerate(draft.rows["questions"], 1)
        if r["number"] != question
    }
    then.selectbox(
        f"What follows {called}", ["", *others], label_visibility="collapsed",
        format_func=lambda to: others[to] if to else _END,
        **at.shown("answers", row["number"], "leads_to", row["leads_to"]),
    )  # fmt: skip
    with act:
        row_buttons(at, "answers", row["number"], called)
