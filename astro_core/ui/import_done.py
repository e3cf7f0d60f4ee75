"""What came of an import, and where to go from there."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from astro_core.datasets.store import open_dataset
from astro_core.domain import Run
from astro_core.errors import NotFoundError
from astro_core.ui import navigation
from astro_core.ui.import_source import look
from astro_core.ui.words import objects, plain
from astro_core.workspace import Workspace


def done(workspace: Workspace, run: Run) -> None:
    """Say what was made and link to it; what was downloaded can be looked at."""
    if run.kind == "download":
        for note in run.result["notes"]:
            st.caption(plain(note))
        if st.button("Look inside", type="primary", key="import:downloaded"):
            look(workspace, run.result["path"], reader=run.result["reader"])
        return
    made = str(run.result.get("dataset") or run.kind)
    try:
        dataset = open_dataset(workspace, made)
    except NotFoundError:
        st.caption("The dataset that this made has been renamed or deleted since.")
        return
    st.markdown(
        f"**{plain(made)}** holds {objects(dataset.n_objects)}"
        + (f"; {dataset.n_bad:,} were left out." if dataset.n_bad else ".")
    )
    with st.container(horizontal=True):
        if st.button("Open in Browse", type="primary", key="import:browse"):
            navigation.go("browse", dataset=made)
        if st.button("Tune its colours", key="import:stretch"):
            navigation.go("stretch", dataset=made)
    if run.result.get("problems"):
        st.markdown("**What was left out**")
        st.dataframe(
            pd.DataFrame(run.result["problems"]),
            hide_index=True,
            height=220,
            alt="Problems: object, file and reason",
        )
