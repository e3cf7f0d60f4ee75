"""Pictures that were read and answers that were given, kept between reruns."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from astro_core.domain import Problem
from astro_core.domain.box_event import boxes_to_json
from astro_core.params import digest
from astro_core.ui.classify_state import Shown
from astro_core.workflows.box_labels import as_boxes
from astro_core.workflows.classified import Classified
from astro_core.workflows.classify import classify_picture
from astro_core.workflows.pictures import Picture
from astro_core.workflows.read_upload import read_upload

_DONE = "classify:done"
Key = tuple[str, ...]


@st.cache_resource(max_entries=16, show_spinner=False)
def read_again(folder: str) -> tuple[tuple[Picture, ...], tuple[Problem, ...]]:
    """Pictures and problems of an upload that was read before; their pixels stay on the disk."""
    return read_upload(Path(folder))


def key_of(shown: Shown, picture: Picture) -> Key:
    """What an answer depends on."""
    assert shown.asked is not None
    assert shown.model is not None
    assert shown.model.info is not None
    boxes = shown.corrected.get(picture.digest)
    drawn = "" if boxes is None else digest(boxes_to_json(boxes))
    asked = shown.asked
    weights = digest(dict(shown.model.info.files))
    root = str(shown.workspace.root)
    return (
        root,
        picture.digest,
        picture.name,
        asked.model,
        weights,
        asked.head,
        asked.finder,
        drawn,
    )


def is_done(shown: Shown, picture: Picture) -> bool:
    """Whether this visit has the answer already."""
    return digest(key_of(shown, picture)) in st.session_state.get(_DONE, ())


def classified(shown: Shown, picture: Picture) -> Classified:
    """Ask the model about a picture, or return what it said.

    Raises
    ------
    NotFoundError, BadInputError
        As `classify_picture`.
    """
    key = key_of(shown, picture)
    found = answer(key, shown, picture)
    if not is_done(shown, picture):
        st.session_state[_DONE] = [*st.session_state.get(_DONE, ()), digest(key)]
    return found


@st.cache_resource(max_entries=600, show_spinner=False)
def answer(key: Key, _shown: Shown, _picture: Picture) -> Classified:  # noqa: ARG001
    """What the model says; asked where no session is, as where a download is made."""
    assert _shown.asked is not None
    boxes = _shown.corrected.get(_picture.digest)
    return classify_picture(
        _shown.workspace, _picture, _shown.asked, boxes=None if boxes is None else as_boxes(boxes)
    )
