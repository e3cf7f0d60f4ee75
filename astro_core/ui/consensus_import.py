"""Labels from a file: a table, what was exported before, or a classification export."""

from __future__ import annotations

import shutil

import streamlit as st

from astro_core.domain import Dataset, Person
from astro_core.ui import frame
from astro_core.ui.words import plain
from astro_core.workflows.label_import import import_labels
from astro_core.workflows.uploads import LABEL_LIMITS, receive
from astro_core.workspace import Workspace


def panel(workspace: Workspace, dataset: Dataset, person: Person) -> None:
    """Take a file and store what it says; only a lead may."""
    if not person.may("lead"):
        st.caption("Only a lead takes labels in from a file.")
        return
    with st.form(f"consensus:import:{dataset.fingerprint}", border=False, clear_on_submit=True):
        given = st.file_uploader(
            "Labels", key="consensus:file", type=[s.strip(".") for s in LABEL_LIMITS.suffixes],
            max_upload_size=int(LABEL_LIMITS.max_bytes / 1e6),
            help="A table with object_id, label and reviewer, and perhaps at and comment; what was "
            "exported here; or the classification export of a Zooniverse project",
        )  # fmt: skip
        who = st.text_input(
            "Reviewer", key="consensus:reviewer", placeholder="where the file does not say",
            max_chars=100,
        )  # fmt: skip
        sent = st.form_submit_button("Take in", type="primary", icon=":material/upload:")
    st.caption("All rows are taken or none, and none twice.")
    if sent and given is None:
        st.caption("Choose a file first.")
    elif sent:
        with frame.in_words():
            _take(workspace, dataset, given, who, person)


def _take(
    workspace: Workspace,
    dataset: Dataset,
    given: st.runtime.uploaded_file_manager.UploadedFile,
    who: str,
    person: Person,
) -> None:
    upload = receive(workspace, [(given.name, given)], LABEL_LIMITS)
    try:
        made = import_labels(workspace, dataset, upload.path, by=person, reviewer=who.strip())
    finally:
        shutil.rmtree(upload.folder, ignore_errors=True)
    there = made.n_events - made.n_new
    said = f"{made.n_new:,} labels are new; {there:,} were there already."
    st.toast(plain(" ".join((said, *made.notes))), icon=":material/upload:")
    st.rerun()
