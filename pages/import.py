"""Import: look at what is there, see every problem first, then import or extend."""

import streamlit as st

from astro_core.ui import frame, import_done, import_look, import_options, import_source, run_status
from astro_core.workflows.import_plan import mapped_counts

workspace = frame.page("Import", "What do I have?")
import_source.choose(workspace)

made = st.query_params.get(import_source.MADE)
looked = st.query_params.get(import_source.LOOKED)
if made:
    run = run_status.follow(workspace, made)
    if run is not None and run.state == "done":
        import_done.done(workspace, run)
elif looked:
    run = import_source.inspection(workspace, looked)
    if run is not None:
        table = import_options.go(workspace, run)
        import_look.found(workspace, run, mapped_counts(table))
elif extend := import_options.target(workspace):
    st.caption(f"What you choose here is added to {extend}.")
