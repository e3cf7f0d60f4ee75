"""Begin a set of classes: from names, from another set, or with the Galaxy Zoo 2 questions."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from astro_core.datasets.gz2 import GZ2_TREE
from astro_core.domain import Taxonomy, plain_taxonomy
from astro_core.ui import frame
from astro_core.ui.review_state import Shown
from astro_core.workflows.taxonomies import NEW, save_taxonomy

NAMES, COPY, TREE = "Names that I give", "A copy of these classes", "The questions of Galaxy Zoo 2"


def new_set(shown: Shown, like: Taxonomy) -> None:
    """Ask how to begin, and keep the new set as its first version.

    Parameters
    ----------
    like : Taxonomy
        The set that can be copied; one without classes gives its name only.
    """
    key = f"{shown.key}:new"
    there = bool(like.classes or like.questions)
    name = st.text_input("Name of the set", "" if there else like.name, key=f"{key}:name")
    ways = [NAMES, COPY, TREE] if there else [NAMES, TREE]
    way = st.radio("Begin with", ways, key=f"{key}:way")
    names = ""
    if way == NAMES:
        names = st.text_area(
            "Classes, one a line", key=f"{key}:names", placeholder="spiral\nelliptical\nunsure",
            help="Keys are given in turn: 1 to 9, 0, then letters",
        )  # fmt: skip
    if st.button("Make the set", key=f"{key}:make", type="primary"):
        with frame.in_words():
            made = save_taxonomy(
                shown.workspace, shown.dataset, _begun(like, name.strip(), way, names),
                by=shown.person,
            )  # fmt: skip
            st.query_params["classes"] = made.name
            for parameter in ("version", "part"):
                st.query_params.pop(parameter, None)
            for field in ("name", "names"):
                st.session_state.pop(f"{key}:{field}", None)
            st.rerun()


def _begun(like: Taxonomy, name: str, way: str, names: str) -> Taxonomy:
    fills = name == like.name and not like.classes and not like.questions
    version = like.version if fills else NEW
    if way == COPY:
        return replace(like, name=name, version=version)
    if way == TREE:
        return replace(GZ2_TREE.without_votes(), name=name, version=version, classes=())
    lines = tuple(line.strip() for line in names.splitlines() if line.strip())
    return replace(plain_taxonomy(name, lines), version=version)
