"""Crossmatch with a table of one's own."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from astro_core.datasets.tables import read_table
from astro_core.domain import Dataset
from astro_core.errors import NotFoundError
from astro_core.figures.sky import separations
from astro_core.ui import charts, frame
from astro_core.ui.browse_state import Shown
from astro_core.ui.forms import params_form
from astro_core.ui.words import plain
from astro_core.workflows.crossmatch import (
    Crossmatch,
    CrossmatchParams,
    crossmatch,
    delete_match,
    guess_positions,
    list_matches,
    save_match,
)
from astro_core.workflows.uploads import UploadLimits, discard, receive
from astro_core.workspace import Workspace

SUFFIXES = (".csv", ".tsv", ".ecsv", ".fits", ".fit", ".vot", ".xml", ".parquet", ".gz")
LIMITS = UploadLimits(max_files=1, max_bytes=200_000_000, suffixes=SUFFIXES)


@st.cache_resource(max_entries=2, show_spinner="Reading the table")
def _table(file_id: str, _workspace: Workspace, _file: Any) -> pd.DataFrame:  # noqa: ARG001 - key
    upload = receive(_workspace, [(_file.name, _file)], LIMITS)
    try:
        return read_table(upload.path).frame
    finally:
        discard(upload)


@st.cache_resource(max_entries=4, show_spinner="Matching positions")
def _match(
    key: tuple[str, ...],  # noqa: ARG001 - what is matched with what
    columns: tuple[str, str],
    params: CrossmatchParams,
    _shown: Shown,
    _table: pd.DataFrame,
) -> Crossmatch:
    return crossmatch(_shown.dataset, _table, *columns, params)


def panel(shown: Shown) -> None:
    """Upload a table, look at the separations, keep the match as columns."""
    _kept(shown)
    if shown.view.missing("ra_deg").all():
        st.info("No object of this dataset has a position, so there is nothing to match by.")
        return
    file = st.file_uploader(
        "Your table: CSV, ECSV, FITS, VOTable or Parquet with RA and Dec",
        [s.removeprefix(".") for s in SUFFIXES], key=f"{shown.key}:table",
        max_upload_size=LIMITS.max_bytes // 1_000_000,
    )  # fmt: skip
    if file is None:
        st.caption(
            "The nearest row within a radius is put beside each object: its columns can then be "
            "filtered, sorted and exported like the dataset's own."
        )
        return
    with frame.in_words():
        _matched(shown, file)


def _matched(shown: Shown, file: Any) -> None:
    table = _table(file.file_id, shown.workspace, file)
    names = [str(c) for c in table.columns]
    guess = guess_positions(table)
    boxes = st.columns(2)
    chosen = [
        box.selectbox(
            label, names, index=names.index(guess[place]) if guess else min(place, len(names) - 1),
            key=f"{shown.key}:{label}:{file.file_id}",
        )
        for place, (box, label) in enumerate(zip(boxes, ("RA", "Dec"), strict=True))
    ]  # fmt: skip
    params = params_form(CrossmatchParams(), key=f"{shown.key}:match")
    key = (shown.key, file.file_id)
    match = _match(key, (chosen[0], chosen[1]), params, shown, table)
    _tell(shown, match, len(table))
    stem = Path(file.name).stem[:40]
    name = st.text_input("Keep it as", stem, key=f"{shown.key}:as:{file.file_id}", max_chars=60)
    if st.button("Keep as columns", key=f"{shown.key}:keep", type="primary"):
        save_match(shown.dataset, name, match, table)
        st.rerun()


def _tell(shown: Shown, match: Crossmatch, n_rows: int) -> None:
    figure = separations(match.separations_arcsec, match.radius_arcsec, n_matched=match.n_matched)
    charts.show(
        figure, key=f"{shown.key}:separations",
        alt=f"Separations of the nearest sources; {match.n_matched} within the radius",
    )  # fmt: skip
    said = f"{n_rows:,} rows in your table."
    if match.n_matched:
        median = float(pd.Series(match.separations_arcsec[match.matched]).median())
        said += f" Median separation {median:.2g} arcsec."
    if match.n_shared:
        said += f" {match.n_shared:,} objects share their source with another object."
    if match.n_without_position:
        said += f" {match.n_without_position:,} objects have no position."
    st.caption(said)


def _kept(shown: Shown) -> None:
    for name in list_matches(shown.dataset):
        words, drop = st.columns([4, 1], vertical_alignment="center")
        n = int((~shown.view.missing(f"{name}_separation_arcsec")).sum())
        words.markdown(f"**{plain(name)}** · {n:,} matched")
        drop.button(
            "Forget", key=f"{shown.key}:forget:{name}", icon=":material/delete:",
            on_click=_forget, args=(shown.dataset, name),
        )  # fmt: skip


def _forget(dataset: Dataset, name: str) -> None:
    with suppress(NotFoundError):  # forgotten by an earlier click, or by somebody else
        delete_match(dataset, name)
