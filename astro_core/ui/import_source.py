"""Where images come from: this machine, an upload, a web page, a public survey, the demo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

from astro_core import runs
from astro_core.datasets.archives import LIMITS
from astro_core.datasets.downloads import SURVEYS
from astro_core.datasets.layouts.picture import MAX_PIXELS
from astro_core.datasets.store import list_datasets
from astro_core.domain import Run
from astro_core.errors import BadInputError, NotFoundError
from astro_core.ui import frame, run_status
from astro_core.ui.words import disk, plain
from astro_core.workflows import home
from astro_core.workflows.choose_reader import is_address
from astro_core.workflows.uploads import IMPORT_LIMITS, receive
from astro_core.workspace import Workspace

LOOKED = "inspect"
MADE = "run"


def look(workspace: Workspace, path: str, **more: str | bool) -> None:
    """Start looking at a path or address, and show that."""
    params = {"path": path.strip(), **more}
    title = f"Looking at {path.strip()}"
    st.query_params[LOOKED] = runs.submit(workspace, "inspect", params, title=title)
    st.query_params.pop(MADE, None)
    st.rerun()


def _kind() -> Literal["primary", "secondary"]:
    """One button on the page is the next step: this one until something was looked at."""
    return "secondary" if LOOKED in st.query_params else "primary"


def _machine(workspace: Workspace) -> None:
    with st.form("import:path", border=False):
        left, right = st.columns([6, 1], vertical_alignment="bottom")
        path = left.text_input(
            "Folder, archive, HDF5, FITS file or table",
            key="import:path",
            placeholder="/data/my_survey",
            help="A path on the machine that runs Tuning Fork. Images stay where they are.",
        )
        if right.form_submit_button("Look inside", type=_kind(), width="stretch"):
            with frame.in_words():
                if is_address(path):
                    raise BadInputError("This is a web address", todo="Use 'Web page' for it")
                if not path.strip():
                    raise BadInputError("No path was given", expected="a folder or a file")
                look(workspace, path)


def _upload(workspace: Workspace) -> None:
    given = st.file_uploader(
        "Images, FITS files, a table of labels, or an archive of all that",
        accept_multiple_files=True,
        key="import:files",
        max_upload_size=int(IMPORT_LIMITS.max_bytes / 1e6),
    )
    st.caption(_limits())
    if given and st.button("Look inside", type="primary", key="import:upload"):
        with frame.in_words():
            upload = receive(workspace, [(f.name, f) for f in given], IMPORT_LIMITS)
            look(workspace, str(upload.path))


def _limits() -> str:
    return (
        f"{IMPORT_LIMITS.in_words()} ZIP and TAR archives keep their folders, and with them the "
        f"classes; one may unpack to at most {LIMITS.max_bytes / 1e9:,.0f} GB in "
        f"{LIMITS.max_files:,} files. A picture may have at most {MAX_PIXELS / 1e6:,.0f} million "
        "pixels. For more, put the folder on this machine and give its path."
    )


def _web(workspace: Workspace) -> None:
    with st.form("import:web", border=False):
        left, right = st.columns([6, 1], vertical_alignment="bottom")
        address = left.text_input(
            "Address of a page that links images",
            key="import:address",
            placeholder="https://",
            help="Every image that the page links is fetched; robots.txt is respected.",
        )
        if right.form_submit_button("Look inside", type=_kind(), width="stretch"):
            with frame.in_words():
                if not is_address(address):
                    raise BadInputError(
                        "This is no web address",
                        expected="one that begins with http:// or https://",
                    )
                look(workspace, address)


def _demo(workspace: Workspace) -> None:
    st.markdown(
        "About 1,500 simulated galaxies as FITS stamps in u g r i z and F660, with classes, votes "
        "of 40 simulated volunteers, six fields with true boxes, and four kinds of sky objects."
    )
    if any(d.name == home.DEMO for d in list_datasets(workspace)):
        st.caption("The demo survey is there already.")
    elif st.button("Make the demo survey", type="primary", key="import:demo"):
        with frame.in_words():
            st.query_params[MADE] = home.start_demo(workspace)
            st.query_params.pop(LOOKED, None)
            st.rerun()


def _survey(workspace: Workspace) -> None:
    spec = st.selectbox(
        "Public survey", list(SURVEYS), format_func=lambda s: s.label, key="import:survey"
    )
    terms = f" Terms: {plain(spec.terms)}." if spec.terms else ""
    st.markdown(f"{plain(spec.description)}{terms}")
    st.caption(plain(f"Cite {spec.reference}"))
    if st.button(f"Download {disk(spec.about_bytes)}", type=_kind(), key="import:download"):
        with frame.in_words():
            title = f"Downloading {spec.label}"
            started = runs.submit(workspace, "download", {"survey": spec.name}, title=title)
            st.query_params[MADE] = started
            st.query_params.pop(LOOKED, None)
            st.rerun()
    st.caption(
        "It comes from where its authors published it, is checked, and is fetched once. A download "
        "that was cancelled goes on where it stopped."
    )


def inspection(workspace: Workspace, run_id: str) -> Run | None:
    """Return an inspection once it is done; show how far it is, or why it failed, until then."""
    try:
        run = runs.get_run(workspace, run_id)
    except NotFoundError:
        st.caption("This inspection is not there any more. Look inside again.")
        return None
    if run.kind == "inspect" and run.state == "done":
        return run
    run_status.follow(workspace, run_id)
    return None


WAYS: dict[str, Callable[[Workspace], None]] = {
    "On this machine": _machine,
    "Upload": _upload,
    "Web page": _web,
    "Public survey": _survey,
    "Demo survey": _demo,
}


def choose(workspace: Workspace) -> None:
    """Ask where the images are."""
    way = st.segmented_control(
        "Where are the images?",
        list(WAYS),
        default="On this machine",
        required=True,
        key="import:way",
        label_visibility="collapsed",
    )
    WAYS[way or "On this machine"](workspace)
