"""Which class was taken for which, and the galaxies of it beside the matrix."""

from __future__ import annotations

from typing import Any, Protocol

import pandas as pd
import streamlit as st

from astro_core.figures.confusion import confusion_matrix
from astro_core.ui import charts, cluster_act
from astro_core.ui.address import hold, keep, parameter
from astro_core.ui.words import readable
from astro_core.workflows.answer_files import ALL, UNSEEN, parts_of
from astro_core.workflows.training_answers import Answers, answers

PARTS = {"test": ("test",), "validation": ("validation",), "both": ("validation", "test")}
EVERY = PARTS | {part: parts_of(part) for part in (UNSEEN, ALL)}
SAID = {
    "test": "Test",
    "validation": "Validation",
    "both": "Both",
    UNSEEN: "All unseen",
    ALL: "All",
}
WAYS = {"counts": "Counts", "shares": "Row shares"}


class Shown(cluster_act.Shown, Protocol):
    """What a page tells of itself and of the training it looks at."""

    run_id: str


def there(shown: Shown) -> bool:
    """Whether a training answered with classes."""
    return answers(shown.workspace, shown.run_id) is not None


def panel(shown: Shown, part: str = "") -> None:
    """The matrix on the left; on the right the galaxies of a cell, or all that went wrong.

    Parameters
    ----------
    part : str
        One of `EVERY`; without it there is a choice, which the address keeps.
    """
    found = answers(shown.workspace, shown.run_id)
    assert found is not None
    left, right = st.columns([1.15, 1], gap="medium")
    with left:
        part = _matrix(shown, found, part)
    with right:
        _galaxies(shown, found, part)


def _part(shown: Shown) -> str:
    key = f"{shown.key}:part"
    hold(key, parameter("part", PARTS, "test"))
    st.segmented_control(
        "Part", list(PARTS), key=key, required=True, format_func=SAID.__getitem__,
        label_visibility="collapsed",
        on_change=lambda: keep("part", st.session_state[key], "test"),
    )  # fmt: skip
    return str(st.session_state[key])


def _matrix(shown: Shown, found: Answers, part: str) -> str:
    chosen_before = bool(part)
    with st.container(horizontal=True, gap="small"):
        part = part or _part(shown)
        st.space("stretch")
        way = st.segmented_control(
            "Cells", list(WAYS), key=f"{shown.key}:cells", required=True, default="counts",
            format_func=WAYS.__getitem__, label_visibility="collapsed",
        )  # fmt: skip
    report = found.report(EVERY[part])
    if report is None:
        st.info("This part has no labelled galaxy.")
        return part
    said = {"both": "validation and test", ALL: ""}.get(part, part)
    picked = _picked(found)
    figure = confusion_matrix(
        report.confusion, found.classes, letters=shown.letters, share=way == "shares",
        part=said, picked=picked,
    )  # fmt: skip
    charts.show(
        figure, key=f"{shown.key}:confusion:{shown.run_id}:{picked}", selectable=True,
        modes=("points",),
        alt=f"Labels against answers, {said or 'all'}", on_pick=_pick,
    )  # fmt: skip
    if part != "test" and not chosen_before:
        st.caption("Validation decided which epoch was best: its scores flatter a little.")
    return part


def _pick(picked: list[Any]) -> None:
    st.query_params["label"], st.query_params["answer"] = map(str, picked[0])


def _unpick() -> None:
    for name in ("label", "answer"):
        st.query_params.pop(name, None)


def _picked(found: Answers) -> tuple[str, str] | None:
    label, answer = (st.query_params.get(name, "") for name in ("label", "answer"))
    return (label, answer) if {label, answer} <= set(found.classes) else None


def _galaxies(shown: Shown, found: Answers, part: str) -> None:
    parts, cell = EVERY[part], _picked(found)
    total = len(found.rows(parts))
    if cell is None:
        rows = found.wrong(parts)
        st.caption("Click a cell to see its galaxies. These are all wrong answers.")
        source, what = "wrong answers", "Answer is not the label"
    else:
        rows = found.cell(parts, *cell)
        label, answer = map(readable, cell)
        source = f"{label} taken for {answer}" if label != answer else f"{label}, rightly so"
        what = source[:1].upper() + source[1:]
        st.button(
            "All wrong answers", key=f"{shown.key}:unpick", icon=":material/close:",
            type="tertiary", on_click=_unpick,
        )  # fmt: skip
    reason = f"{what}: {len(rows):,} of {total:,} in {SAID[part].lower()}, run {shown.run_id}"
    place = "-".join(cell) if cell else "wrong"
    cluster_act.selected_panel(
        shown, rows["object_id"].tolist(), source=source, reason=reason,
        key=f"{shown.key}:galaxies:{part}:{place}",
        captions=_captions(shown, rows, one_answer=cell is not None),
    )  # fmt: skip
    if len(rows):
        below = "the probability of the answer" if cell else "the answer and its probability"
        st.caption(f"Below each: {below}, the most certain first.")


def _captions(shown: Shown, rows: pd.DataFrame, *, one_answer: bool) -> dict[str, str]:
    said = zip(rows["object_id"], rows["answer"], rows["probability"], strict=True)
    if one_answer:
        return {object_id: f"{p:.2f}" for object_id, _, p in said}
    letters = shown.letters
    return {object_id: f"{letters.get(a, a)} {p:.2f}" for object_id, a, p in said}
