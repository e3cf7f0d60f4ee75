"""The classes and questions that people answer with: look, change, make new ones."""

from __future__ import annotations

import streamlit as st

from astro_core.domain import Taxonomy
from astro_core.errors import TuningForkError
from astro_core.ui import frame, review_guide, review_state
from astro_core.ui.address import keep, parameter
from astro_core.ui.review_class_rows import class_rows
from astro_core.ui.review_draft import Desk, begin_from, desk
from astro_core.ui.review_new_classes import new_set
from astro_core.ui.review_question_rows import question_rows
from astro_core.ui.review_state import Shown
from astro_core.workflows.review import start_random
from astro_core.workflows.taxonomies import (
    checked,
    list_taxonomies,
    review_taxonomy,
    save_taxonomy,
    taxonomy_versions,
)

PARTS = {"classes": "Classes", "questions": "Questions"}


def panel(shown: Shown) -> None:
    """Show what people answer with, and let a lead change it."""
    known = {t.name: t for t in list_taxonomies(shown.workspace, shown.dataset)}
    if not known:
        _first(shown)
        return
    first = shown.taxonomy.name if shown.taxonomy.name in known else next(iter(known))
    newest = known[parameter("classes", known, first)]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        _choose(shown, list(known), newest.name)
        version = _version(shown, newest)
        if shown.person.may("lead"):
            opened = f"{shown.key}:new-set:{newest.name}"  # another one is closed: it was made
            with st.popover("New set", icon=":material/add:", key=opened).container(width=420):
                new_set(shown, newest)
        st.space("stretch")
        _review_with(shown, newest)
    if version != newest.version:
        _older(shown, newest, version)
    elif shown.person.may("lead"):
        _edit(shown, newest)
    else:
        review_guide.listing(shown, newest)


def _first(shown: Shown) -> None:
    with st.container(border=True, width=620):
        if not shown.person.may("lead"):
            st.markdown("This survey has no classes yet. A lead makes them here.")
            return
        st.markdown("This survey has no classes yet. Say what its galaxies may be.")
        new_set(shown, shown.dataset.taxonomy)


def _choose(shown: Shown, names: list[str], name: str) -> None:
    key = f"{shown.key}:classes"
    st.session_state[key] = name
    st.selectbox(
        "Set of classes", names, key=key, width=260,
        on_change=lambda: open_set(st.session_state[key]),
    )  # fmt: skip


def open_set(name: str) -> None:
    """Look at another set of classes, from the next run of the page on."""
    st.query_params["classes"] = name
    st.query_params.pop("version", None)


def _version(shown: Shown, newest: Taxonomy) -> int:
    versions = taxonomy_versions(shown.workspace, shown.dataset, newest.name)
    key = f"{shown.key}:classes:version"
    asked = parameter("version", [str(v) for v in versions], str(newest.version))
    st.session_state[key] = int(asked)
    st.selectbox(
        "Version", versions, key=key, width=150,
        format_func=lambda v: f"{v}, the newest" if v == newest.version else str(v),
        help="A label names the version that it was given with, so older versions stay",
        on_change=lambda: keep("version", str(st.session_state[key]), str(newest.version)),
    )  # fmt: skip
    return int(st.session_state[key])


def _review_with(shown: Shown, taxonomy: Taxonomy) -> None:
    if shown.person.may("reviewer") and st.button(
        "Review with these", icon=":material/play_arrow:",
        help="Starts a queue of the whole survey in random order with this set of classes",
    ):  # fmt: skip
        with frame.in_words():
            queue = start_random(shown.workspace, shown.dataset, shown.person, taxonomy=taxonomy)
            by_tree = taxonomy.questions and not taxonomy.classes
            review_state.go(queue, "tree" if by_tree else review_state.FIRST_VIEW)
            st.rerun()


def _older(shown: Shown, newest: Taxonomy, version: int) -> None:
    older = review_taxonomy(shown.workspace, shown.dataset, newest.name, version)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f"Version {version}, as it was. Labels that were given with it mean this.",
            width="content",
        )
        if shown.person.may("lead") and st.button("Change from here"):
            begin_from(shown.dataset, newest, older)
            st.query_params.pop("version", None)
            st.rerun()
    review_guide.listing(shown, older)


def _edit(shown: Shown, base: Taxonomy) -> None:
    at = desk(shown.dataset, base)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        part = _part(at)
        st.space("stretch")
        wrong = _save(shown, at)
    if wrong:
        frame.problem(wrong)
    if part == "classes":
        class_rows(shown, at)
    else:
        question_rows(at)


def _part(at: Desk) -> str:
    key = f"{at.key}:part"
    first = "classes" if at.base.classes else "questions"
    st.session_state[key] = parameter("part", PARTS, first)
    st.segmented_control(
        "What to change", list(PARTS), key=key, required=True, label_visibility="collapsed",
        format_func=lambda name: f"{PARTS[name]} ({len(at.draft().rows[name])})",
        on_change=lambda: keep("part", st.session_state[key], first),
    )  # fmt: skip
    return str(st.session_state[key])


def _save(shown: Shown, at: Desk) -> str:
    """Offer to save, and return what is wrong until then."""
    wanted, wrong = _read(shown, at)
    changed = wanted is not None and wanted != at.base.with_keys()
    if not changed and not wrong:
        st.caption("Nothing is changed", width="content")
    else:
        st.button("Drop the changes", key=f"{at.key}:drop", type="tertiary", on_click=at.drop)
    label = f"Save as version {at.base.version + 1}"
    if st.button(label, key=f"{at.key}:save", type="primary", disabled=bool(wrong) or not changed):
        assert wanted is not None
        with frame.in_words():
            made = save_taxonomy(shown.workspace, shown.dataset, wanted, by=shown.person)
            at.drop()
            st.toast(f"Saved as version {made.version}. Earlier labels keep their meaning.")
            st.rerun()
    return wrong


def _read(shown: Shown, at: Desk) -> tuple[Taxonomy | None, str]:
    """What the rows say, or what is wrong with them."""
    try:
        return checked(shown.dataset, at.draft().taxonomy()), ""
    except TuningForkError as error:
        return None, str(error)
