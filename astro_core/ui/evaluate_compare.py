"""Trainings side by side: on the same galaxies, on the same folds, all in one table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import pandas as pd
import streamlit as st

from astro_core.domain import Run
from astro_core.evaluation.comparison import PairedTest
from astro_core.figures import comparison as figures
from astro_core.ui import (
    charts,
    evaluate_compare_all,
    evaluate_compare_folds,
    frame,
    score_pick,
    score_words,
)
from astro_core.ui.address import keep, parameter
from astro_core.ui.evaluate_state import Shown
from astro_core.ui.run_names import short_names
from astro_core.ui.words import plain
from astro_core.workflows.answer_files import ALL, FOLDS, changed_at
from astro_core.workflows.compare_answers import SameGalaxies, compare_answers

WAYS = {
    "galaxies": "Same galaxies",
    "folds": "Same folds",
    "all": "All trainings",
    "learning": "More galaxies",
}
WITH, WAY = "with", "way"
_FIRST, _SEPARATOR = 3, ","


def panel(shown: Shown) -> None:
    """Choose in which way trainings are compared, and draw it."""
    key = f"{shown.key}:way"
    st.session_state[key] = parameter(WAY, WAYS, "galaxies")
    st.segmented_control(
        "Compare", list(WAYS), key=key, required=True, format_func=WAYS.__getitem__,
        label_visibility="collapsed",
        on_change=lambda: keep(WAY, st.session_state[key], "galaxies"),
    )  # fmt: skip
    way = str(st.session_state[key])
    with frame.in_words():
        if way == "galaxies":
            _galaxies(shown)
        elif way == "folds":
            evaluate_compare_folds.panel(shown)
        elif way == "all":
            evaluate_compare_all.table(shown)
        else:
            evaluate_compare_all.learning(shown)


def others(shown: Shown) -> list[Run]:
    """Trainings that may share galaxies with the one looked at."""
    folds = shown.run.kind == FOLDS
    return [
        run
        for run in shown.trainings
        if run.run_id != shown.run_id and (run.kind == FOLDS) == folds
    ]


def _galaxies(shown: Shown) -> None:
    there = others(shown)
    if not there:
        st.info(
            "Nothing else was trained on this dataset in the same way: train another recipe, and "
            "both are compared here on the same galaxies.",
            icon=":material/compare_arrows:",
        )
        return
    names = short_names([shown.run, *there])
    which, measure = st.columns([1.6, 1], vertical_alignment="bottom", gap="medium")
    with which:
        chosen = _chosen(shown, there, names)
    part = "test" if shown.part == ALL else shown.part
    if not chosen:
        st.caption("Choose at least one other training.")
        return
    found = _compared(shown, (shown.run_id, *chosen), part)
    with measure:
        score = score_pick.pick(list(found.differences), key=f"{shown.key}:score")
    left, right = st.columns([1.3, 1], gap="medium")
    with left:
        _figure(shown, found, names, score)
    with right:
        _said(found, names, score)
        _how(found, f"{part} part" if shown.run.kind != FOLDS else "held-out part of each fold")
    _table(shown, found, names, score)


def _chosen(shown: Shown, there: Sequence[Run], names: dict[str, str]) -> list[str]:
    ids = [run.run_id for run in there]
    asked = [i for i in st.query_params.get(WITH, "").split(_SEPARATOR) if i in ids]
    key = f"{shown.key}:with"
    st.session_state[key] = asked or ids[:_FIRST]
    chosen: list[str] = st.multiselect(
        "Compare with", ids, key=key, format_func=names.__getitem__,
        on_change=lambda: keep(WITH, _SEPARATOR.join(st.session_state[key]), ""),
        help="Each is compared with the training chosen above",
    )  # fmt: skip
    return chosen


def _compared(shown: Shown, ids: tuple[str, ...], part: str) -> SameGalaxies:
    changed = tuple(changed_at(shown.workspace, i) for i in ids)
    key = (str(shown.workspace.root), ids, changed, part)
    return cast("SameGalaxies", _compare(key, shown))


@st.cache_resource(max_entries=16, show_spinner="Drawing the galaxies again for the intervals")
def _compare(key: tuple[str, tuple[str, ...], tuple[int, ...], str], _shown: Shown) -> SameGalaxies:
    _, ids, _, part = key
    return compare_answers(_shown.workspace, ids, against=ids[0], part=part)


def _figure(shown: Shown, found: SameGalaxies, names: dict[str, str], score: str) -> None:
    gaps = [
        figures.Gap(
            run_id=run, label=names[run], difference=test.difference, low=test.low, high=test.high
        )
        for run, test in found.differences[score].items()
    ]
    figure = figures.differences(
        gaps, score=score_words.said(score), against="the training chosen above", n=found.n
    )
    charts.show(figure, key=f"{shown.key}:gaps:{score}", alt="Difference of each training")


def _said(found: SameGalaxies, names: dict[str, str], score: str) -> None:
    """The first comparison in one sentence."""
    run, test = next(iter(found.differences[score].items()))
    p = found.p_holm(score)[run]
    st.markdown(
        f"On the same **{found.n:,} galaxies** {plain(names[run])} has "
        f"{score_words.said(score)} **{found.scores.loc[run, score]:.3f}**, "
        f"{plain(names[found.against])} **{found.scores.loc[found.against, score]:.3f}**: "
        f"a difference of {test.difference:+.3f} ({interval(test)}), p {p_words(p)}."
    )


def interval(test: PairedTest) -> str:
    """The interval of a difference in words."""
    return f"95 % interval {test.low:+.3f} to {test.high:+.3f}"


def p_words(p: float) -> str:
    """A p value in words; none is claimed smaller than it can be told."""
    if not math.isfinite(p):
        return "cannot be told"
    return "below 0.001" if p < 0.001 else f"= {p:.3f}"


def _table(shown: Shown, found: SameGalaxies, names: dict[str, str], score: str) -> None:
    tests, raised = found.differences[score], found.p_holm(score)
    rows = []
    for run in found.scores.index:
        row = {"Training": names[run], score_words.SCORES[score][0]: found.scores.loc[run, score]}
        if run in tests:
            row |= {"Difference": tests[run].difference, "From": tests[run].low,
                    "To": tests[run].high, "p": raised[run]}  # fmt: skip
        if run in found.discordant.index:
            one = found.discordant.loc[run]
            row |= {
                "Only it right": int(one["only_this"]),
                "Only the first right": int(one["only_against"]),
                "p (McNemar)": one["p_holm"],
            }
        rows.append(row)
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, key=f"{shown.key}:compared:{score}", placeholder="",
        column_config={
            "Training": st.column_config.TextColumn(width="medium"),
            score_words.SCORES[score][0]: st.column_config.NumberColumn(format="%.3f"),
            **{n: st.column_config.NumberColumn(format="%+.3f")
               for n in ("Difference", "From", "To")},
            **{n: st.column_config.NumberColumn(format="%.4f") for n in ("p", "p (McNemar)")},
        },
    )  # fmt: skip


def _how(found: SameGalaxies, part: str) -> None:
    said = [f"The {part}, galaxy by galaxy."]
    if found.left_out:
        said.append(f"{found.left_out:,} galaxies that only some were judged by are left out.")
    said.append("Interval and p: paired bootstrap of the galaxies (Efron & Tibshirani 1993).")
    if not found.discordant.empty:
        said.append("McNemar: the exact test of who is right where only one is; it is of accuracy.")
    if len(found.scores) > 2:
        said.append("p is raised for the number of comparisons (Holm 1979).")
    said.append("All this is about other galaxies, not about training again: folds tell of that.")
    st.caption(" ".join(said))
