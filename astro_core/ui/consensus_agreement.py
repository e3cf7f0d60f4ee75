"""How far people agree: of all, and of each pair; a pair's galaxies on which they differ."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from astro_core.figures.agreement import pair_kappas
from astro_core.labels.agreement import Agreement, Measure
from astro_core.ui import charts, consensus_cached, consensus_stamps
from astro_core.ui.consensus_state import Shown
from astro_core.ui.words import plain

MOST_PAIRS = 12
EVERYBODY = ""


def panel(shown: Shown) -> None:
    """Measures with their intervals, the pairs, and where a pair differs."""
    found = consensus_cached.agreement(shown.asked)
    st.html(facts(found))
    if found.cohen.empty:
        st.info(
            "No galaxy was answered by two people, so that agreement cannot be measured. Ask for "
            "more votes in the rules of a queue.", icon=":material/group:",
        )  # fmt: skip
        return
    left, right = st.columns([1.15, 1], gap="medium")
    with left:
        _pairs(shown, found)
    with right:
        _differing(shown)


def facts(found: Agreement) -> str:
    """HTML of the measures."""
    cells = [
        _cell("Krippendorff's alpha", found.krippendorff),
        _cell("Fleiss' kappa", found.fleiss),
        (f"{found.fleiss.n:,}", f"of {found.n_objects:,} galaxies have two answers or more"),
        (f"{found.n_votes:,}", "answers"),
        (f"{found.n_reviewers:,}", "reviewer" if found.n_reviewers == 1 else "reviewers"),
    ]
    inner = "".join(f"<div><b>{a}</b><span>{escape(b)}</span></div>" for a, b in cells)
    return f'<div class="tf-facts">{inner}</div>'


def _cell(name: str, measure: Measure) -> tuple[str, str]:
    if measure.value != measure.value:
        return "none", f"{name}: not defined on these answers"
    return f"{measure.value:.2f}", f"{name}, {measure.low:.2f} to {measure.high:.2f}"


def _pairs(shown: Shown, found: Agreement) -> None:
    whose = _whose(shown, found)
    pairs = found.cohen.dropna(subset=["kappa"])
    if whose:
        pairs = pairs[(pairs["a"] == whose) | (pairs["b"] == whose)]
    if pairs.empty:
        st.caption("No pair has answers that differ enough for a kappa.")
        return
    least = pairs.sort_values("kappa", kind="stable").head(MOST_PAIRS).reset_index(drop=True)
    charts.show(
        pair_kappas(least, n_pairs=len(pairs)), key=f"{shown.key}:pairs:{_picked(shown)}",
        alt="Cohen's kappa of pairs: " + _spoken(least), selectable=True, modes=("points",),
        on_pick=_pick,
    )  # fmt: skip
    st.caption(
        "1 is perfect, 0 is chance. Bars: 95 % from 1,000 samples of the galaxies. Click a point "
        "to see where the two differ."
    )


def _spoken(pairs: pd.DataFrame) -> str:
    return "; ".join(f"{r.a} and {r.b} {r.kappa:.2f}, n {r.n}" for r in pairs.itertuples())


def _whose(shown: Shown, found: Agreement) -> str:
    names = sorted({*found.cohen["a"], *found.cohen["b"]}, key=str.casefold)
    if len(found.cohen) <= MOST_PAIRS:
        return EVERYBODY
    return str(
        st.selectbox(
            "Pairs of", [EVERYBODY, *names], key=f"{shown.key}:whose",
            format_func=lambda name: name or f"everybody: the {MOST_PAIRS} that agree least",
        )
    )  # fmt: skip


def _pick(picked: list[list[str]]) -> None:
    st.query_params["one"], st.query_params["other"] = map(str, picked[0])


def _picked(shown: Shown) -> tuple[str, str] | None:
    one, other = (st.query_params.get(name, "") for name in ("one", "other"))
    there = {one, other} <= set(consensus_cached.votes(shown.asked).reviewers)
    return (one, other) if there and one != other else None


def _unpick() -> None:
    for name in ("one", "other"):
        st.query_params.pop(name, None)


def _differing(shown: Shown) -> None:
    """Galaxies on which the picked pair differs, or anybody does."""
    pair = _picked(shown)
    if pair is None:
        found = consensus_cached.between(shown.asked, "", "")
        source, who = "people differ", "Somebody says one thing, somebody else another"
    else:
        found = consensus_cached.between(shown.asked, *pair)
        source = f"{pair[0]} and {pair[1]} differ"
        who = source
        st.button(
            "Everybody", key=f"{shown.key}:unpair", icon=":material/close:", type="tertiary",
            on_click=_unpick,
        )  # fmt: skip
    ids = found.differing
    consensus_stamps.panel(
        shown, ids, source=source, reason=f"{who}: {len(ids):,} galaxies",
        key=f"{shown.key}:differing:{pair}", pair=pair,
    )  # fmt: skip
    if ids:
        below = "what the two said" if pair else "how many gave each answer"
        st.caption(plain(f"Below each: {below}."))
