"""Catalogue: classify a whole survey, and see what came of it."""

from astro_core.ui import catalogue_controls, catalogue_new, catalogue_result, frame
from astro_core.ui import catalogue_state as state

workspace = frame.page("Catalogue", "And the whole survey?")
shown = state.read(workspace, frame.open_dataset(workspace))
if shown is None:
    frame.empty("A model is asked here about every galaxy of a survey.", {"Train a model": "train"})

catalogue_controls.row(shown)
if shown.run is None:
    catalogue_new.panel(shown)
else:
    with frame.in_words():
        catalogue_result.panel(shown, shown.run)
