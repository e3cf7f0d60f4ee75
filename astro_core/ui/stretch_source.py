"""Which galaxies are in the tray: of the open survey, or of FITS files just uploaded."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from astro_core.domain import Dataset
from astro_core.errors import BadInputError, TuningForkError
from astro_core.imaging import default_recipe
from astro_core.ui import browse_state, frame
from astro_core.ui import stretch_state as state
from astro_core.workflows.stretch import Tray
from astro_core.workflows.stretch_recipes import propose
from astro_core.workflows.stretch_tray import (
    MAX_TRAY,
    TrayChoice,
    choose,
    parse_ids,
    read_fits_folder,
    read_tray,
)
from astro_core.workflows.uploads import STRETCH_LIMITS, discard, receive
from astro_core.workspace import Workspace

UPLOADED = "stretch:uploaded"
_WAYS = {
    "varied": "One or two of every class",
    "random": "Any",
    "ids": "Named here",
    "browse": "Selected in Browse",
}


@st.cache_resource(max_entries=6, show_spinner="Reading pixels")
def _survey_tray(fingerprint: str, choice: str, _dataset: Dataset) -> Tray:  # noqa: ARG001
    return read_tray(_dataset, choose(_dataset, TrayChoice.from_text(choice)))


@st.cache_resource(max_entries=4, show_spinner="Reading the FITS files")
def _uploaded_tray(folder: str) -> Tray:
    return read_fits_folder(Path(folder))


def survey_tray(dataset: Dataset) -> Tray | None:
    """Read the galaxies of the survey that the page remembers; None where they cannot be."""
    try:
        return _survey_tray(dataset.fingerprint, state.get("tray"), dataset)
    except TuningForkError as error:
        frame.problem(error)
        return None


def uploaded_tray() -> Tray | None:
    """Read the FITS files that were uploaded; None where there are none, or they are no good."""
    folder = st.session_state.get(UPLOADED)
    if not folder:
        return None
    try:
        return _uploaded_tray(folder)
    except BadInputError as error:
        frame.problem(error)
    except FileNotFoundError:
        frame.problem("The uploaded files are no longer there. Upload them again.")
    return None


def first_recipe(tray: Tray) -> object:
    """The recipe that uploaded files start with: the best preset, proposed from the data."""
    recipe = default_recipe(tray.bands, tray.display)
    try:
        return propose(tray, recipe)
    except BadInputError:
        return recipe


def galaxies_menu(workspace: Workspace, dataset: Dataset) -> None:
    """Choose galaxies of the survey, and how large they are shown."""
    menu = st.popover("Galaxies", icon=":material/apps:", key="stretch:galaxies", on_change="rerun")
    if not menu.open:  # a dial that is dragged should not have to look into Browse
        return
    with menu:
        choice = TrayChoice.from_text(state.get("tray"))
        picked = browse_state.read(workspace, dataset).selected
        ways = [way for way in _WAYS if way != "browse" or picked]
        begin = "browse" if picked else choice.kind
        way = st.radio(
            "Which",
            ways,
            index=ways.index(begin),
            key="stretch:way",
            format_func=_WAYS.__getitem__,
        )
        chosen = _options(way, choice, picked)
        if st.button("Show these", type="primary", key="stretch:choose") and chosen:
            state.put(tray=chosen.to_text(), opened="")
            st.rerun()
        st.session_state["stretch:tile"] = state.get("tile")
        st.segmented_control(
            "Stamps",
            list(state.TILES_PX),
            key="stretch:tile",
            required=True,
            on_change=lambda: state.put(tile=st.session_state["stretch:tile"]),
        )
        st.caption(f"{dataset.n_objects:,} galaxies in {dataset.name}, up to {MAX_TRAY} at once.")


def _options(way: str, choice: TrayChoice, picked: tuple[str, ...]) -> TrayChoice | None:
    if way == "browse":
        more = f"; the first {MAX_TRAY} are shown" if len(picked) > MAX_TRAY else ""
        st.caption(f"{len(picked):,} selected{more}.")
        return TrayChoice(kind="ids", object_ids=picked[:MAX_TRAY])
    if way == "ids":
        text = st.text_area(
            "Object ids",
            ", ".join(choice.object_ids),
            key="stretch:ids",
            placeholder="one per line, or separated by commas",
        )
        ids = parse_ids(text)
        return TrayChoice(kind="ids", object_ids=ids) if ids else None
    size = st.slider("How many", 1, MAX_TRAY, choice.size, key="stretch:size")
    seed = st.number_input(
        "Seed", 0, 999_999_999, choice.seed, key="stretch:seed", help="Same seed, same galaxies."
    )
    return TrayChoice(kind=way, size=size, seed=int(seed))


def upload_menu(workspace: Workspace) -> None:
    """Take FITS files: one cube, or one file per band."""
    with st.popover("FITS file", icon=":material/upload_file:"):
        st.markdown(
            "One cube with the bands as planes, or one file per band, `<name>_<BAND>.fits`."
        )
        given = st.file_uploader(
            "FITS files",
            accept_multiple_files=True,
            key="stretch:fits",
            max_upload_size=int(STRETCH_LIMITS.max_bytes / 1e6),
            help=STRETCH_LIMITS.in_words(),
            label_visibility="collapsed",
        )
        st.caption(STRETCH_LIMITS.in_words())
        key = ",".join(sorted(f.file_id for f in given))
        if given and st.session_state.get("stretch:received") != key:
            st.session_state["stretch:received"] = key
            with frame.in_words():
                upload = receive(workspace, [(f.name, f) for f in given], STRETCH_LIMITS)
                _forget_upload()
                st.session_state[UPLOADED] = str(upload.folder)
                st.rerun()
    if st.session_state.get(UPLOADED) and st.button("Back to the survey", key="stretch:back"):
        _forget_upload()
        st.rerun()


def _forget_upload() -> None:
    before = st.session_state.pop(UPLOADED, None)
    if before:
        discard(Path(before))
