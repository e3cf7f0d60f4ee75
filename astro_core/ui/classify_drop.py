"""Bring pictures: dropped, pasted, fetched from an address, or simulated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from astro_core.domain import Problem
from astro_core.ui import classify_cached, frame
from astro_core.ui import classify_state as state
from astro_core.ui.components import component
from astro_core.ui.words import plain
from astro_core.workflows.classify_example import EXAMPLES, MODEL, make_example
from astro_core.workflows.fetch_upload import fetch_upload, urls_allowed
from astro_core.workflows.models import has_models
from astro_core.workflows.pictures import Picture
from astro_core.workflows.read_upload import read_upload
from astro_core.workflows.uploads import CLASSIFY_LIMITS, discard, receive
from astro_core.workspace import Workspace

_DROP, _ROUND = "classify-drop", "classify:round"
_PAST = "classify:read"  # folders that were read
_SHOWN = 3


def pictures() -> tuple[list[Picture], list[str]]:
    """All pictures of this visit, each once, and in sentences what could not be read."""
    found: dict[str, Picture] = {}
    problems: list[str] = []
    # always there, so that what comes below keeps its place and its focus
    place = st.container(key="classify-reading")
    for folder in state.folders():
        with frame.in_words():
            read, wrong = _read(folder, place)
            found |= {picture.digest: picture for picture in read}
            problems += [problem.in_words() for problem in wrong]
    most = CLASSIFY_LIMITS.max_files
    if len(found) > most:
        problems.append(f"Only the first {most:,} pictures are looked at. Clear to see others.")
    return list(found.values())[:most], problems


def _read(folder: str, place: DeltaGenerator) -> tuple[tuple[Picture, ...], tuple[Problem, ...]]:
    """Read an upload, the first time with a bar; pressing anything interrupts and begins anew."""
    past = st.session_state.setdefault(_PAST, [])
    if folder not in past:
        row = place.empty()
        with row.container(horizontal=True, vertical_alignment="center"):
            bar = st.progress(0.0, text="Reading the pictures")
            st.button("Cancel", key=f"classify:cancel:{folder}", on_click=_drop_it, args=(folder,))
        read_upload(
            Path(folder),
            progress=lambda done, total, said="": bar.progress(
                done / total if total else 0.0, text=plain(said) or "Reading the pictures"
            ),
        )
        past.append(folder)
        row.empty()
    return classify_cached.read_again(folder)


def _drop_it(folder: str) -> None:
    state.forget_folder(folder)
    discard(Path(folder))


def empty(workspace: Workspace) -> None:
    """Draw what the page shows before there is a picture."""
    with st.container(key="classify-empty"):
        zone(workspace, "Drop pictures here, or press Ctrl+V to paste one")
        st.caption(plain(_limits()))
        if urls_allowed():
            _address(workspace)
        _examples(workspace)


def more(workspace: Workspace) -> None:
    """Draw the way to further pictures, and to none, in little room."""
    with st.container(key="classify-more"):
        files, nothing = st.columns([1.1, 1], gap="small", vertical_alignment="top")
        with files:
            zone(workspace, "More pictures", hidden=True)
        nothing.button("Clear", key="classify:clear", icon=":material/close:", on_click=_forget)


def zone(workspace: Workspace, label: str, *, hidden: bool = False) -> None:
    """Draw where pictures are dropped; a pasted one goes there, too."""
    with st.container(key=_DROP):
        given = st.file_uploader(
            label, accept_multiple_files=True,
            label_visibility="collapsed" if hidden else "visible",
            key=f"classify:files:{st.session_state.get(_ROUND, 0)}",
            max_upload_size=int(CLASSIFY_LIMITS.max_bytes / 1e6),
        )  # fmt: skip
        component("classify_paste")(key="classify:paste", data={"drop": _DROP})
    if given:
        with frame.in_words():
            _take(lambda: receive(workspace, [(f.name, f) for f in given], CLASSIFY_LIMITS).folder)


def _address(workspace: Workspace) -> None:
    with st.form("classify:address", border=False):
        left, right = st.columns([6, 1], vertical_alignment="bottom")
        address = left.text_input("Address of a picture", placeholder="https://", max_chars=2000)
        if right.form_submit_button("Fetch", width="stretch"):
            with frame.in_words(), st.spinner("Fetching the file"):
                _take(lambda: fetch_upload(workspace, address.strip()).folder)


def _take(bring: Callable[[], Path]) -> None:
    """Show what is brought, and be ready for more."""
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    state.add_folder(bring())
    st.rerun()


def _limits() -> str:
    """Say what may be dropped."""
    return (
        "JPEG, PNG, TIFF and FITS, also packed (fz, gz, bz2) or in ZIP and TAR archives. Bands in "
        "files of their own belong together by their names, dropped at once; so do files of boxes "
        "(Pascal VOC, COCO, YOLO) with their pictures. " + CLASSIFY_LIMITS.in_words()
    )


def _examples(workspace: Workspace) -> None:
    """Offer simulated pictures."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("Nothing at hand?", width="content")
        for kind, words in EXAMPLES.items():
            if st.button(words, key=f"classify:example:{kind}", icon=":material/auto_awesome:"):
                if "model" not in st.query_params and has_models(workspace, MODEL):
                    st.query_params["model"] = MODEL
                with st.spinner("Drawing it"):
                    folder = make_example(workspace, kind)
                _take(lambda made=folder: made)


def _forget() -> None:
    for folder in state.forget_pictures():
        discard(Path(folder))


def unread(problems: list[str]) -> None:
    """Say what could not be read or taken."""
    for problem in problems[:_SHOWN]:
        st.warning(plain(problem), icon=":material/error:")
    if len(problems) > _SHOWN:
        with st.expander(f"{len(problems) - _SHOWN:,} more"):
            for problem in problems[_SHOWN:]:
                st.caption(plain(problem))
