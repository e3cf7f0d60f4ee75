"""Which answer one person gives where another gives this one, and the galaxies of a cell."""

from __future__ import annotations

from html import unescape
from typing import Any

import streamlit as st

from astro_core.figures.agreement import EVERYBODY, OTHERS, two_sides
from astro_core.figures.confusion import Sides, confusion_matrix
from astro_core.labels.between import Between
from astro_core.ui import charts, consensus_cached, consensus_stamps
from astro_core.ui.address import hold, keep, parameter
from astro_core.ui.consensus_state import Shown

ALL = ""
WAYS = {"counts": "Counts", "shares": "Shares"}


def panel(shown: Shown) -> None:
    """The table on the left; on the right the galaxies of a cell, or all that differ."""
    left, right = st.columns([1.15, 1], gap="medium")
    with left:
        one, other = _people(shown)
        found = consensus_cached.between(shown.asked, one, other)
        sides = two_sides(one or OTHERS, other or OTHERS) if one or other else EVERYBODY
        _matrix(shown, found, sides, (one, other))
    with right:
        _galaxies(shown, found, sides)


def _people(shown: Shown) -> tuple[str, str]:
    names = consensus_cached.votes(shown.asked).reviewers
    first, second, ways = st.columns([1.2, 1.2, 1.1], vertical_alignment="bottom", gap="small")
    with first:
        one = _person("Rows", "one", names, "everybody", shown)
    with second:
        rest = tuple(name for name in names if name != one)
        other = _person("Columns", "other", rest, "the others" if one else "everybody", shown)
    with ways:
        st.segmented_control(
            "Cells", list(WAYS), key=f"{shown.key}:cells", required=True, default="counts",
            format_func=WAYS.__getitem__, label_visibility="collapsed",
        )  # fmt: skip
    return one, other


def _person(label: str, name: str, names: tuple[str, ...], nobody: str, shown: Shown) -> str:
    key = f"{shown.key}:{name}"
    hold(key, parameter(name, names, ALL))
    st.selectbox(
        label, [ALL, *names], key=key, format_func=lambda who: who or nobody,
        on_change=lambda: keep(name, st.session_state[key], ALL),
    )  # fmt: skip
    return str(st.session_state[key])


def _matrix(shown: Shown, found: Between, sides: Sides, people: tuple[str, str]) -> None:
    counts, picked = found.counts, _picked(found)
    figure = confusion_matrix(
        counts, found.answers, letters=shown.letters, words=shown.words, sides=sides,
        share=st.session_state[f"{shown.key}:cells"] == "shares", picked=picked,
        n=found.n_compared,
    )  # fmt: skip
    charts.show(
        figure, key=f"{shown.key}:between:{people}:{picked}", selectable=True, modes=("points",),
        alt=f"{sides.row} against {sides.column}, galaxies", on_pick=_pick,
    )  # fmt: skip
    if not any(people):
        st.caption(
            "A galaxy is in every cell that some two of its answers make, so both halves are alike."
        )


def _pick(picked: list[Any]) -> None:
    st.query_params["row"], st.query_params["column"] = map(str, picked[0])


def _unpick() -> None:
    for name in ("row", "column"):
        st.query_params.pop(name, None)


def _picked(found: Between) -> tuple[str, str] | None:
    row, column = (st.query_params.get(name, "") for name in ("row", "column"))
    return (row, column) if {row, column} <= set(found.answers) else None


def _galaxies(shown: Shown, found: Between, sides: Sides) -> None:
    cell = _picked(found)
    if cell is None:
        ids, source = found.differing, "answers differ"
        st.caption("Click a cell to see its galaxies. On all of these, answers differ.")
    else:
        ids = found.cell(*cell)
        row, column = (shown.words[name] for name in cell)
        meant = sides.same if row == column else sides.differ
        source = unescape(meant.format(row=row, column=column))
        st.button(
            "All that differ", key=f"{shown.key}:uncell", icon=":material/close:",
            type="tertiary", on_click=_unpick,
        )  # fmt: skip
    consensus_stamps.panel(
        shown, ids, source=source, reason=f"{source}: {len(ids):,} galaxies",
        key=f"{shown.key}:between:{cell}:{source}",
    )  # fmt: skip
    if ids:
        st.caption("Below each: how many gave each answer.")
