"""Hand out the answers of a survey: as a file, or to TOPCAT and Aladin."""

from __future__ import annotations

import shutil
from functools import partial

import streamlit as st

from astro_core.ui import send_table
from astro_core.workflows.catalogue import Answered, save_answers
from astro_core.workflows.export import EXPORTS
from astro_core.workspace import Workspace

FORMATS = ("parquet", "csv", "votable", "fits")
IN_BROWSER = 1_000_000  # galaxies whose answers a browser is sent at once


def popover(workspace: Workspace, found: Answered) -> None:
    """Offer each form as a download, and the programs that listen."""
    menu = st.popover(
        "Download", icon=":material/download:", key="catalogue:hand-out", on_change="rerun"
    )
    if not menu.open:
        return
    with menu:
        if found.run.result["n_objects"] > IN_BROWSER:
            st.caption(f"Too many for a browser; the answers lie at `{found.answers}`")
            return
        for name in FORMATS:
            spec = EXPORTS.get(name)
            st.download_button(
                spec.label, partial(_content, workspace, found, spec.suffix),
                f"{found.run.result['model']}{spec.suffix}", spec.mime,
                key=f"catalogue:get:{name}", icon=":material/download:", on_click="ignore",
                width="stretch",
            )  # fmt: skip
        send_table.buttons(
            workspace, lambda path: save_answers(found, path), found.run.result["model"],
            key="catalogue:samp",
        )  # fmt: skip


def _content(workspace: Workspace, found: Answered, suffix: str) -> bytes:
    folder = workspace.scratch_folder("answers")
    try:
        path = folder / f"answers{suffix}"
        save_answers(found, path)
        return path.read_bytes()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
