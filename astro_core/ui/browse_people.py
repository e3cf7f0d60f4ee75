"""What people said of one galaxy, as far as who is at the browser may see it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from astro_core.domain import Dataset
from astro_core.ui import navigation, who
from astro_core.ui.words import readable
from astro_core.workflows.blind import Said, said_of
from astro_core.workspace import Workspace

TAB = "People"
_ACTS = {"skip": "skipped", "flag": "flagged"}


def read(workspace: Workspace, dataset: Dataset, object_id: str) -> Said | None:
    """What people said of a galaxy; None where nobody did."""
    return said_of(workspace, dataset, who.person(), [object_id])


def show(said: Said, *, key: str) -> None:
    """Who said what and when, and how many others did."""
    if len(said.rows):
        table = pd.DataFrame(
            {
                "who": said.rows["reviewer"],
                "said": [_words(row) for _, row in said.rows.iterrows()],
                "when": pd.to_datetime(said.rows["at"], utc=True),
            }
        )
        when = st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm", timezone="UTC")
        st.dataframe(table, hide_index=True, key=f"{key}:people", column_config={"when": when})
        st.caption("Times are UTC.")
    if said.n_hidden:
        _hidden(said.n_hidden, key=key)


def _hidden(n: int, *, key: str) -> None:
    others = "1 other person has" if n == 1 else f"{n:,} others have"
    st.caption(
        f"{others} answered. What they said shows once you have answered yourself, or when nobody "
        "is asked any more."
    )
    if st.button("Review", key=f"{key}:review", icon=navigation.PAGES.get("review").icon):
        navigation.go("review", dataset=st.query_params.get("dataset", ""))


def _words(row: pd.Series) -> str:
    said = _ACTS.get(row["action"]) or readable(row["said"])
    asked = f"{readable(row['question'])}: " if row["question"] else ""
    many = ", with others in one go" if row["bulk"] else ""
    return ("settled as " if row["action"] == "settle" else "") + asked + said + many
