"""What came of an import, and where to go from there."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from astro_core.domain import Run
from astro_core.ui import cached, navigation
from astro_core.ui.words import objects, plain
from astro_core.workspace import Workspace


def done(workspace: Workspace, run: Run) -> None:
    """Say what was made and link to it."""
    names = {d.name for d in cached.datasets(workspace)}
    made = run.result.get("dataset") or (run.kind if run.kind in names else "")
    if not made or made not in names:
        st.caption("The dataset that this made has been renamed or deleted since.")
        return
    dataset = next(d for d in cached.datasets(workspace) if d.name == made)
    st.markdown(
        f"**{plain(made)}** holds {objects(dataset.n_objects)}"
        + (f"; {objects(dataset.n_bad)} were left out." if dataset.n_bad else ".")
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
