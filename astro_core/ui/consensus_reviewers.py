"""Who answered: how many, how fast, and how often they agree with the others."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import streamlit as st

from astro_core.figures.agreement import skills
from astro_core.ui import charts, consensus_cached
from astro_core.ui.consensus_state import Shown


def panel(shown: Shown) -> None:
    """A figure of who agrees with the others, and a table of all."""
    people = consensus_cached.people(shown.asked)
    compared = people[people["n_compared"] > 0]
    left, right = st.columns([1, 1.6], gap="medium")
    with left:
        if compared.empty:
            st.info("Nobody answered a galaxy that another answered too.", icon=":material/group:")
        else:
            _figure(shown, compared)
    with right:
        _table(shown, people)


def _figure(shown: Shown, people: pd.DataFrame) -> None:
    drawn = people.rename(columns={"agreeing": "share", "n_compared": "n"})
    drawn = drawn.sort_values("share", ascending=False, kind="stable")
    said = "; ".join(f"{row.reviewer} {row.share:.0%} of {row.n}" for row in drawn.itertuples())
    charts.show(
        skills(drawn, of="agreement with the others, 95 % interval"),
        key=f"{shown.key}:skills", alt=f"Agreement with the others: {said}",
    )  # fmt: skip
    st.caption(
        "Agreeing with the others is not being right: where most are wrong, who is right agrees "
        "least. Gold galaxies that are mixed into a queue tell."
    )


def _table(shown: Shown, people: pd.DataFrame) -> None:
    table = pd.DataFrame(
        {
            "Reviewer": people["reviewer"],
            "Answers": people["n_votes"],
            "In one go": people["n_bulk"],
            "Skips": people["n_skips"],
            "Flags": people["n_flags"],
            "Seconds": people["seconds"],
            "Agrees": people["agreeing"] * 100,
            "Gold": people["right"] * 100,
            "Of gold": people["n_gold"],
            "Last": [datetime.fromisoformat(at) for at in people["last"]],
        }
    )
    if not people["n_gold"].any():
        table = table.drop(columns=["Gold", "Of gold"])
    number = st.column_config.NumberColumn
    st.dataframe(
        table, hide_index=True, key=f"{shown.key}:people",
        column_config={
            "In one go": number(help="Given to many galaxies in one go; each counts half a vote"),
            "Seconds": number(format="%.1f", help="Median time for an answer, s"),
            "Agrees": number(format="%.0f %%", help="With the others' leading answer"),
            "Gold": number(format="%.0f %%", help="Right, of galaxies whose class is known"),
            "Of gold": number(help="Galaxies whose class is known that they answered"),
            "Last": st.column_config.DatetimeColumn(format="D MMM YYYY", timezone="UTC",
                                                    help="Last answer, UTC"),
        },
    )  # fmt: skip
