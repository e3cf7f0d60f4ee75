"""Finished trainings of the open dataset side by side."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from astro_core.classifiers.registry import RECIPES
from astro_core.domain import Dataset
from astro_core.ui import score_words
from astro_core.ui.address import keep, parameter
from astro_core.ui.words import plain
from astro_core.workflows.training_compare import SCORES, compare_trainings
from astro_core.workspace import Workspace

PARTS = {"test": "Test", "validation": "Validation"}


def panel(workspace: Workspace, dataset: Dataset) -> None:
    """One row per training: what was changed, on which galaxies it was judged, its scores."""
    key = "runs:part"
    st.session_state[key] = parameter("part", PARTS, "test")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            "Part", list(PARTS), key=key, required=True, format_func=PARTS.__getitem__,
            label_visibility="collapsed",
            on_change=lambda: keep("part", st.session_state[key], "test"),
        )  # fmt: skip
        st.caption(f"Finished trainings on **{plain(dataset.name)}**; the sidebar opens another.")
    part = str(st.session_state[key])
    found = compare_trainings(workspace, dataset, part)
    if found.empty:
        st.info(
            "No training on this dataset has ended yet. Train makes one; two or more are compared "
            "here.", icon=":material/compare_arrows:",
        )  # fmt: skip
        return
    st.dataframe(_table(found), hide_index=True, key="runs:compared", column_config=_columns(found))
    _said(found, part)


def _table(found: pd.DataFrame) -> pd.DataFrame:
    labels = [RECIPES.get(r).label if r in RECIPES else r for r in found["recipe"]]
    table = pd.DataFrame({"Recipe": labels, "Changed": found["changed"]})
    table["Epochs"] = found["epochs"]
    table["n"], table["Judged on"] = found["n"], found["judged_on"]
    for name in SCORES:
        if name in found:
            table[score_words.SCORES[name][0]] = found[name]
    table["Run"] = found["run_id"]
    return table


def _columns(found: pd.DataFrame) -> dict[str, object]:
    scores = {
        score_words.SCORES[name][0]: st.column_config.NumberColumn(
            format="%.3f", help=score_words.SCORES[name][1]
        )
        for name in SCORES
        if name in found
    }
    said = "The same letter: the same galaxies. Scores of different letters do not compare."
    return {**scores, "Judged on": st.column_config.TextColumn(help=said)}


def _said(found: pd.DataFrame, part: str) -> None:
    sets = found["judged_on"].nunique()
    if sets == 1:
        said = f"All were judged on the same {int(found['n'].iloc[0]):,} galaxies of {part}."
    else:
        said = (
            f"These were judged on {sets} different sets of galaxies: compare only rows with the "
            "same letter in Judged on."
        )
    if part == "validation":
        said += " Validation decided which epoch was best: its scores flatter a little."
    st.caption(f"{said} A difference of one seed each is no proof: train several seeds.")
