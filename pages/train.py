"""Train: choose a recipe, watch it learn, and see what it got wrong."""

import streamlit as st

from astro_core.ui import (
    cluster_act,
    frame,
    train_cards,
    train_controls,
    train_mode,
    train_preview,
    train_result,
    train_settings,
    tune_page,
)
from astro_core.ui import train_state as state

workspace = frame.page("Train", "Can a model learn it?")
dataset = frame.open_dataset_or_stop(workspace)
shown = state.read(workspace, dataset)

if train_mode.mode() == train_mode.SEARCH:
    tune_page.panel(shown)
    st.stop()
train_controls.row(shown)
train_controls.told(shown)
if shown.run_id:
    with frame.in_words():
        train_result.panel(shown)
else:
    recipes, chosen = st.columns([1, 1.1], gap="medium")
    with recipes:
        train_cards.cards(shown)
    with chosen:
        train_settings.main(shown)
        train_preview.panel(shown)
cluster_act.opened(shown)
