"""How well a training predicts what people vote."""

from __future__ import annotations

from html import escape

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from astro_core.figures.vote_fit import vote_scatter
from astro_core.ui import charts, cluster_act, evaluate_cached
from astro_core.ui.address import keep
from astro_core.ui.evaluate_state import Shown
from astro_core.workflows.answer_words import answer_words
from astro_core.workflows.evaluation_views import JudgedVotes

MOST_POINTS, MOST_RESIDUALS = 20_000, 300
OVERALL = ""


def panel(shown: Shown) -> None:
    """Scores, the table of all answers, and one answer with its largest residuals."""
    found = evaluate_cached.votes(shown)
    st.html(_facts(found))
    answer = _choose(shown, found)
    left, right = st.columns([1, 1], gap="medium")
    with left:
        picked = _scatter(shown, found, answer) if answer else []
        if not answer:
            _table(shown, found)
    with right:
        if picked:
            _picked(shown, found, answer, picked)
        else:
            _residuals(shown, found, answer)


def _facts(found: JudgedVotes) -> str:
    told = found.report
    less = 1 - told.rmse / told.rmse_of_mean if told.rmse_of_mean else 0.0
    way = "less error than that" if less >= 0 else "more error than that: the mean is better"
    better = int((told.by_answer["rmse"] < told.by_answer["rmse_of_mean"]).sum())
    cells = (
        (f"{told.rmse:.4f}", "RMSE of all fractions"),
        (f"{told.rmse_of_mean:.4f}", f"for {_mean_of(found)}"),
        (f"{abs(less):.0%}", way),
        (f"{better} of {len(told.by_answer)}", "answers better than the mean"),
        (f"{told.n:,}", "galaxies with votes"),
    )
    inner = "".join(f"<div><b>{a}</b><span>{escape(b)}</span></div>" for a, b in cells)
    return f'<div class="tf-facts">{inner}</div>'


def _mean_of(found: JudgedVotes) -> str:
    return f"the mean of {'training' if found.mean_of_training else 'these galaxies'}"


def _choose(shown: Shown, found: JudgedVotes) -> str:
    names = found.head.outputs
    key = f"{shown.key}:answer"
    asked = st.query_params.get("answer", OVERALL)
    st.session_state[key] = asked if asked in names else OVERALL
    st.selectbox(
        "Answer", [OVERALL, *names], key=key, width=420,
        format_func=lambda name: answer_words(name) if name else "All answers",
        on_change=lambda: keep("answer", st.session_state[key], OVERALL),
    )  # fmt: skip
    return str(st.session_state[key])


def _of_question(told: pd.DataFrame) -> NDArray[np.float64]:
    squares = (told["rmse"] ** 2).groupby(told["question"]).transform("mean")
    together: NDArray[np.float64] = np.sqrt(squares.to_numpy())
    return together


def _table(shown: Shown, found: JudgedVotes) -> None:
    told = found.report.by_answer
    table = pd.DataFrame(
        {
            "Question": told["question"].to_numpy() + 1,
            "Answer": [answer_words(name) for name in told.index],
            "RMSE": told["rmse"].to_numpy(),
            "Of the question": _of_question(told),
            "Of the mean": told["rmse_of_mean"].to_numpy(),
            "Bias": told["bias"].to_numpy(),
        }
    )
    number = st.column_config.NumberColumn
    st.dataframe(
        table, hide_index=True, key=f"{shown.key}:{shown.part}:answers", height=420,
        column_config={
            "Question": st.column_config.NumberColumn("Q", width=35, help="Question of the tree"),
            "Answer": st.column_config.TextColumn(width=165),
            "RMSE": number(format="%.3f", width=55),
            "Of the question": number(
                "Question's", format="%.3f", width=70, help="RMSE over the answers of its question"
            ),
            "Of the mean": number(
                "Mean's", format="%.3f", width=60, help=f"For always predicting {_mean_of(found)}"
            ),
            "Bias": number(format="%+.3f", width=60, help="Predicted minus voted, on the mean"),
        },
    )  # fmt: skip


def _scatter(shown: Shown, found: JudgedVotes, answer: str) -> list[str]:
    place = found.head.outputs.index(answer)
    row = found.report.by_answer.loc[answer]
    some = np.flatnonzero(np.isfinite(found.truth[:, place]))  # the others were not asked
    n = len(some)
    if n > MOST_POINTS:
        some = np.sort(np.random.default_rng(0).choice(some, MOST_POINTS, replace=False))
    figure = vote_scatter(
        found.truth[some, place], found.predicted[some, place], found.object_ids[some].tolist(),
        answer=answer_words(answer), mean=float(found.mean[place]),
        rmse=float(row["rmse"]), rmse_of_mean=float(row["rmse_of_mean"]),
    )  # fmt: skip
    picked = charts.show(
        figure, key=f"{shown.key}:{shown.part}:{answer}", selectable=True,
        alt=f"Predicted against voted fractions of {answer_words(answer)}",
    )  # fmt: skip
    few = f"{MOST_POINTS:,} of {n:,} galaxies are drawn. " if n > MOST_POINTS else ""
    lines = f"Dashed: as people voted. Dotted: {_mean_of(found)}."
    st.caption(f"{few}{lines} A click or a lasso shows stamps.")
    return [str(name) for name in picked]


def _errors(found: JudgedVotes, answer: str) -> NDArray[np.float64]:
    """Predicted minus voted of one answer, or the RMSE over all of a galaxy's answers."""
    difference = found.predicted - found.truth
    if answer:
        one: NDArray[np.float64] = difference[:, found.head.outputs.index(answer)]
        return one
    over_all: NDArray[np.float64] = np.sqrt(np.nanmean(difference**2, axis=1))
    return over_all


def _picked(shown: Shown, found: JudgedVotes, answer: str, picked: list[str]) -> None:
    reason = f"Picked in votes against prediction of {answer_words(answer)}, run {shown.run_id}"
    cluster_act.selected_panel(
        shown, picked, source=f"picked by {answer_words(answer)}", reason=reason,
        key=f"{shown.key}:{shown.part}:picked", captions=_captions(found, answer),
    )  # fmt: skip


def _residuals(shown: Shown, found: JudgedVotes, answer: str) -> None:
    errors = np.abs(_errors(found, answer))
    order = np.argsort(-errors, kind="stable")  # those who were not asked come last
    order = order[np.isfinite(errors[order])][:MOST_RESIDUALS]
    said = answer_words(answer) if answer else "all answers"
    reason = f"Largest errors in {said}: {len(order):,} of {found.report.n:,}, run {shown.run_id}"
    cluster_act.selected_panel(
        shown, found.object_ids[order].tolist(), source=f"largest errors, {said}",
        reason=reason, key=f"{shown.key}:{shown.part}:residuals:{answer}",
        captions=_captions(found, answer),
    )  # fmt: skip
    below = "voted → predicted" if answer else "RMSE over its answers"
    st.caption(f"Below each: {below}, the largest error first.")


def _captions(found: JudgedVotes, answer: str) -> dict[str, str]:
    if not answer:
        errors = _errors(found, answer)
        return {str(i): f"{e:.2f}" for i, e in zip(found.object_ids, errors, strict=True)}
    place = found.head.outputs.index(answer)
    rows = zip(found.object_ids, found.truth[:, place], found.predicted[:, place], strict=True)
    return {str(i): f"{voted:.2f} → {given:.2f}" for i, voted, given in rows if voted == voted}
