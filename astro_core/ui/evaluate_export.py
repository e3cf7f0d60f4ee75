"""What can be taken along from Evaluate: a page about it, tables, and how pictures are kept."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from astro_core.ui import charts, evaluate_cached
from astro_core.ui.address import parameter
from astro_core.ui.evaluate_state import Shown
from astro_core.workflows.answer_files import predictions
from astro_core.workflows.evaluation_report import report_page
from astro_core.workflows.evaluation_tables import TABLES, table


def panel(shown: Shown) -> None:
    """Draw the ways out; each file is made when it is asked for."""
    name = f"{shown.run_id}-{shown.part}"
    given = (shown.workspace, shown.run_id, shown.part)
    _button("Report", lambda: report_page(*given, shown.head).encode(), f"{name}.html",
            "text/html", "One page to print or hand on, with all figures")  # fmt: skip
    _button("Answers", lambda: _csv(predictions(*given)), f"{name}.csv", "text/csv",
            "One row per galaxy of the part: label and what was predicted, as CSV")  # fmt: skip
    view = parameter("view", TABLES, next(iter(TABLES)))
    found = evaluate_cached.answers(shown)
    if found is not None and found.n:
        _button(
            f"Table of {TABLES[view][0]}", lambda: _csv(table(view, found)),
            f"{name}-{view}.csv", "text/csv", "The numbers behind this view, as CSV",
        )  # fmt: skip
    charts.picture_format()


def _csv(made: pd.DataFrame) -> bytes:
    return made.to_csv(index=False).encode()


def _button(label: str, make: Callable[[], bytes], name: str, mime: str, said: str) -> None:
    st.download_button(
        label, make, name, mime=mime, key=f"evaluate:take:{label}", on_click="ignore",
        icon=":material/download:", width="stretch", help=said,
    )  # fmt: skip
