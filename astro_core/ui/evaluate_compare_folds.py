"""Two recipes on the same folds: the corrected t-test, and each fold as a line."""

from __future__ import annotations

from html import escape
from typing import cast

import streamlit as st

from astro_core.domain import Run
from astro_core.evaluation.comparison import FEWEST_PAIRS, PairedTest, smallest_p
from astro_core.figures import comparison as figures
from astro_core.ui import charts, navigation, score_pick, score_words
from astro_core.ui.address import hold, keep, parameter
from astro_core.ui.evaluate_state import Shown
from astro_core.ui.run_names import short_names
from astro_core.ui.words import plain
from astro_core.workflows.answer_files import FOLDS, changed_at
from astro_core.workflows.compare_folds import SameFolds, compare_folds, on_the_same_folds
from astro_core.workflows.folds import USUAL
from astro_core.workflows.training_compare import LOWER_IS_BETTER

FIRST, SECOND = "first", "second"


def panel(shown: Shown) -> None:
    """Choose two runs of folds, and say which recipe is better, as far as can be told."""
    there = [run for run in shown.trainings if run.kind == FOLDS]
    names = short_names(there)
    if not there:
        nothing("Two recipes that were trained on the same folds are compared here.")
        return
    left, right, measure = st.columns([1, 1, 1.1], vertical_alignment="bottom", gap="small")
    with left:
        first = _pick(shown, FIRST, "First", there, names)
    same = _same(shown, first, there)
    if not same:
        nothing(
            "No other recipe was trained on the same folds. Train one with the same number of "
            "folds and the same seed.", folds=int(_by_id(there, first).params["folds"]),
        )  # fmt: skip
        return
    with right:
        second = _pick(shown, SECOND, "Second", same, names)
    found = _compared(shown, first, second)
    with measure:
        score = score_pick.pick(list(found.t_tests), key=f"{shown.key}:foldscore")
    figure, words = st.columns([1, 1.1], gap="medium")
    with figure:
        _lines(shown, found, names, score)
    with words:
        _said(found, names, score)
    st.caption(
        f"Folds share most of their training galaxies ({found.n_train:,.0f} learned from and "
        f"{found.n_test:,.0f} judged by in each): a plain t-test would be too sure. The corrected "
        "one takes the variance of the mean as 1/k + n judged / n learned times that of a fold."
    )


def nothing(said: str, folds: int = USUAL) -> None:
    """Say what would be here, and offer to train it."""
    st.info(said, icon=":material/stacks:")
    if st.button(f"Train with {folds} folds", icon=":material/model_training:"):
        navigation.go("train", run="new", folds=str(folds))


def _by_id(there: list[Run], run_id: str) -> Run:
    return next(run for run in there if run.run_id == run_id)


def _pick(shown: Shown, name: str, label: str, there: list[Run], names: dict[str, str]) -> str:
    ids = [run.run_id for run in there]
    usual = shown.run_id if name == FIRST and shown.run_id in ids else ids[0]
    key = f"{shown.key}:{name}"
    hold(key, parameter(name, ids, usual))
    st.selectbox(
        label, ids, key=key, format_func=names.__getitem__,
        on_change=lambda: keep(name, st.session_state[key], usual),
    )  # fmt: skip
    return str(st.session_state[key])


def _same(shown: Shown, first: str, there: list[Run]) -> list[Run]:
    changed = tuple(changed_at(shown.workspace, run.run_id) for run in there)
    same = _on_the_same((str(shown.workspace.root), first, changed), shown, there)
    return [run for run in there if run.run_id in same]


@st.cache_resource(max_entries=16, show_spinner=False)
def _on_the_same(
    key: tuple[str, str, tuple[int, ...]], _shown: Shown, _there: list[Run]
) -> frozenset[str]:
    found = on_the_same_folds(_shown.workspace, key[1], _there)
    return frozenset(run.run_id for run in found)


def _compared(shown: Shown, first: str, second: str) -> SameFolds:
    changed = (changed_at(shown.workspace, first), changed_at(shown.workspace, second))
    key = (str(shown.workspace.root), first, second, changed)
    return cast("SameFolds", _compare(key, shown))


@st.cache_resource(max_entries=16, show_spinner=False)
def _compare(key: tuple[str, str, str, tuple[int, int]], _shown: Shown) -> SameFolds:
    return compare_folds(_shown.workspace, key[1], key[2])


def _lines(shown: Shown, found: SameFolds, names: dict[str, str], score: str) -> None:
    figure = figures.fold_pairs(
        found.scores[f"{score}_first"].tolist(), found.scores[f"{score}_second"].tolist(),
        names=(names[found.first], names[found.second]), score=score_words.said(score),
        better="low" if score in LOWER_IS_BETTER else "high",
    )  # fmt: skip
    charts.show(figure, key=f"{shown.key}:folds:{score}", alt="Score of both recipes on each fold")


def _said(found: SameFolds, names: dict[str, str], score: str) -> None:
    test = found.t_tests[score]
    st.html(_means(found, names, score))
    st.markdown(
        f"Difference **{test.difference:+.3f}**, 95 % interval {test.low:+.3f} to "
        f"{test.high:+.3f}, **p {_p(test)}**.  \n{plain(test.test)}, {test.n_pairs} folds."
    )
    ranks = found.ranks.get(score)
    if ranks is not None:
        st.markdown(f"{ranks.test}, {ranks.n_pairs} pairs: **p {_p(ranks)}**.")
    else:
        st.caption(
            f"No Wilcoxon signed-rank test: with {found.n_folds} folds its smallest two-sided p is "
            f"{smallest_p(found.n_folds):g}, however clear the difference. It needs "
            f"{FEWEST_PAIRS} folds or more."
        )


def _p(test: PairedTest) -> str:
    if test.p != test.p:  # not a number
        return "cannot be told: all folds differ alike"
    return "below 0.001" if test.p < 0.001 else f"= {test.p:.3f}"


def _means(found: SameFolds, names: dict[str, str], score: str) -> str:
    rows = []
    for which, run in (("first", found.first), ("second", found.second)):
        values = found.scores[f"{score}_{which}"]
        rows.append(
            f'<tr><th style="white-space:normal">{escape(names[run])}</th>'
            f"<td>{values.mean():.3f} ± {values.std(ddof=1):.3f}</td><td>mean ± sd</td></tr>"
        )
    return f'<table class="tf-scores">{"".join(rows)}</table>'
