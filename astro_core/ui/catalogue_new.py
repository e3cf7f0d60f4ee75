"""A survey that is to be classified: its first galaxies, how long it takes, and the button."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from astro_core.datasets.hats import is_address
from astro_core.errors import BadInputError
from astro_core.params import digest
from astro_core.ui import frame, who
from astro_core.ui.catalogue_state import CATALOGUE, FILE, KEEP_AS, STAMPS, Shown
from astro_core.ui.classify_look import colour_of, letters
from astro_core.ui.gallery import Item, gallery
from astro_core.ui.words import duration, objects, plain, readable
from astro_core.workflows.catalogue import submit_survey
from astro_core.workflows.catalogue_preview import Preview, look
from astro_core.workflows.catalogue_source import SurveyRequest
from astro_core.workspace import Workspace

TILE_PX = 128


def panel(shown: Shown) -> None:
    """Ask for what is missing, show the first galaxies, and offer to classify all."""
    if shown.source == FILE:
        _where()
    request = shown.request
    if request is None:
        st.caption(
            "Name a table of galaxies and where their stamps are. The first of them are shown "
            "here as the model sees them, before anything is begun."
        )
        return
    with frame.in_words():
        _first(shown, request)


def _where() -> None:
    table, stamps, name = st.columns([3, 3, 1.6], gap="small")
    table.text_input(
        "Catalogue", key=CATALOGUE, placeholder="/data/survey.parquet", persist_state="session",
        help="A table on the machine that runs Tuning Fork: Parquet, a HATS catalogue, CSV, ECSV, "
        "FITS table or VOTable. Parquet of any size is read piece by piece.",
    )  # fmt: skip
    stamps.text_input(
        "Stamps", key=STAMPS, placeholder="/data/stamps/{object_id}.jpg", persist_state="session",
        help="A folder, or a pattern with columns of the catalogue in braces. {band} stands for "
        "the band where each is a file of its own.",
    )  # fmt: skip
    name.text_input(
        "Keep as dataset", key=KEEP_AS, placeholder="not kept", max_chars=80,
        persist_state="session",
        help="With a name, the stamps become a dataset with the answers beside them, for Browse "
        "and Review. The images stay where they are.",
    )  # fmt: skip


def _first(shown: Shown, request: SurveyRequest) -> None:
    if is_address(request.catalogue):
        raise BadInputError(
            "Catalogues at an address are not read for visitors of a page",
            todo="At a shell: tuning-fork catalogue classify --catalogue ADDRESS --cone ...",
        )
    params = request.params(shown.workspace)
    preview = _look(digest(params), shown.workspace, replace(request, keep_as=""))
    said, button = st.columns([4, 1.5], vertical_alignment="center")
    said.markdown(_about(preview))
    label = f"Classify {objects(preview.n_objects)}"
    if button.button(label, type="primary", key="catalogue:go", width="stretch"):
        who.need("reviewer", "classify a survey")
        st.query_params["run"] = submit_survey(shown.workspace, request)
        st.rerun()
    gallery(
        _items(shown, preview), key="catalogue:first", label="The first galaxies",
        selectable=False, tile_px=TILE_PX,
    )  # fmt: skip
    if preview.note:
        st.caption(plain(preview.note))


@st.cache_resource(max_entries=16, show_spinner="Looking at the first galaxies")
def _look(key: str, _workspace: Workspace, _request: SurveyRequest) -> Preview:  # noqa: ARG001
    return look(_workspace, _request)


def _about(preview: Preview) -> str:
    told = f"**{objects(preview.n_objects)}**"
    if not math.isnan(preview.expected_s):
        told += f", about **{duration(max(preview.expected_s, 1))}** on this machine"
    bad = sum(map(bool, preview.reasons))
    more = f" {bad} of these cannot be shown." if bad else ""
    return f"{told}. Below are the first {len(preview.reasons)}, as the model sees them.{more}"


def _items(shown: Shown, preview: Preview) -> list[Item]:
    told: dict[str, Any] = {}
    if preview.answers is not None:
        told = preview.answers.set_index("object_id").to_dict("index")
    shots = zip(preview.object_ids, preview.images, preview.reasons, strict=True)
    return [
        Item(object_id=one, image=None if reason else image, caption=reason)
        if reason or one not in told
        else _said(shown, one, image, told[one])
        for one, image, reason in shots
    ]


def _said(shown: Shown, object_id: str, image: Any, row: Mapping[str, Any]) -> Item:
    """A galaxy and what the model says of it."""
    if shown.head.kind == "votes":
        return Item(object_id=object_id, image=image)
    label, looks = row["label"], readable(row["label"])
    said = f"undefined, {looks}" if row["undefined"] else looks
    return Item(
        object_id=object_id, image=image, label=looks, badge=letters(shown.head).get(label, ""),
        colour=colour_of(shown.head, label), ring="model",
        caption=f"{said} {row[f'p_{label}']:.2f}",
    )  # fmt: skip
