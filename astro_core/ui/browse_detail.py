"""One galaxy, large, with everything that is known of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from astro_core.datasets.vote_path import QuestionVotes
from astro_core.figures.galaxy import Frame, band_image, colour_image
from astro_core.figures.votes import vote_bars
from astro_core.ui import browse_people, charts, navigation
from astro_core.ui.browse_state import Shown
from astro_core.ui.images import data_uri, png_bytes
from astro_core.ui.words import plain
from astro_core.workflows.browse_detail import (
    Detail,
    bar_length_arcsec,
    open_detail,
    zscale_limits,
)
from astro_core.workflows.models import has_models

COLOUR = "Colour"
PATCH = 3  # pixels to each side in the table of values
PARAMETER = "object"


def close() -> None:
    """Forget which object is open."""
    st.query_params.pop(PARAMETER, None)


def show(shown: Shown) -> None:
    """Open the dialog if the address names an object of the dataset."""
    object_id = st.query_params.get(PARAMETER)
    if not object_id:
        return
    if shown.view.rows_of([object_id])[0] < 0:
        st.warning(f"There is no object '{plain(object_id)}' in this dataset.")
        return
    st.dialog(plain(shown.dataset.name), width="large", on_dismiss=close)(_dialog)(shown)


def _dialog(shown: Shown) -> None:
    object_id = st.query_params.get(PARAMETER, "")
    row = int(shown.view.rows_of([object_id])[0])
    detail = open_detail(shown.dataset, object_id, shown.view.values_of(row), shown.dataset.recipe)
    _steps(shown, row)
    picture, facts = st.columns([1.15, 1], gap="medium")
    with picture:
        _picture(shown, detail)
    with facts:
        _facts(shown, detail)


def _go(object_id: str) -> None:
    st.query_params[PARAMETER] = object_id


def _steps(shown: Shown, row: int) -> None:
    where = np.flatnonzero(shown.rows == row)
    at = int(where[0]) if len(where) else None
    before, title, after = st.columns([1, 3, 1], vertical_alignment="center")
    for column, label, step, key, icon in (
        (before, "Previous", -1, "P", ":material/chevron_left:"),
        (after, "Next", 1, "N", ":material/chevron_right:"),
    ):
        to = None if at is None else at + step
        there = to is not None and 0 <= to < len(shown.rows)
        column.button(
            label, key=f"{shown.key}:{label}", icon=icon, width="stretch", disabled=not there,
            shortcut=key, on_click=_go,
            args=(shown.view.ids(shown.rows[to : to + 1])[0],) if there else (),
        )  # fmt: skip
    said = "not among the objects shown" if at is None else f"{at + 1:,} of {len(shown.rows):,}"
    name = shown.view.ids(np.array([row]))[0]
    title.markdown(f"**{plain(name)}** · {said}", text_alignment="center")


def _frame(detail: Detail, *, upwards: bool) -> Frame:
    assert detail.pixels is not None
    height, width = detail.pixels.band(detail.pixels.bands[0]).shape
    scale = detail.scale_arcsec
    bar = bar_length_arcsec(min(height, width), scale) if scale else 0.0
    compass = detail.compass
    return Frame(
        height=height,
        width=width,
        upwards=upwards,
        bar_arcsec=bar,
        bar_px=bar / scale if scale else 0.0,
        north=compass.north if compass else None,
        east=compass.east if compass else None,
    )


def _picture(shown: Shown, detail: Detail) -> None:
    if detail.pixels is None:
        st.warning(plain(detail.problem), icon=":material/broken_image:")
        return
    bands = detail.pixels.bands
    band = COLOUR
    if len(bands) > 1:
        band = st.segmented_control(
            "Band", [COLOUR, *bands], key=f"{shown.key}:band", required=True, default=COLOUR,
            label_visibility="collapsed",
        )  # fmt: skip
    frame = _frame(detail, upwards=shown.dataset.recipe.origin == "lower")
    if band == COLOUR and detail.image is not None:
        _colour(shown, detail, frame)
    else:
        if detail.problem:
            st.warning(plain(detail.problem), icon=":material/broken_image:")
        _band(shown, detail, frame, bands[0] if band == COLOUR else band)
    st.caption(_said(detail, frame))
    with st.expander("Pixel values"):
        _values(shown, detail)


def _colour(shown: Shown, detail: Detail, frame: Frame) -> None:
    assert detail.image is not None
    side = min(frame.height, frame.width)
    recipe = shown.dataset.recipe
    title = (
        "As the picture shows it"
        if recipe.transform == "picture"
        else f"{recipe.transform}: {'-'.join(recipe.bands)}"
    )
    figure = colour_image(data_uri(png_bytes(detail.image)), frame, side=side, title=title)
    charts.show(figure, key=f"{shown.key}:large", alt=f"{detail.object_id} in colour")


def _band(shown: Shown, detail: Detail, frame: Frame, band: str) -> None:
    assert detail.pixels is not None
    plane = detail.pixels.band(band)
    low, high = zscale_limits(plane)
    figure = band_image(
        plane, frame, (low, high), band=band, unit=detail.pixels.unit,
        title=f"{band}: black {low:.4g}, white {high:.4g} (zscale)",
    )  # fmt: skip
    charts.show(figure, key=f"{shown.key}:large", alt=f"{detail.object_id}, band {band} in grey")


def _said(detail: Detail, frame: Frame) -> str:
    parts = [f"{frame.width} x {frame.height} px"]
    if detail.scale_arcsec:
        parts.append(f"{detail.scale_arcsec:.3g} arcsec/px")
    else:
        parts.append("pixel scale not known")
    if detail.compass is None:
        parts.append("no WCS, so north is not known")
    if frame.height != frame.width:
        side = min(frame.height, frame.width)
        parts.append(f"the colour image shows the central {side} x {side} px")
    return " · ".join(parts)


def _values(shown: Shown, detail: Detail) -> None:
    assert detail.pixels is not None
    height, width = detail.pixels.band(detail.pixels.bands[0]).shape
    boxes = st.columns(3)
    column = boxes[0].number_input(
        "Column", 0, width - 1, min(width // 2, width - 1), key=f"{shown.key}:x"
    )
    row = boxes[1].number_input(
        "Row", 0, height - 1, min(height // 2, height - 1), key=f"{shown.key}:y"
    )
    band = boxes[2].selectbox("Band", detail.pixels.bands, key=f"{shown.key}:valueband")
    rows = range(max(row - PATCH, 0), min(row + PATCH + 1, height))
    columns = range(max(column - PATCH, 0), min(column + PATCH + 1, width))
    patch = detail.pixels.band(band)[rows.start : rows.stop, columns.start : columns.stop]
    order = slice(None, None, -1) if shown.dataset.recipe.origin == "lower" else slice(None)
    table = pd.DataFrame(patch, index=[f"row {r}" for r in rows], columns=[str(c) for c in columns])
    st.dataframe(table.iloc[order], key=f"{shown.key}:patch")
    here = {b: detail.pixels.band(b)[row, column] for b in detail.pixels.bands}
    unit = f" {detail.pixels.unit}" if detail.pixels.unit else ""
    st.caption(", ".join(f"{b} {v:.5g}{unit}" for b, v in here.items()))


def _facts(shown: Shown, detail: Detail) -> None:
    label = detail.row.get("label")
    split = detail.row.get("split")
    words = plain(str(label).replace("_", " ")) if label else "no class yet"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{words}**" + (f" · {split}" if split else ""), width="content")
        st.space("stretch")
        _explain(shown, detail.object_id)
        _review_alike(shown, detail.object_id)
    _links(shown, detail)
    said = browse_people.read(shown.workspace, shown.dataset, detail.object_id)
    there = {"Votes": detail.votes, browse_people.TAB: said, "Catalogue": True}
    tabs = [name for name, what in there.items() if what]
    places = dict(zip(tabs, st.tabs(tabs), strict=True))
    if detail.votes:
        with places["Votes"]:
            _votes(shown, detail.votes)
    if said:
        with places[browse_people.TAB]:
            browse_people.show(said, key=f"{shown.key}:{detail.object_id}")
    with places["Catalogue"]:
        if shown.dataset.taxonomy.questions and not detail.votes:
            st.caption("Nobody voted on this one.")
        _catalogue(shown, detail)


def _explain(shown: Shown, object_id: str) -> None:
    """The way to what a model makes of this galaxy: the model that the page is about, if any."""
    if not has_models(shown.workspace):
        return
    if st.button(
        "Explain", key=f"{shown.key}:explain", icon=navigation.PAGES.get("explain").icon,
        help="See where a model looks in this galaxy, and why it answers as it does",
    ):  # fmt: skip
        run = st.query_params.get("run", "")
        asked = {"run": run} if run and has_models(shown.workspace, run) else {}
        navigation.go("explain", dataset=shown.dataset.name, object=object_id, **asked)


def _review_alike(shown: Shown, object_id: str) -> None:
    if st.button(
        "Review more like this", key=f"{shown.key}:review",
        icon=navigation.PAGES.get("review").icon,
        help="Make a queue of the galaxies whose features are nearest to those of this one",
    ):  # fmt: skip
        navigation.go(
            "review", dataset=shown.dataset.name, view="queues", new="like_this", like=object_id
        )


def _votes(shown: Shown, votes: tuple[QuestionVotes, ...]) -> None:
    every = st.toggle("All questions", key=f"{shown.key}:everyquestion")
    steps = [v for v in votes if every or v.on_path]
    spoken = "; ".join(
        f"{s.question.text} {s.question.answers[s.favourite].text}" for s in steps if s.on_path
    )
    charts.show(vote_bars(steps), key=f"{shown.key}:votes", alt=f"Votes. {spoken}")
    st.caption("A bar is the share of those who were asked the question.")


def _catalogue(shown: Shown, detail: Detail) -> None:
    table = pd.DataFrame(
        {"column": list(detail.row), "value": [_text(v) for v in detail.row.values()]}
    )
    st.dataframe(table, hide_index=True, height=430, key=f"{shown.key}:values")


def _text(value: Any) -> str:
    if pd.isna(value):
        return ""
    return f"{value:.9g}" if isinstance(value, float) else str(value)


def _links(shown: Shown, detail: Detail) -> None:
    if not detail.links:
        if shown.dataset.source.simulated:
            st.caption("Simulated: no public survey has seen this galaxy.")
        else:
            st.caption("No position in the catalogue, so no links to sky viewers.")
        return
    st.markdown(" · ".join(f"[{link.label}]({link.address})" for link in detail.links))
