"""Stretch: bands, black points and stretch, live on a few galaxies, up to four recipes at once."""

import streamlit as st

from astro_core.ui import frame, stretch_source
from astro_core.ui import stretch_state as state
from astro_core.ui.stretch_bench import bench
from astro_core.ui.words import plain

workspace = frame.page("Stretch", "Which bands and which stretch show it best?")
uploaded = stretch_source.uploaded_tray()
dataset = None if uploaded else frame.open_dataset(workspace)
if uploaded is not None:
    wrong = state.begin(uploaded.key, stretch_source.first_recipe(uploaded))
elif dataset is not None:
    wrong = state.begin(dataset.name, dataset.recipe)
else:
    stretch_source.upload_menu(workspace)
    frame.open_dataset_or_stop(workspace)
    st.stop()
if wrong:
    frame.problem(wrong)

tray = uploaded or stretch_source.survey_tray(dataset)
for problem in tray.problems[:3] if tray is not None else ():
    st.caption(plain(f"{problem.object_id} is left out: {problem.reason}"))
if tray is not None and tray.pixels:
    bench(workspace, tray, dataset)
elif dataset is not None:  # none of these can be shown; others may
    stretch_source.galaxies_menu(workspace, dataset)
