"""The labels that follow from what people said: how many, which, and against the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from astro_core.figures.agreement import CATALOGUE, people_against_catalogue
from astro_core.figures.confusion import confusion_matrix
from astro_core.ui import charts, cluster_act, consensus_cached, consensus_hidden, consensus_stamps
from astro_core.ui.address import keep, parameter
from astro_core.ui.consensus_state import Shown
from astro_core.workflows.consensus_table import ALL, CONFLICT, GIVEN, OTHER, UNANSWERED, Compared

MOST_ROWS, TILE_PX = 1_000, 96
CELL = "cell"
OF, AS, DRAWN = "of", "as", "drawn"
WAYS = {"stamps": "Stamps", "table": "Table"}
DRAWINGS = {"counts": "Counts", "confusion": "Against the catalogue"}
_SAID = {
    ALL: "All with a label",
    OTHER: "Other than in the catalogue",
    CONFLICT: "In conflict, without a label",
    UNANSWERED: "Looked at, but not answered",
}


def panel(shown: Shown) -> None:
    """How many of each class on the left; which galaxies on the right."""
    found = consensus_cached.compared(shown.asked, shown.rule)
    st.html(facts(found))
    left, right = st.columns([1, 1.25], gap="medium")
    with left:
        _drawn(shown, found)
    with right:
        _galaxies(shown, found)


def facts(found: Compared) -> str:
    """HTML of how many galaxies are how far."""
    counts = found.objects["status"].value_counts()
    said = {
        "agreed": "agreed",
        "settled": "settled by a lead",
        CONFLICT: "in conflict",
        UNANSWERED: "looked at, not answered",
    }
    cells = [(int(counts.get(name, 0)), words) for name, words in said.items()]
    n = len(found.both)
    if n:
        cells.append((found.n_other, f"other than in the catalogue, of {n:,}"))
    inner = "".join(f"<div><b>{n:,}</b><span>{words}</span></div>" for n, words in cells)
    return f'<div class="tf-facts">{inner}</div>'


def _drawn(shown: Shown, found: Compared) -> None:
    way = "counts"
    if len(found.both):
        way = _choice(shown, "Drawn", DRAWN, DRAWINGS)
    if way == "counts":
        _counts(shown, found)
    else:
        _confusion(shown, found)


def _choice(shown: Shown, label: str, name: str, options: dict[str, str]) -> str:
    key, first = f"{shown.key}:{name}", next(iter(options))
    st.session_state[key] = parameter(name, options, first)
    st.segmented_control(
        label, list(options), key=key, required=True, label_visibility="collapsed",
        format_func=options.__getitem__,
        on_change=lambda: keep(name, st.session_state[key], first),
    )  # fmt: skip
    return str(st.session_state[key])


def _counts(shown: Shown, found: Compared) -> None:
    people, catalogue = found.counts("label"), found.counts("catalogue")
    of = _of(found)
    chosen = [of.removeprefix(GIVEN)] if of.startswith(GIVEN) else []
    figure = people_against_catalogue(
        people, catalogue, colours=shown.colours, letters=shown.letters, words=shown.words,
        chosen=chosen, n=len(found.named),
    )  # fmt: skip
    charts.show(
        figure, key=f"{shown.key}:counts:{of}", selectable=True, modes=("points",),
        alt="Galaxies per answer: " + ", ".join(f"{shown.words[n]} {c}" for n, c in people.items()),
        on_pick=lambda picked: keep(OF, f"{GIVEN}{_one(picked)}", ALL),
    )  # fmt: skip
    if shown.question:
        st.caption(
            "In the catalogue: the answer with most votes there. Click a bar for its galaxies."
        )
    else:
        st.caption("Click a bar to see its galaxies.")


def _one(picked: list[Any]) -> str:
    first = picked[0]
    return str(first[0] if isinstance(first, list) else first)


def _confusion(shown: Shown, found: Compared) -> None:
    cell = _cell(found) if _of(found) == CELL else None
    figure = confusion_matrix(
        found.confusion, found.answers, letters=shown.letters, words=shown.words,
        sides=CATALOGUE, picked=cell,
    )  # fmt: skip
    charts.show(
        figure, key=f"{shown.key}:catalogue:{cell}", selectable=True, modes=("points",),
        alt="The catalogue against people, galaxies", on_pick=_pick_cell,
    )  # fmt: skip


def _pick_cell(picked: list[Any]) -> None:
    st.query_params[OF] = CELL
    st.query_params["row"], st.query_params["column"] = map(str, picked[0])


def _cell(found: Compared) -> tuple[str, str] | None:
    row, column = (st.query_params.get(name, "") for name in ("row", "column"))
    return (row, column) if {row, column} <= set(found.answers) else None


def _options(found: Compared) -> list[str]:
    every = [ALL, *(f"{GIVEN}{name}" for name in found.answers), OTHER, CONFLICT, UNANSWERED]
    return [*every, CELL] if _cell(found) else every


def _of(found: Compared) -> str:
    return parameter(OF, _options(found), ALL)


def _galaxies(shown: Shown, found: Compared) -> None:
    which, way = st.columns([2, 1], vertical_alignment="bottom", gap="small")
    with which:
        of = _which(shown, found)
    with way:
        drawn_as = _choice(shown, "Shown as", AS, WAYS)
    ids = found.cell(*(_cell(found) or ("", ""))) if of == CELL else found.galaxies(of)
    seen = consensus_hidden.visible(shown, ids)
    if drawn_as == "table":
        _table(shown, found, seen)
    else:
        _stamps(shown, seen, _words(shown, found, of))


def _which(shown: Shown, found: Compared) -> str:
    key = f"{shown.key}:of"
    st.session_state[key] = _of(found)
    st.selectbox(
        "Galaxies", _options(found), key=key, format_func=lambda of: _words(shown, found, of),
        on_change=lambda: keep(OF, st.session_state[key], ALL),
    )  # fmt: skip
    return str(st.session_state[key])


def _words(shown: Shown, found: Compared, of: str) -> str:
    if of.startswith(GIVEN):
        return shown.words[of.removeprefix(GIVEN)]
    if of == CELL:
        row, column = (shown.words[name] for name in _cell(found) or ())
        return (CATALOGUE.same if row == column else CATALOGUE.differ).format(
            row=row, column=column
        )
    return _SAID[of]


def _stamps(shown: Shown, ids: Sequence[str], words: str) -> None:
    captions = consensus_stamps.tallies(shown, ids)
    cluster_act.selected_panel(
        shown, ids, source=words[:1].lower() + words[1:],
        reason=f"{words}: {len(ids):,} galaxies, combined by {shown.rule}",
        key=f"{shown.key}:labels:{words}", captions=captions, tile_px=TILE_PX,
    )  # fmt: skip
    if ids:
        st.caption("Below each: how many gave each answer. What they agree on least comes first.")


def _table(shown: Shown, found: Compared, ids: Sequence[str]) -> None:
    part = found.objects.set_index("object_id").loc[list(ids[:MOST_ROWS])].reset_index()
    words = {**shown.words, None: None}
    part["label"], part["catalogue"] = part["label"].map(words), part["catalogue"].map(words)
    number = st.column_config.NumberColumn
    st.dataframe(
        part, hide_index=True, key=f"{shown.key}:table", height=430,
        column_order=["object_id", "label", "share", "n_votes", "n_skips", "status", "catalogue"],
        column_config={
            "object_id": "Galaxy", "label": "Label", "status": "Status", "catalogue": "Catalogue",
            "share": number("Share", format="%.2f", help="Of the label in all votes by the rule"),
            "n_votes": number("Votes"), "n_skips": number("Skips"),
        },
    )  # fmt: skip
    if len(ids) > MOST_ROWS:
        st.caption(f"The first {MOST_ROWS:,} of {len(ids):,}; an export has all.")
