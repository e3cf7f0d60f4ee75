"""The row above Classify: which model is asked, what it answers, and what finds the galaxies."""

from __future__ import annotations

import streamlit as st

from astro_core.detection import FINDERS
from astro_core.domain import USUAL_FINDER
from astro_core.ui import classify_hand_out
from astro_core.ui import classify_state as state
from astro_core.ui.address import hold, keep, taken
from astro_core.ui.classify_state import WHOLE, Shown
from astro_core.ui.explain_controls import title_of
from astro_core.ui.words import plain, readable
from astro_core.workflows.kept_galaxies import UPLOADS
from astro_core.workflows.kept_pictures import BOXED

_KIND = "classify:kind"  # begins the keys of the pickers


def row(shown: Shown) -> None:
    """Draw the row."""
    which, answers, finder, files, kept = st.columns(
        [2.4, 1.3, 1.8, 1.2, 0.95], vertical_alignment="bottom", gap="small"
    )
    with which:
        _which(shown)
    with answers:
        _answers(shown)
    with finder:
        _finder()
    with files:
        classify_hand_out.popover(shown)
    with kept:
        _keeping()


def _which(shown: Shown) -> None:
    assert shown.model is not None
    by_name = {
        model.name: title_of(model) if model.source == "run" else model.name
        for model in shown.models
    }
    key = f"{_KIND}:model"
    hold(key, shown.model.name)
    st.selectbox(
        "Model", list(by_name), key=key, format_func=by_name.__getitem__,
        on_change=taken(key, by_name, _ask), help=_about(shown),
    )  # fmt: skip


def _about(shown: Shown) -> str:
    assert shown.model is not None
    assert shown.model.info is not None
    info = shown.model.info
    classes = [", ".join(map(readable, h.outputs)) for h in info.heads if h.kind != "votes"]
    learned = f"Learned from {info.dataset}. " if info.dataset else ""
    return plain(learned + " It tells " + "; or ".join(classes) + "." if classes else learned)


def _ask(name: str) -> None:
    st.query_params.pop("head", None)
    st.query_params["model"] = name


def _answers(shown: Shown) -> None:
    assert shown.asked is not None
    assert shown.model is not None
    assert shown.model.info is not None
    names = [head.name for head in shown.model.info.heads]
    key = f"{_KIND}:head"
    hold(key, shown.asked.head)
    st.selectbox(
        "Question", names, key=key, format_func=readable, disabled=len(names) < 2,
        on_change=taken(key, names, lambda name: keep("head", name, names[0])),
    )  # fmt: skip


def _finder() -> None:
    labels = {spec.name: spec.label for spec in FINDERS} | {WHOLE: "Not searched for"}
    key = f"{_KIND}:finder"
    hold(key, state.finder())
    st.selectbox(
        "Galaxies are found by", list(labels), key=key, format_func=labels.__getitem__,
        on_change=taken(key, labels, lambda name: keep("finder", name, USUAL_FINDER)),
        help="\n\n".join(f"**{spec.label}**: {spec.description}" for spec in FINDERS),
    )  # fmt: skip


def _keeping() -> None:
    with st.popover("Keep", icon=":material/inventory_2:"):
        st.markdown("A galaxy that you confirm or correct is kept, with its image, in a dataset.")
        _into(state.INTO, UPLOADS, "Dataset", "It is made when the first galaxy is kept.")
        st.caption("Find what was said in Consensus, and the images in Browse.")
        st.markdown("A picture whose boxes you correct or confirm is kept whole in another.")
        _into(
            state.BOXED_INTO, BOXED, "Dataset of whole pictures",
            "Finders can be trained on it: tuning-fork finder train.",
        )  # fmt: skip


def _into(key: str, usual: str, label: str, help: str) -> None:
    st.session_state.setdefault(key, usual)
    st.text_input(label, key=key, max_chars=80, persist_state="session", help=help)
