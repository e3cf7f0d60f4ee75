"""Labels that are probably wrong, from what models said of galaxies they had not seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pandas as pd
import streamlit as st

from astro_core.ui import cluster_act, evaluate_compare_folds
from astro_core.ui.address import hold, keep, parameter
from astro_core.ui.evaluate_state import Shown
from astro_core.ui.run_names import short_names
from astro_core.ui.words import plain, readable
from astro_core.workflows.answer_files import FOLDS
from astro_core.workflows.folds_state import doubtful_labels

TILE_PX = 112
WEAK = 0.5  # accuracy below which doubts are worth nothing
ALL_PAIRS, PAIR, RUN = "", "pair", "doubts"
_ARROW = "→"


def panel(shown: Shown) -> None:
    """Stamps of doubtful labels, the most doubtful first; of one pair of classes, if wanted."""
    there = [run for run in shown.trainings if run.kind == FOLDS]
    ids = [run.run_id for run in there if _doubts(shown, run.run_id) is not None]
    if not ids:
        evaluate_compare_folds.nothing(
            "Labels that are probably wrong are listed here, from models that had not seen the "
            "galaxy: a model remembers the labels it learned, right or wrong. Train a recipe that "
            "learns classes fold by fold."
        )
        return
    names = short_names(there)
    which, pairs = st.columns([1.3, 1], gap="small")
    with which:
        run_id = _choose(shown, ids, names)
    found = cast("pd.DataFrame", _doubts(shown, run_id))
    if found.empty:
        st.success("No label is doubted: every one is what models that had not seen it expect.")
        return
    with pairs:
        chosen = _pair(shown, found)
    run = next(run for run in there if run.run_id == run_id)
    _worth(found, run.result["scores"]["mean"])
    _stamps(shown, chosen, run_id, names[run_id])
    st.caption(
        "Below each: label → suggested class, and the probability of either. Found by confident "
        "learning (Northcutt, Jiang & Chuang 2021) on out-of-fold probabilities only. "
        "A doubt is no proof: look before you relabel."
    )


def _worth(found: pd.DataFrame, scores: Mapping[str, float]) -> None:
    """How much the doubts are worth: as much as the models that have them."""
    right = (
        f"{found.shape[0]:,} of {int(scores['n']):,} labels are doubted, by models that are right"
    )
    if scores["accuracy"] < WEAK:
        st.warning(
            f"{right} for only {scores['accuracy']:.0%} of the galaxies: such doubts mean little. "
            "Train a better recipe fold by fold.", icon=":material/warning:",
        )  # fmt: skip
    else:
        st.caption(f"{right} for {scores['accuracy']:.0%} of the galaxies.")


def _doubts(shown: Shown, run_id: str) -> pd.DataFrame | None:
    return cast("pd.DataFrame | None", _read(str(shown.workspace.root), run_id, shown))


@st.cache_resource(max_entries=16, show_spinner=False)
def _read(_root: str, run_id: str, _shown: Shown) -> pd.DataFrame | None:
    return doubtful_labels(_shown.workspace, run_id)  # written once, when the run ends


def _choose(shown: Shown, ids: list[str], names: dict[str, str]) -> str:
    usual = shown.run_id if shown.run_id in ids else ids[0]
    key = f"{shown.key}:doubts"
    hold(key, parameter(RUN, ids, usual))
    st.selectbox(
        "Doubted by", ids, key=key, format_func=names.__getitem__,
        on_change=lambda: keep(RUN, st.session_state[key], usual),
    )  # fmt: skip
    return str(st.session_state[key])


def _pair(shown: Shown, found: pd.DataFrame) -> pd.DataFrame:
    said = found["label"] + _ARROW + found["suggested"]
    counts = said.value_counts()
    key = f"{shown.key}:pair"
    options = [ALL_PAIRS, *counts.index]
    hold(key, parameter(PAIR, options, ALL_PAIRS))
    st.selectbox(
        "Label → suggested", options, key=key,
        format_func=lambda name: _words(name, counts, len(found)),
        on_change=lambda: keep(PAIR, st.session_state[key], ALL_PAIRS),
    )  # fmt: skip
    chosen = st.session_state[key]
    return found if chosen == ALL_PAIRS else found[said == chosen]


def _words(name: str, counts: pd.Series, total: int) -> str:
    if name == ALL_PAIRS:
        return f"All ({total:,})"
    label, suggested = name.split(_ARROW)
    return f"{readable(label)} → {readable(suggested)} ({counts[name]:,})"


def _stamps(shown: Shown, chosen: pd.DataFrame, run_id: str, name: str) -> None:
    ids = chosen["object_id"].tolist()
    signs = shown.letters
    captions = {
        row.object_id: (
            f"{signs.get(row.label, row.label)} {row.p_label:.2f} → "
            f"{signs.get(row.suggested, row.suggested)} {row.p_suggested:.2f}"
        )
        for row in chosen.itertuples()
    }
    reason = f"Label is probably wrong: {len(ids):,} doubted by {plain(name)}, run {run_id}"
    cluster_act.selected_panel(
        shown, ids, source="suspected label errors", reason=reason[:500],
        key=f"{shown.key}:doubtful:{run_id}:{len(ids)}", captions=captions, tile_px=TILE_PX,
    )  # fmt: skip
