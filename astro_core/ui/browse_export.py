"""Hand out what is selected or shown: a table now, much or many images as a run."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from astro_core.domain import Run
from astro_core.ui import frame, run_status, send_table
from astro_core.ui.browse_state import Shown
from astro_core.ui.words import objects
from astro_core.workflows.browse_query import to_query
from astro_core.workflows.export import (
    EXPORTS,
    ExportSpec,
    export_dataset,
    file_name,
    is_small,
    submit_export,
)

IN_BROWSER_BYTES = 1_000_000_000
_SENT = "votable"
_CSV_NOTE = (
    "Text that a spreadsheet would run as a formula gets an apostrophe in front. Read object ids "
    "as text: some programs round 18-digit numbers."
)


def popover(shown: Shown) -> None:
    """Choose what and how, then download."""
    chosen = shown.selected
    scope = "shown"
    if chosen:
        scope = st.segmented_control(
            "What", ["selected", "shown"], key=f"{shown.key}:scope", required=True,
            default="selected",
            format_func=lambda s: f"{len(chosen if s == 'selected' else shown.rows):,} {s}",
        )  # fmt: skip
    n = len(chosen) if scope == "selected" else len(shown.rows)
    names = [spec.name for spec in EXPORTS if spec.suffix]
    name = st.selectbox(
        "As", names, key=f"{shown.key}:format", format_func=lambda f: EXPORTS.get(f).label
    )
    _note(shown, EXPORTS.get(name))
    with frame.in_words():
        _hand_out(shown, name, chosen if scope == "selected" else None, n)
    if n and is_small(_SENT, n):
        _send(shown, list(chosen) if scope == "selected" else shown.view.ids(shown.rows))
    _running(shown)


def _send(shown: Shown, ids: Sequence[str]) -> None:
    """Offer the table to programs that listen on this machine."""
    send_table.buttons(
        shown.workspace,
        lambda path: export_dataset(shown.workspace, shown.dataset, _SENT, path, ids),
        shown.dataset.name, key=f"{shown.key}:samp",
    )  # fmt: skip


def _note(shown: Shown, spec: ExportSpec) -> None:
    if spec.images:
        recipe = shown.dataset.recipe
        st.caption(
            f"JPEG or pixels of {recipe.size_px} x {recipe.size_px} as the dataset's own recipe "
            "renders them. Objects whose image cannot be read are left out."
            + (" So are objects without a class." if spec.name == "hdf5" else "")
        )
    elif spec.name == "csv":
        st.caption(_CSV_NOTE)


def _content(shown: Shown, name: str, ids: Sequence[str]) -> bytes:
    folder = shown.workspace.scratch_folder("export")
    try:
        path = folder / file_name(shown.dataset, name)
        export_dataset(shown.workspace, shown.dataset, name, path, ids)
        return path.read_bytes()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _hand_out(shown: Shown, name: str, ids: Sequence[str] | None, n: int) -> None:
    label = f"Download {objects(n)}"
    if not n:
        st.caption("There is nothing to export: no object passes the filters.")
    elif is_small(name, n):
        wanted = list(ids) if ids is not None else shown.view.ids(shown.rows)
        st.download_button(
            label, lambda: _content(shown, name, wanted), file_name(shown.dataset, name),
            EXPORTS.get(name).mime, key=f"{shown.key}:download", type="primary",
            icon=":material/download:", on_click="ignore", width="stretch",
        )  # fmt: skip
    elif st.button(f"Prepare {objects(n)}", key=f"{shown.key}:prepare", width="stretch"):
        run_id = submit_export(
            shown.workspace, shown.dataset, name,
            ids=ids, query=None if ids is not None else to_query(shown.filters),
        )  # fmt: skip
        st.session_state[f"{shown.key}:run"] = run_id


def _running(shown: Shown) -> None:
    run_id = st.session_state.get(f"{shown.key}:run")
    run = run_status.follow(shown.workspace, run_id) if run_id else None
    if run is not None and run.state == "done":
        _ready(shown, run)


def _ready(shown: Shown, run: Run) -> None:
    result = run.result
    path: Path = shown.workspace.runs / run.run_id / result["file"]
    if result["n_left_out"]:
        st.caption(f"{objects(result['n_left_out'])} left out: no readable image, or no class.")
    if not path.is_file():
        st.caption("The file is no longer there.")
    elif path.stat().st_size > IN_BROWSER_BYTES:
        st.caption(f"Too large to send to the browser; it lies at {path}")
    else:
        st.download_button(
            f"Save {result['file']}", path.read_bytes, result["file"],
            EXPORTS.get(result["format"]).mime, key=f"{shown.key}:save:{run.run_id}",
            type="primary", icon=":material/download:", on_click="ignore", width="stretch",
        )  # fmt: skip
