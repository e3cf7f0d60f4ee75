"""Classify: find the galaxies in a picture that somebody brought, and say what each of them is."""

import streamlit as st

from astro_core.ui import (
    classify_boxes,
    classify_controls,
    classify_drop,
    classify_panel,
    classify_strip,
    classify_work,
    frame,
)
from astro_core.ui import classify_state as state
from astro_core.ui.words import plain
from astro_core.workflows.read_upload import get_ready

workspace = frame.page("Classify", "What is in this picture?")
get_ready()
pictures, unread = classify_drop.pictures()
left_aside = classify_boxes.take(workspace, pictures)
shown = state.read(workspace, pictures)
if shown.model is None:
    frame.empty("A model is asked here what is in a picture.", {"Train a model": "train"})

classify_controls.row(shown)
for problem in shown.problems:
    st.warning(plain(problem), icon=":material/link_off:")
classify_drop.unread([*unread, *left_aside])
if shown.pictures:
    classify_strip.row(shown)
    classify_panel.panel(shown)
    classify_work.go_on(shown)
else:
    classify_drop.empty(workspace)
