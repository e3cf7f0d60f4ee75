"""Labels to take along: one row per galaxy, or every answer, in the formats of astronomy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from astro_core.ui import charts, consensus_cached, consensus_hidden
from astro_core.ui.consensus_state import Shown
from astro_core.workflows.consensus_table import write_galaxies
from astro_core.workflows.export import EXPORTS
from astro_core.workflows.export_tables import WRITERS
from astro_core.workflows.label_export import export_labels
from astro_core.workspace import Workspace

GALAXIES, ANSWERS = "galaxies", "answers"
WHATS = {GALAXIES: "One row per galaxy", ANSWERS: "Every answer"}
_JSON = {"json": ("JSON", ".json", "application/json")}
_FORMATS = {n: (EXPORTS.get(n).label, EXPORTS.get(n).suffix, EXPORTS.get(n).mime) for n in WRITERS}
_SAID = {
    GALAXIES: "Label by the rule chosen on the page, its share, the votes for each answer, and "
    "the catalogue's class.",
    ANSWERS: "All that was said and taken back, of all classes and questions, one row per event. "
    "It comes back unchanged by Import.",
}


def panel(shown: Shown) -> None:
    """Choose what and how, then download."""
    what = st.segmented_control(
        "What", list(WHATS), key=f"{shown.key}:what", required=True, default=GALAXIES,
        format_func=WHATS.__getitem__,
    )  # fmt: skip
    formats = _FORMATS if what == GALAXIES else _FORMATS | _JSON
    name = st.selectbox(
        "As", list(formats), key=f"{shown.key}:format:{what}",
        format_func=lambda chosen: formats[chosen][0],
    )  # fmt: skip
    st.caption(_SAID[what])
    _, suffix, mime = formats[name]
    file = f"{shown.dataset.name}-{what}{suffix}".replace(" ", "-")
    make = _galaxies(shown, name) if what == GALAXIES else _answers(shown)
    st.download_button(
        "Download", lambda: _content(shown.workspace, file, make), file, mime,
        key=f"{shown.key}:download:{what}:{name}", type="primary", icon=":material/download:",
        on_click="ignore", width="stretch",
    )  # fmt: skip
    if n := len(consensus_hidden.of(shown)):
        st.caption(
            f"{n:,} galaxies that a queue still asks for, and that you have not answered, are left "
            "out. The command `labels export` writes all."
        )
    charts.picture_format()


def _galaxies(shown: Shown, format_name: str) -> Callable[[Path], object]:
    return lambda path: write_galaxies(
        consensus_cached.compared(shown.asked, shown.rule), consensus_cached.votes(shown.asked),
        format_name, path, hidden=consensus_hidden.of(shown),
    )  # fmt: skip


def _answers(shown: Shown) -> Callable[[Path], object]:
    return lambda path: export_labels(
        shown.workspace, shown.dataset, path, seen_by=shown.person
    )  # fmt: skip


def _content(workspace: Workspace, file: str, make: Callable[[Path], object]) -> bytes:
    folder = workspace.scratch_folder("labels")
    try:
        make(folder / file)
        return (folder / file).read_bytes()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
