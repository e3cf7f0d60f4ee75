"""Home: what this is, what is open, and what to do next."""

import os

import streamlit as st

from astro_core import runs
from astro_core.ui import cached, frame, home_cards, home_dialogs, navigation, run_status
from astro_core.ui.words import disk
from astro_core.workflows import home
from astro_core.workflows.open_app import DEMO_VARIABLE

workspace = frame.page("Home", "What can I do here, and where did I stop?")
datasets = cached.datasets(workspace)
dataset = frame.open_dataset(workspace)
all_runs = runs.list_runs(workspace)
use = cached.disk_use(workspace, all_runs)

st.markdown(
    "Open a survey of galaxy images, see what is in it and how unbalanced it is, and find the "
    "bands and the stretch that show what you are after."
)
if said := st.session_state.pop("home:said", ""):
    st.success(said)
if datasets:
    home_cards.facts(home.counts(datasets, all_runs), use)

making_demo = any(run.kind == home.DEMO and not run.finished for run in all_runs)
run_status.follow_all(workspace, all_runs)

if dataset is not None:
    home_cards.hero(workspace, dataset)
with st.container(horizontal=True, vertical_alignment="center"):
    first = dataset is None and not making_demo
    if st.button("Import images", icon=":material/download:", key="home:import"):
        navigation.go("import")
    if (
        not making_demo
        and all(d.name != home.DEMO for d in datasets)
        and st.button(
            "Make the demo survey",
            icon=":material/auto_awesome:",
            key="home:demo",
            type="primary" if first else "secondary",
            help="About 1,500 simulated galaxies with classes and votes; takes a minute or two.",
        )
    ):
        with frame.in_words():
            home.start_demo(workspace)
            st.rerun()
    with st.popover("Recent runs", icon=":material/history:"):
        home_cards.recent(all_runs)
    if use.caches and st.button(
        f"Clear caches ({disk(use.caches)})", icon=":material/mop:", key="home:clear"
    ):
        home_dialogs.clear(workspace, use)
    if os.environ.get(DEMO_VARIABLE):
        home_cards.reset_button(workspace)

others = [d for d in datasets if dataset is None or d.name != dataset.name]
if others:
    home_cards.cards(workspace, others)
